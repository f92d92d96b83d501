"""Signatures agree with SQLAlchemy's inspector, and equal tables are not read at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, inspect
from sqlalchemy.types import TypeEngine

from idiolect.autogenerate.compare.table_signatures import signature_of
from idiolect.hooks.dialects import hooks_for
from idiolect.hooks.standin import KINDS as ALL_KINDS
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from idiolect.hooks import ReflectedTables

#: SQLAlchemy 2.0 tells no options of tables.
KINDS = [kind for kind in ALL_KINDS if kind != "table_options"]
PLAIN = (
    'CREATE TABLE "Parent" (id SERIAL PRIMARY KEY, "x y" INT NOT NULL, UNIQUE ("x y", id))',
    'CREATE TABLE other.far (id INT PRIMARY KEY, "a""b" TEXT UNIQUE)',
    (
        "CREATE TABLE children (a INT, b INT, c INT GENERATED ALWAYS AS IDENTITY (START 5), "
        "d VARCHAR(9) DEFAULT 'it''s', e NUMERIC(10, 2)[], f TIMESTAMPTZ DEFAULT now(), "
        'CONSTRAINT fk FOREIGN KEY (a) REFERENCES "Parent" ON DELETE CASCADE ON UPDATE SET NULL, '
        'FOREIGN KEY (b, a) REFERENCES "Parent" ("x y", id), '
        "FOREIGN KEY (b) REFERENCES other.far (id) ON DELETE RESTRICT)"
    ),
    "CREATE INDEX ix_a ON children (a, b)",
    'CREATE UNIQUE INDEX "odd name" ON children (d)',
    "COMMENT ON TABLE children IS 'it''s'",
    "COMMENT ON COLUMN children.a IS 'a column'",
    "CREATE TABLE checked (a INT CHECK (a > 0))",
    "CREATE TABLE parts (a INT NOT NULL) PARTITION BY RANGE (a)",
)
#: What SQLAlchemy does not report of a key of an index, or of a unique constraint.
COMPLETED = {
    'CREATE INDEX i ON t (b COLLATE "C", a)': ['b COLLATE "C"', "a"],
    'CREATE INDEX i ON t (a, b COLLATE "C" DESC)': ["a", 'b COLLATE "C" DESC'],
    "CREATE INDEX i ON t (b COLLATE own)": ["b COLLATE public.own"],
    'CREATE INDEX i ON t (c COLLATE "default")': ['c COLLATE "default"'],
    "CREATE INDEX i ON t (lower(b) DESC NULLS LAST)": ["lower(b) DESC NULLS LAST"],
    'CREATE INDEX i ON t (lower(b) COLLATE "C" NULLS FIRST)': ['lower(b) COLLATE "C" NULLS FIRST'],
    "CREATE INDEX i ON t ((b || 'x') text_pattern_ops)": ["(b || 'x'::text) text_pattern_ops"],
    "CREATE INDEX i ON t (lower(b), a DESC) INCLUDE (c)": ["lower(b)", "a"],
}
#: Tables with more than a signature can say.
SPECIAL = {
    "computed": "CREATE TABLE computed (a INT, b INT GENERATED ALWAYS AS (a * 2) STORED)",
    "late": "CREATE TABLE late (a INT REFERENCES other.far DEFERRABLE)",
    "late_key": "CREATE TABLE late_key (a INT PRIMARY KEY DEFERRABLE)",
    "included": "CREATE TABLE included (a INT, b INT, UNIQUE (a) INCLUDE (b))",
    "excluded": "CREATE TABLE excluded (a INT4RANGE, EXCLUDE USING gist (a WITH &&))",
}
INDEXES = {
    "descending": "(a DESC)",
    "expression": "(lower(b))",
    "partial": "(a) WHERE a > 3",
    "hashed": "USING hash (a)",
    "covering": "(a) INCLUDE (b)",
    "operator": "(b text_pattern_ops)",
    "collated": '(b COLLATE "C")',
    "filled": "(a) WITH (fillfactor = 70)",
}


@pytest.fixture
def filled(connection: Connection) -> Connection:
    """Return a connection to a database with all tables, in two schemas."""
    connection.exec_driver_sql("CREATE SCHEMA other")
    for sql in (*PLAIN, *SPECIAL.values()):
        connection.exec_driver_sql(sql)
    for name, parts in INDEXES.items():
        connection.exec_driver_sql(f"CREATE TABLE {name} (a INT, b TEXT)")
        connection.exec_driver_sql(f"CREATE INDEX ix_{name} ON {name} {parts}")
    return connection


def asked(connection: Connection, schema: str | None) -> ReflectedTables:
    """Return the hook's result for all tables of a schema."""
    names = inspect(connection).get_table_names(schema=schema)
    return hooks_for("postgresql", subpackage="autogenerate").reflect_tables(
        connection, {schema: names}
    )


def plain(facts: Any) -> Any:
    """Return facts as values that can be compared."""
    if isinstance(facts, dict):
        return {name: plain(value) for name, value in facts.items()}
    if isinstance(facts, (list, tuple)):
        return [plain(value) for value in facts]
    return (type(facts), repr(facts)) if isinstance(facts, TypeEngine) else facts


