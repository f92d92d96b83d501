"""What is read of all tables at once is what SQLAlchemy's inspector reads table by table."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, event, inspect, text
from sqlalchemy.exc import SAWarning
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

from idiolect.autogenerate import compare_metadata
from idiolect.errors import CommandError
from idiolect.hooks.dialects import hooks_for
from idiolect.hooks.standin import KINDS as ALL_KINDS
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

KINDS = [kind for kind in ALL_KINDS if kind != "table_comment"]
TABLES = {
    "types": (
        'CREATE TABLE types (a INTEGER, b VARCHAR(20), c NUMERIC(10, 2), d, e "ODD TYPE"(3), '
        "f double precision, g BLOB, h DATETIME, i BOOLEAN)"
    ),
    "defaults": (
        "CREATE TABLE defaults (a INT DEFAULT 5, b TEXT DEFAULT 'it''s', c TEXT DEFAULT (1 + 2), "
        "d DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, e REAL DEFAULT -1.5, f DEFAULT NULL)"
    ),
    "keys": "CREATE TABLE keys (a INT, b INT, c INT, CONSTRAINT pk_keys PRIMARY KEY (b, a))",
    "counting": "CREATE TABLE counting (id INTEGER PRIMARY KEY AUTOINCREMENT)",
    "no_rowid": "CREATE TABLE no_rowid (a TEXT PRIMARY KEY) WITHOUT ROWID",
    "uniques": (
        "CREATE TABLE uniques (a INT UNIQUE, b INT, c INT, UNIQUE (b, c), "
        'CONSTRAINT "uq odd" UNIQUE (c), CONSTRAINT uq_plain UNIQUE (c, b))'
    ),
    "checks": (
        "CREATE TABLE checks (a INT CHECK (a > 0),\n b TEXT,\n"
        " CONSTRAINT ck_b CHECK (b IN ('x)', 'y')),\n CHECK (a < 9))"
    ),
    "Parent": 'CREATE TABLE "Parent" (id INTEGER PRIMARY KEY, "x y" INT, UNIQUE ("x y", id))',
    "children": (
        "CREATE TABLE children (id INTEGER PRIMARY KEY, p INT REFERENCES parent, q INT, r INT,\n"
        ' CONSTRAINT fk_q FOREIGN KEY (q) REFERENCES "Parent" (id) ON DELETE CASCADE '
        "ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,\n"
        ' FOREIGN KEY (r, q) REFERENCES "Parent" ("x y", id),\n'
        " FOREIGN KEY (r) REFERENCES nowhere (id), FOREIGN KEY (q) REFERENCES children)"
    ),
    "missing": "CREATE TABLE missing (a INT REFERENCES gone)",
    "computed": (
        "CREATE TABLE computed (a INT, b INT GENERATED ALWAYS AS (a * 2) STORED, "
        "c INT GENERATED ALWAYS AS (a + b) VIRTUAL)"
    ),
    "indexed": "CREATE TABLE indexed (a INT, b INT, c TEXT)",
    'quo"ted ta.ble': 'CREATE TABLE "quo""ted ta.ble" ("a""b" INT, [c d] INT, `select` INT)',
    "Größe": "CREATE TABLE Größe (größe INT, GRÖSSE INT)",
    "untyped": "CREATE TABLE untyped (a)",
    "commented": "CREATE TABLE commented (a INT, -- UNIQUE (a)\n b INT /* CHECK (b) */ NOT NULL)",
    "searched": "CREATE VIRTUAL TABLE searched USING fts5(words)",
    "hidden": "CREATE TABLE hidden (a INT)",
}
INDEXES = (
    "CREATE INDEX ix_a ON indexed (a)",
    "CREATE UNIQUE INDEX ix_b ON indexed (b, a DESC)",
    "CREATE INDEX ix_partial ON indexed (c) WHERE a > 3 AND c <> 'where'",
    "CREATE INDEX ix_expression ON indexed (lower(c))",
    'CREATE INDEX "odd name" ON "quo""ted ta.ble" ("a""b")',
    "CREATE TEMPORARY TABLE hidden (other TEXT UNIQUE)",
    "CREATE TEMPORARY TABLE passing (a INT)",
    "CREATE VIEW seen AS SELECT a FROM indexed",
)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """Return a connection to a database with all tables, in two schemas."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("ATTACH DATABASE ':memory:' AS \"other one\"")
        for sql in (*TABLES.values(), *INDEXES):
            connection.exec_driver_sql(sql)
        for sql in ("a (id INTEGER PRIMARY KEY, b REFERENCES a)", "hidden (x INT UNIQUE)"):
            connection.exec_driver_sql(f'CREATE TABLE "other one".{sql}')
        connection.exec_driver_sql('CREATE INDEX "other one".ix ON a (b) WHERE b > 1')
        yield connection
    engine.dispose()


