"""Random sequences with batches: the database's client does with the script what a run does."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import mariadb_client
import pytest
import shells
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from tests.differential.batches import Play
from tests.differential.harness import snapshot
from tests.differential.test_batches import PLANS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore")


def some(examples: int) -> settings:
    """Return settings for tests that make databases."""
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, suppress_health_check=checks)


def same(url: str, other: str, plan: Any, client: Callable[[str], str], recreate: str) -> None:
    """Run a plan on one database, its script by the client on the other, and compare them."""
    for each in (url, other):
        empty(each)
    options: dict[str, Any] = {
        "given": True,
        "recreate": recreate,
        "strict": not url.startswith("sqlite"),
    }
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    failed: Exception | None = None
    try:
        with engine.begin() as connection:
            operations = Operations(MigrationContext.configure(connection))
            Play(operations, **options).run(plan)
    except sa.exc.DBAPIError as exc:
        failed = exc
    said = client(script(engine.dialect.name, plan, options))
    assert bool(failed) == bool(said), (failed, said)
    if not failed:
        assert snapshot(url) == snapshot(other)


def script(dialect: str, plan: Any, options: dict[str, Any]) -> str:
    """Return what the plan writes for a dialect."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect,
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": buffer, "literal_binds": True},
    )
    Play(Operations(context), **options).run(plan)
    return buffer.getvalue()


def empty(url: str) -> None:
    """Drop all tables."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        metadata.drop_all(connection)


@some(30)
@given(plan=PLANS)
def test_sqlite(tmp_path: Path, plan: Any) -> None:
    """With ``copy_from``, as a script needs it."""
    file = tmp_path / "script.db"
    url = f"sqlite:///{tmp_path / 'run.db'}"
    same(url, f"sqlite:///{file}", plan, lambda text: shells.sqlite3(file, text), "always")


@pytest.mark.postgresql
@some(12)
@given(plan=PLANS, recreate=st.sampled_from(["auto", "always"]))
def test_postgresql(
    fresh_postgresql: str, second_postgresql: str, plan: Any, recreate: str
) -> None:
    """By ALTER, in batches and without, and by recreating the table."""
    other = second_postgresql
    same(fresh_postgresql, other, plan, lambda text: shells.psql(other, text), recreate)


@pytest.mark.mariadb
@some(12)
@given(plan=PLANS)
def test_mariadb(fresh_mariadb: str, second_mariadb: str, plan: Any) -> None:
    """By ALTER, in batches and without."""

    def client(text: str) -> str:
        try:
            mariadb_client.run_script(second_mariadb, text)
        except AssertionError as exc:
            return str(exc)
        return ""

    same(fresh_mariadb, second_mariadb, plan, client, "auto")