@pytest.mark.parametrize("schema", [None, "other", "public"])
def test_reflection_equals_that_of_sqlalchemy(filled: Connection, schema: str | None) -> None:
    """Every dict of the hook equals that of SQLAlchemy's inspector, in two batches, too."""
    found = asked(filled, schema)
    inspector = inspect(filled)
    first, *_ = found.columns
    assert found.prefetch is not None
    found.prefetch([first])
    for kind in KINDS:
        told = {key: facts for key, facts in getattr(found, kind).items() if key[1] != "collated"}
        expected = {
            (schema, name): getattr(inspector, f"get_{kind}")(name, schema=schema)
            for _, name in told
        }
        assert plain(expected) == plain(dict(told)), kind


@pytest.mark.parametrize(("statement", "expected"), COMPLETED.items(), ids=COMPLETED)
@pytest.mark.parametrize("schema", [None, "public"])
def test_keys_that_sqlalchemy_does_not_describe(
    connection: Connection, schema: str | None, statement: str, expected: list[str]
) -> None:
    """Collations of columns, and order and operator classes of expressions, are part of the SQL."""
    connection.exec_driver_sql("CREATE COLLATION own (LOCALE = 'C')")
    connection.exec_driver_sql('CREATE TABLE t (a INT, b TEXT, c TEXT COLLATE "C")')
    connection.exec_driver_sql(statement)
    [index] = asked(connection, schema).indexes[schema, "t"]

    parts = index.get("expressions", index["column_names"])
    assert expected == parts[: len(expected)]
    again = f"CREATE INDEX j ON t ({', '.join(parts[: len(expected)])})"
    connection.exec_driver_sql(again)


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        ("", {}),
        ("NOT DEFERRABLE", {}),
        ("DEFERRABLE", {"deferrable": True}),
        ("INITIALLY DEFERRED", {"deferrable": True, "initially": "DEFERRED"}),
    ],
)
def test_timing_of_unique_constraints(
    connection: Connection, timing: str, expected: dict[str, Any]
) -> None:
    """SQLAlchemy does not report it; it is only told where it is not the usual one."""
    connection.exec_driver_sql(f"CREATE TABLE t (a INT, CONSTRAINT uq UNIQUE (a) {timing})")
    facts = asked(connection, None).unique_constraints
    assert facts is not None
    [unique] = facts[None, "t"]

    found = {name: unique["dialect_options"].get(name) for name in ("deferrable", "initially")}
    assert expected == {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize("schema", [None, "other"])
def test_signatures_say_what_sqlalchemy_says(filled: Connection, schema: str | None) -> None:
    """Indexes, constraints and comments are the same as in the inspector's dicts."""
    found = asked(filled, schema)
    assert found.signatures is not None
    context = MigrationContext.configure(filled)
    for key in found.columns:
        _, name = key
        signature = found.signatures[key]
        if name in SPECIAL or name in INDEXES:
            assert signature is None, name
            continue
        expected = signature_of(found, key, context.impl, inspect(filled))
        assert signature is not None, name
        assert expected is not None, name
        assert expected.indexes == signature.indexes
        assert expected.uniques == signature.uniques
        assert sorted(expected.foreign_keys) == sorted(signature.foreign_keys)
        assert (expected.comment, expected.checks) == (signature.comment, signature.checks)
        comments = {name: comment for name, (_, comment) in expected.columns.items()}
        assert comments == {name: comment for name, (_, comment) in signature.columns.items()}


def test_columns_are_the_same_where_they_are_equal(connection: Connection) -> None:
    """A column's value does not depend on its table; differences are detected."""
    for name in ("one", "two"):
        connection.exec_driver_sql(
            f"CREATE TABLE {name} (id SERIAL PRIMARY KEY, a INT DEFAULT 1, b INT DEFAULT 2, "
            "c TEXT, d VARCHAR, e VARCHAR(5), f VARCHAR(6), g INT[], h INT NOT NULL, "
            'i TEXT COLLATE "C", j INT GENERATED ALWAYS AS IDENTITY, '
            "k INT GENERATED BY DEFAULT AS IDENTITY, l INT GENERATED ALWAYS AS IDENTITY (START 2))"
        )
    found = asked(connection, None)
    assert found.signatures is not None
    one, two = found.signatures[None, "one"], found.signatures[None, "two"]
    assert one is not None
    assert two is not None
    assert one.columns == two.columns
    assert len(one.columns) == len({facts for facts, _ in one.columns.values()})


def test_number_of_queries_is_constant(filled: Connection) -> None:
    """Signatures take three, the facts of any number of tables some twenty in two batches."""
    found = asked(filled, None)
    sent: list[str] = []
    event.listen(filled, "before_cursor_execute", lambda *given: sent.append(given[2]))
    assert found.signatures is not None
    assert len(dict(found.signatures)) > 10
    assert 3 == len(sent)
    assert found.prefetch is not None
    found.prefetch([(None, "children"), (None, "late")])
    first = len(sent)
    assert all(dict(getattr(found, kind)) for kind in KINDS)
    assert len(sent) <= 26, (first, len(sent))