def plain(facts: Any) -> Any:
    """Return facts as values that can be compared."""
    if isinstance(facts, dict):
        return {name: plain(value) for name, value in facts.items()}
    if isinstance(facts, (list, tuple)):
        return [plain(value) for value in facts]
    if isinstance(facts, (TypeEngine, ClauseElement)):
        return type(facts), repr(facts) if isinstance(facts, TypeEngine) else str(facts)
    return facts


@pytest.mark.parametrize("schema", [None, "other one"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_reflection_equals_that_of_sqlalchemy(
    connection: Connection, kind: str, schema: str | None
) -> None:
    """Every dict that the hook returns equals SQLAlchemy's, plus the order of indexes."""
    inspector = inspect(connection)
    names = inspector.get_table_names(schema=schema)
    expected = {
        (schema, name): getattr(inspector, f"get_{kind}")(name, schema=schema) for name in names
    }
    hooks = hooks_for("sqlite", subpackage="autogenerate")
    found = getattr(hooks.reflect_tables(connection, {schema: names}), kind)
    if (kind, schema) == ("indexes", None):
        *_, index = expected[None, "indexed"][:2]
        assert "ix_b" == index["name"]
        index["column_sorting"] = {"a": ("desc",)}
    assert plain(expected) == plain(dict(found))


def test_warnings_are_those_of_sqlalchemy(connection: Connection) -> None:
    """Warnings equal SQLAlchemy's."""
    with warnings.catch_warnings(record=True) as expected:
        warnings.simplefilter("always", SAWarning)
        inspect(connection).get_indexes("indexed")
    found = hooks_for("sqlite", subpackage="autogenerate").reflect_tables(
        connection, {None: ["indexed"]}
    )
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", SAWarning)
        assert [None, "indexed"] == [*next(iter(found.indexes))]
        assert found.indexes[None, "indexed"]
    assert [str(one.message) for one in expected] == [str(one.message) for one in told]


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_number_of_queries_is_constant(connection: Connection) -> None:
    """Any number of tables is read with the same queries, all facts of them included."""
    inspector = inspect(connection)
    names = inspector.get_table_names()
    hooks = hooks_for("sqlite", subpackage="autogenerate")
    sent: list[str] = []
    event.listen(
        connection, "before_cursor_execute", lambda *given: sent.append(given[2]), named=False
    )
    for wanted in (names[:1], names):
        sent.clear()
        found = hooks.reflect_tables(connection, {None: wanted})
        assert all(dict(getattr(found, kind)) for kind in KINDS)
        assert 11 == len(sent)


BROKEN = {
    "a view of a table that is gone": "CREATE VIEW broken AS SELECT a FROM gone",
    "a virtual table without its module": "CREATE VIRTUAL TABLE broken USING missing(a)",
}


@pytest.mark.parametrize("source", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_elsewhere_stops_no_comparison(source: str) -> None:
    """Tables are compared although another one, or a view, cannot be read."""
    engine = create_engine("sqlite://")
    kind = "view" if "VIEW" in source else "table"
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        connection.exec_driver_sql(
            "INSERT INTO sqlite_master VALUES (?, 'broken', 'broken', 0, ?)", (kind, source)
        )
        connection.exec_driver_sql("PRAGMA writable_schema = RESET")
        metadata = MetaData()
        Table("t", metadata, Column("id", Integer, primary_key=True), Column("new", Integer))
        options = {"include_name": lambda name, *_place: name != "broken"}
        context = MigrationContext.configure(connection, opts=options)

        found = compare_metadata(context, metadata)

    assert [("add_column", None, "t", "new")] == [(*diff[:3], diff[3].name) for diff in found]
    engine.dispose()


def test_table_that_has_gone(connection: Connection) -> None:
    """A listed table that does not exist is in no result, and the comparison names it."""
    hooks = hooks_for("sqlite", subpackage="autogenerate")
    found = hooks.reflect_tables(connection, {None: ["indexed", "never"]})
    assert [(None, "indexed")] == [*found.columns]
    engine = create_engine("sqlite://")
    with engine.connect() as other:
        other.execute(text("CREATE TABLE t (a INT)"))

        @event.listens_for(other, "before_cursor_execute")
        def drop(conn: Any, cursor: Any, statement: str, *_given: Any) -> None:
            if statement.startswith("SELECT type, name, sql"):
                cursor.execute("DROP TABLE IF EXISTS t")

        with pytest.raises(CommandError, match="Table 't' was there when the tables were listed"):
            compare_metadata(MigrationContext.configure(other), MetaData())
    engine.dispose()
