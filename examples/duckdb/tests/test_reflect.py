"""Tables of DuckDB as reflected by the plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.autogenerate import compare_metadata
from idiolect.migration import MigrationContext
from idiolect_duckdb.reflect import read_tables, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("duckdb_engine", reason="duckdb-engine is not installed")

TABLES = (
    "CREATE TABLE team (id INTEGER PRIMARY KEY, size DECIMAL(10, 2))",
    "CREATE TABLE member (team INT REFERENCES team (id), code VARCHAR UNIQUE CHECK (code > ''))",
    "CREATE INDEX by_code ON member (lower(code), team)",
    "CREATE UNIQUE INDEX by_team ON member (team)",
    'CREATE TABLE "odd ""name" (a INTEGER DEFAULT 2, b VARCHAR AS (upper(CAST(a AS VARCHAR))))',
)


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    """A database in memory, with tables."""
    engine = sa.create_engine("duckdb:///:memory:")
    with engine.connect() as connection:
        for statement in TABLES:
            connection.execute(sa.text(statement))
        yield connection
    engine.dispose()


def facts(connection: sa.Connection, kind: str, table: str) -> Any:
    """Return one kind of data of a table."""
    return getattr(read_tables(connection, {None: [table]}), kind)[None, table]


def test_keys(connection: sa.Connection) -> None:
    """Primary keys, foreign keys and unique constraints by their columns."""
    assert ["id"] == facts(connection, "pk_constraint", "team")["constrained_columns"]
    (key,) = facts(connection, "foreign_keys", "member")
    assert (["team"], "team", ["id"]) == (
        key["constrained_columns"],
        key["referred_table"],
        key["referred_columns"],
    )
    (unique,) = facts(connection, "unique_constraints", "member")
    assert ["code"] == unique["column_names"]
    (check,) = facts(connection, "check_constraints", "member")
    assert "(code > '')" == check["sqltext"]


def test_indexes(connection: sa.Connection) -> None:
    """An index has its columns, and expressions."""
    first, second = sorted(facts(connection, "indexes", "member"), key=lambda each: each["name"])
    assert [None, "team"] == first["column_names"]
    assert "lower(code)" in first["expressions"][0]
    assert (["team"], True) == (second["column_names"], second["unique"])


def test_columns(connection: sa.Connection) -> None:
    """A column has its default, or its computed expression."""
    plain, computed = facts(connection, "columns", 'odd "name')
    assert ("2", None) == (plain["default"], computed["default"])
    assert "upper(CAST(a AS VARCHAR))" == computed["computed"]["sqltext"]


def test_a_table_that_is_not_there(connection: sa.Connection) -> None:
    """It is omitted; a table without constraints has empty data."""
    found = read_tables(connection, {None: ["nowhere", "team"]})
    assert [(None, "team")] == list(found.columns)
    assert [] == found.foreign_keys[None, "team"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DECIMAL(18,3)", "NUMERIC(18, 3)"),
        ("TIMESTAMP WITH TIME ZONE", "DATETIME"),
        ("ENUM('a', 'it''s')", "VARCHAR(4)"),
        ("INTEGER[]", "NULL"),
    ],
)
def test_types(name: str, expected: str) -> None:
    """Types are SQLAlchemy's; unknown ones become NullType."""
    assert expected == str(type_of(name).as_generic(allow_nulltype=True))


def test_a_difference(connection: sa.Connection) -> None:
    """Autogenerate finds changes, and nothing else."""
    models = sa.MetaData()
    sa.Table(
        "team",
        models,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("size", sa.Numeric(10, 2)),
        sa.Column("name", sa.String(50)),
    )
    options = {"include_name": lambda name, kind, _parents: kind != "table" or name == "team"}
    context = MigrationContext.configure(connection, opts=options)
    assert ["add_column"] == [each[0] for each in compare_metadata(context, models)]
