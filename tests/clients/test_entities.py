"""Libraries that add to autogeneration: what they write and what it does, with both tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from tests.clients.client import CLIENTS, make_project, revisions, search_path
from tests.differential.databases import databases
from tests.differential.harness import assert_same_states, snapshot
from tests.differential.playing import playing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.clients.client import Client

pytestmark = pytest.mark.postgresql

STAGES = {"alembic-postgresql-enum": "123", "alembic-utils": "1234"}
CATALOGUES = (
    """SELECT proname, pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND probin IS NULL ORDER BY 1""",
    "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1",
    "SELECT matviewname, definition FROM pg_matviews ORDER BY 1",
    "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
    "SELECT extname FROM pg_extension ORDER BY 1",
    """SELECT typname, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
    ORDER BY 1, enumsortorder""",
)


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Return a function that returns the URL of another empty database."""
    with databases(request, "postgresql", tmp_path) as new:
        yield new


@pytest.mark.parametrize("name", STAGES)
def test_a_library_writes_and_does_the_same(
    name: str, tmp_path: Path, new_url: Callable[[], str]
) -> None:
    """Stage by stage the generated files are the same, and so is what they make, down and up."""
    client = CLIENTS[name]
    expected = _play("alembic", client, tmp_path / "alembic", new_url())

    played = _play("idiolect", client, tmp_path / "idiolect", new_url())

    assert_same_states(expected, played)


def _play(tool: str, client: Client, folder: Path, url: str) -> list[Any]:
    make_project(folder, client, url)
    played: list[Any] = []
    env = {"PYTHONPATH": search_path(client)}
    with playing(tool, folder, "alembic.config:main", env) as run:

        def must(*words: str) -> None:
            done = run(words)
            assert not done.failed, f"{tool}: {' '.join(words)}\n{done.said}"

        for stage in STAGES[client.name]:
            wanted = ("-x", f"stage={stage}")
            must(*wanted, "revision", "--autogenerate", "-m", f"stage {stage}", "--rev-id", stage)
            must(*wanted, "upgrade", "head")
            must(*wanted, "check")
            # The libraries keep what they found in sets of objects, whose order is their address's.
            lines = sorted(revisions(folder)[f"{stage}.py"].splitlines())
            played += [lines, snapshot(url), catalogues(url)]
        for words in (("downgrade", "-2"), ("downgrade", "base"), ("upgrade", "head")):
            must(*words)
            played += [snapshot(url), catalogues(url)]
    return played


def catalogues(url: str) -> list[list[tuple[Any, ...]]]:
    """Return what PostgreSQL's catalogues say that an inspector does not."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return [[tuple(row) for row in connection.execute(sa.text(one))] for one in CATALOGUES]
