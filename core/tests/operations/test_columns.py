"""Columns added and dropped."""

from __future__ import annotations

import inspect as python_inspect
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    func,
    inspect,
    text,
)
from sqlalchemy.sql.elements import quoted_name

from idiolect.errors import OperationError
from idiolect.operations import Operations, ops

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

INLINE = {"inline_references": True}

ADDED: dict[str, tuple[Any, dict[str, Any], list[str]]] = {
    "plain": (Column("c", Integer), {}, ["ADD COLUMN c INTEGER"]),
    "not null, default": (
        Column("c", Integer, nullable=False, server_default="12"),
        {},
        ["ADD COLUMN c INTEGER DEFAULT '12' NOT NULL"],
    ),
    "default in SQL": (
        Column("c", Integer, server_default=text("1 + 1")),
        {},
        ["ADD COLUMN c INTEGER DEFAULT 1 + 1"],
    ),
    "default function": (
        Column("c", String, server_default=func.now()),
        {},
        ["ADD COLUMN c VARCHAR DEFAULT now()"],
    ),
    "default with quote, colon and percent": (
        Column("c", String, server_default="it's 5% :x"),
        {},
        ["ADD COLUMN c VARCHAR DEFAULT 'it''s 5% :x'"],
    ),
    "computed": (
        Column("c", Integer, Computed("a + 1", persisted=True)),
        {},
        ["ADD COLUMN c INTEGER GENERATED ALWAYS AS (a + 1) STORED"],
    ),
    "if not exists": (
        Column("c", Integer),
        {"if_not_exists": True},
        ["ADD COLUMN IF NOT EXISTS c INTEGER"],
    ),
    "checks inside, as they were made": (
        Column("c", Integer, CheckConstraint("c > 5", name="ck"), CheckConstraint("c < 9")),
        {},
        ["ADD COLUMN c INTEGER CONSTRAINT ck CHECK (c > 5) CHECK (c < 9)"],
    ),
    "foreign key apart": (
        Column("c", Integer, ForeignKey("o.id", name="fk", ondelete="CASCADE")),
        {},
        [
            "ADD COLUMN c INTEGER",
            "ADD CONSTRAINT fk FOREIGN KEY(c) REFERENCES o (id) ON DELETE CASCADE",
        ],
    ),
    "foreign key inside": (
        Column(
            "c",
            Integer,
            ForeignKey(
                "My.o.Id",
                ondelete="SET NULL",
                onupdate="CASCADE",
                deferrable=True,
                initially="DEFERRED",
                match="FULL",
            ),
        ),
        INLINE,
        [
            (
                'ADD COLUMN c INTEGER REFERENCES "My".o ("Id") MATCH FULL ON DELETE SET NULL '
                "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED"
            )
        ],
    ),
    "self-reference inside": (
        Column("c", Integer, ForeignKey("t.id")),
        INLINE,
        ["ADD COLUMN c INTEGER REFERENCES t (id)"],
    ),
    "two foreign keys are never inside": (
        Column("c", Integer, ForeignKey("o.id"), ForeignKey("p.id")),
        INLINE,
        [
            "ADD COLUMN c INTEGER",
            "ADD FOREIGN KEY(c) REFERENCES o (id)",
            "ADD FOREIGN KEY(c) REFERENCES p (id)",
        ],
    ),
    "primary key not inside": (
        Column("c", Integer, primary_key=True),
        {},
        ["ADD COLUMN c INTEGER NOT NULL"],
    ),
    "primary key inside, then the rest": (
        Column("c", Integer, ForeignKey("o.id"), CheckConstraint("c > 5"), primary_key=True),
        {"inline_primary_key": True, **INLINE},
        ["ADD COLUMN c INTEGER NOT NULL PRIMARY KEY REFERENCES o (id) CHECK (c > 5)"],
    ),
    "inside but no primary key": (
        Column("c", Integer),
        {"inline_primary_key": True},
        ["ADD COLUMN c INTEGER"],
    ),
    "unique": (Column("c", Integer, unique=True), {}, ["ADD COLUMN c INTEGER", "ADD UNIQUE (c)"]),
    "check of a type": (
        Column("c", Boolean(name="yes", create_constraint=True)),
        {},
        ["ADD COLUMN c BOOLEAN", "ADD CONSTRAINT yes CHECK (c IN (0, 1))"],
    ),
    "comment where it is no statement": (
        Column("c", Integer, comment="c"),
        {},
        ["ADD COLUMN c INTEGER"],
    ),
}


@pytest.mark.parametrize(("column", "options", "expected"), ADDED.values(), ids=ADDED.keys())
def test_add_column(script: Any, column: Any, options: dict[str, Any], expected: list[str]) -> None:
    """add_column() writes the column, then what cannot be part of its definition."""
    script.op.add_column("t", column, **options)
    assert script.statements == [f"ALTER TABLE t {clause}" for clause in expected]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (Column("c", Integer, index=True), "CREATE INDEX ix_s_t_c ON s.t (c)"),
        (Column("c", Integer, index=True, unique=True), "CREATE UNIQUE INDEX ix_s_t_c ON s.t (c)"),
    ],
    ids=["index", "unique index"],
)
def test_index_of_a_new_column(script: Any, column: Any, expected: str) -> None:
    """The index of a new column is a separate statement, in the table's schema."""
    script.op.add_column("t", column, schema="s")
    assert script.statements == ["ALTER TABLE s.t ADD COLUMN c INTEGER", expected]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("s", "s.t"),
        ("a.B", 'a."B".t'),
        (quoted_name("a.b", quote=True), '"a.b".t'),
    ],
    ids=["plain", "dotted", "one quoted name"],
)
def test_schema_is_quoted(script: Any, schema: str, expected: str) -> None:
    """A dotted schema is several names, a quoted_name is one."""
    script.op.add_column("t", Column("c", Integer), schema=schema)
    assert script.statements == [f"ALTER TABLE {expected} ADD COLUMN c INTEGER"]


