"""Scripts run by ``psql`` and ``sqlite3`` have the same effect as a run on a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shells
import sqlalchemy as sa
from random_operations import Play, script_of

from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from tests.differential.harness import snapshot

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = [*range(8), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(8, 200))]
LENGTH = 12


def run(url: str, seed: int) -> str:
    """Carry the operations of a seed out, and return their script."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    dialect = engine.dialect.name
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        Play(seed, Operations(context), dialect).run(LENGTH)
    return script_of(seed, dialect, LENGTH)


def catalogue(url: str) -> list[Any]:
    """Return a SQLite database's schema as SQL, and its rows."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        made = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master").all()
        quote = connection.dialect.identifier_preparer.quote_identifier
        tables = sorted(name for kind, name, _sql in made if kind == "table")
        rows = [connection.exec_driver_sql(f"SELECT * FROM {quote(name)}").all() for name in tables]
    # A script is laid out with spaces, where SQLAlchemy has tabs.
    said = [(kind, name, str(sql).replace("\t", "    ")) for kind, name, sql in made]
    return [sorted(said), rows]


def triggers(url: str) -> list[Any]:
    """Return a PostgreSQL database's triggers and the functions that they call."""
    query = """
        SELECT pg_get_triggerdef(t.oid), pg_get_functiondef(t.tgfoid)
        FROM pg_trigger t WHERE NOT t.tgisinternal ORDER BY 1
    """
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.mark.parametrize("seed", SEEDS)
def test_sqlite(seed: int, tmp_path: Path) -> None:
    """Tables, indexes, triggers and rows are the same, whatever names and literals contain."""
    url, other = (f"sqlite:///{tmp_path / name}.db" for name in ("run", "script"))
    script = run(url, seed)
    assert "" == shells.sqlite3(tmp_path / "script.db", script)
    assert catalogue(url) == catalogue(other)


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", SEEDS)
def test_postgresql(seed: int, fresh_postgresql: str, second_postgresql: str) -> None:
    """The same with constraints, comments and changes of columns."""
    script = run(fresh_postgresql, seed)
    assert "" == shells.psql(second_postgresql, script)
    assert snapshot(fresh_postgresql) == snapshot(second_postgresql)
    assert triggers(fresh_postgresql) == triggers(second_postgresql)