def test_column_of_another_table_is_copied(script: Any) -> None:
    """Adding a column of another table does not change that table, and omits its foreign key."""
    other = Table("other", MetaData(), Column("c", Integer, ForeignKey("o.id")))
    script.op.add_column("t", other.c.c)
    assert script.statements == ["ALTER TABLE t ADD COLUMN c INTEGER"]
    assert other.c.c.table is other


def test_operation_can_be_invoked_twice(script: Any) -> None:
    """An operation is not used up by carrying it out."""
    operation = ops.AddColumnOp("t", Column("c", Integer))
    script.op.invoke(operation)
    script.op.invoke(operation)
    assert script.statements == ["ALTER TABLE t ADD COLUMN c INTEGER"] * 2


def test_impl_gets_only_options_that_were_given(make_script: Any) -> None:
    """An impl that predates an option works as long as the option is not used."""
    from idiolect.ddl.impl import DefaultImpl

    class Old(DefaultImpl):
        def add_column(  # type: ignore[override]
            self, table_name: str, column: Column[Any], schema: str | None = None
        ) -> None:
            self.static_output(f"old {table_name} {column.name} {schema}")

    assert "if_not_exists" not in python_inspect.signature(Old.add_column).parameters
    script = make_script(Old)
    script.op.add_column("t", Column("c", Integer), schema="s")
    assert script.statements == ["old t c s"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "ALTER TABLE t DROP COLUMN c"),
        ({"schema": "s"}, "ALTER TABLE s.t DROP COLUMN c"),
        ({"if_exists": True}, "ALTER TABLE t DROP COLUMN IF EXISTS c"),
        ({"mssql_drop_default": True}, "ALTER TABLE t DROP COLUMN c"),
    ],
    ids=["plain", "schema", "if exists", "option of another dialect"],
)
def test_drop_column(script: Any, options: dict[str, Any], expected: str) -> None:
    """drop_column() writes one statement."""
    script.op.drop_column("t", "c", **options)
    assert script.statements == [expected]


def test_round_trip_on_a_database(online: Operations, connection: Connection) -> None:
    """A column added online exists with its index, and is removed when it is dropped."""
    online.create_table("t", Column("id", Integer))
    online.add_column("t", Column("c", Integer, server_default="5", index=True))
    assert [c["name"] for c in inspect(connection).get_columns("t")] == ["id", "c"]
    assert [i["name"] for i in inspect(connection).get_indexes("t")] == ["ix_t_c"]
    online.drop_index("ix_t_c")
    online.drop_column("t", "c")
    assert [c["name"] for c in inspect(connection).get_columns("t")] == ["id"]


BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "no column": (
        lambda op: op.add_column("t", "c"),
        TypeError,
        "add_column on table 't': a Column is expected, got 'c'",
    ),
    "no type": (
        lambda op: op.add_column("t", Column("c")),
        OperationError,
        "add_column 'c' on table 't': .*did you forget to specify a type",
    ),
    "no table": (
        lambda op: op.add_column(None, Column("c", Integer)),
        TypeError,
        "add_column: a table's name",
    ),
}


@pytest.mark.parametrize(("use", "error", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_names_operation_and_table(
    script: Any, use: Any, error: type[Exception], message: str
) -> None:
    """A wrong argument raises an OperationError with a standard base class, and writes nothing."""
    with pytest.raises(error, match=message) as caught:
        use(script.op)
    assert isinstance(caught.value, OperationError)
    assert script.text == ""


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("if_exist", "'if_exist' is unknown .* mean 'if_exists'"),
        ("cascade", "'cascade' is unknown"),
    ],
)
def test_an_unknown_argument_is_told_and_ignored(script: Any, argument: str, message: str) -> None:
    """Published histories have misspelt arguments, and run again as they ran."""
    with pytest.warns(UserWarning, match=f"drop_column 'c' on table 't': the argument {message}"):
        script.op.drop_column("t", "c", **{argument: True})
    assert script.text == "ALTER TABLE t DROP COLUMN c;\n\n"


def test_added_column_is_dropped_by_the_reverse_and_back() -> None:
    """Adding and dropping reverse into each other and keep the column itself."""
    column = Table("t", MetaData(), Column("c", Integer), schema="s").c.c
    added = ops.AddColumnOp.from_column(column)
    dropped = added.reverse()
    assert (dropped.table_name, dropped.schema, dropped.column_name) == ("t", "s", "c")
    assert dropped.to_column() is column
    assert dropped.reverse().to_column() is column


def test_column_dropped_by_name_cannot_be_added_back() -> None:
    """A column known by name only has no reverse; the error is a ValueError too."""
    operation = ops.DropColumnOp("t", "c")
    with pytest.raises(ValueError, match="original column is not present"):
        operation.reverse()
    assert operation.to_column().name == "c"


def test_diff_tuples_name_what_is_done() -> None:
    """Tuples hold the action, schema, table and column."""
    column = Column("c", Integer)
    added = ops.AddColumnOp.from_column_and_tablename("s", "t", column)
    assert added.to_diff_tuple() == ("add_column", "s", "t", column)
    assert added.reverse().to_diff_tuple() == ("remove_column", "s", "t", column)
