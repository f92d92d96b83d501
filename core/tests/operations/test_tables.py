"""Tables created, dropped and renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
    inspect,
)

from idiolect.errors import OperationError
from idiolect.operations import ops

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection

    from idiolect.operations import Operations

CREATED: dict[str, tuple[list[Any], dict[str, Any], list[str]]] = {
    "self-reference": (
        [Column("id", Integer, primary_key=True), Column("up", Integer, ForeignKey("t.id"))],
        {},
        [
            (
                "CREATE TABLE t ( id INTEGER NOT NULL, up INTEGER, PRIMARY KEY (id), "
                "FOREIGN KEY(up) REFERENCES t (id) )"
            )
        ],
    ),
    "schema, if not exists": (
        [Column("id", Integer)],
        {"schema": "s", "if_not_exists": True},
        ["CREATE TABLE IF NOT EXISTS s.t ( id INTEGER )"],
    ),
    "no columns": ([], {}, ["CREATE TABLE t ( )"]),
    "prefixes": (
        [Column("id", Integer)],
        {"prefixes": ["TEMPORARY"]},
        ["CREATE TEMPORARY TABLE t ( id INTEGER )"],
    ),
    "index flag and index, by name": (
        [Column("b", Integer, index=True), Column("a", Integer), Index("a_first", "a", "b")],
        {},
        [
            "CREATE TABLE t ( b INTEGER, a INTEGER )",
            "CREATE INDEX a_first ON t (a, b)",
            "CREATE INDEX ix_t_b ON t (b)",
        ],
    ),
    "unique flag and constraint": (
        [Column("a", Integer, unique=True), Column("b", Integer), UniqueConstraint("b", name="u")],
        {},
        ["CREATE TABLE t ( a INTEGER, b INTEGER, CONSTRAINT u UNIQUE (b), UNIQUE (a) )"],
    ),
    "type with a check": (
        [Column("x", Boolean(name="yes_no", create_constraint=True))],
        {},
        ["CREATE TABLE t ( x BOOLEAN, CONSTRAINT yes_no CHECK (x IN (0, 1)) )"],
    ),
    "foreign key into a schema": (
        [Column("a", Integer, ForeignKey("s.other.id", ondelete="CASCADE"))],
        {},
        ["CREATE TABLE t ( a INTEGER, FOREIGN KEY(a) REFERENCES s.other (id) ON DELETE CASCADE )"],
    ),
    "option of another dialect": (
        [Column("a", Integer)],
        {"mysql_engine": "InnoDB"},
        ["CREATE TABLE t ( a INTEGER )"],
    ),
    "comments where they are no statements": (
        [Column("a", Integer, comment="c")],
        {"comment": "c"},
        ["CREATE TABLE t ( a INTEGER )"],
    ),
}


@pytest.mark.parametrize(("columns", "options", "expected"), CREATED.values(), ids=CREATED.keys())
def test_create_table(
    script: Any, columns: list[Any], options: dict[str, Any], expected: list[str]
) -> None:
    """create_table() writes the table, then its indexes by name."""
    script.op.create_table("t", *columns, **options)
    assert expected == script.statements


def test_create_table_keeps_the_layout_of_lines(script: Any) -> None:
    """A script shows one column a line, indented by four spaces, and an empty line after all."""
    script.op.create_table("t", Column("a", Integer), Column("b", Integer))
    assert script.text == "CREATE TABLE t (\n    a INTEGER, \n    b INTEGER\n);\n\n"


def test_create_table_returns_a_table_for_bulk_insert(script: Any) -> None:
    """What create_table() returns can be inserted into at once."""
    table = script.op.create_table("t", Column("id", Integer), Column("name", String))
    script.op.bulk_insert(table, [{"id": 1, "name": "it's"}])
    assert script.statements[-1] == "INSERT INTO t (id, name) VALUES (1, 'it''s')"


def test_check_on_a_column_object_appears_once(script: Any) -> None:
    """A check on a column object passed along with it is one constraint."""
    column = Column("a", Integer)
    table = script.op.create_table("t", column, CheckConstraint(column > 5, name="ck"))
    assert script.statements == ["CREATE TABLE t ( a INTEGER, CONSTRAINT ck CHECK (a > 5) )"]
    assert [c.name for c in table.constraints if isinstance(c, CheckConstraint)] == ["ck"]


def test_column_of_another_table_is_copied(script: Any) -> None:
    """A column that belongs to a table already stays there."""
    elsewhere = Table("elsewhere", MetaData(), Column("a", Integer))
    made = script.op.create_table("t", elsewhere.c.a)
    assert elsewhere.c.a.table is elsewhere
    assert made.c.a is not elsewhere.c.a


def test_table_object_may_stand_for_its_name(script: Any) -> None:
    """A Table is accepted instead of a name."""
    table = Table("t", MetaData(), Column("a", Integer))
    script.op.create_table(table)
    script.op.drop_table(table)
    assert script.statements == ["CREATE TABLE t ( )", "DROP TABLE t"]


def test_events_of_sqlalchemy_are_sent(script: Any) -> None:
    """Creating and dropping a table sends SQLAlchemy's events."""
    seen: list[str] = []
    names = ("before_create", "after_create", "before_drop", "after_drop")
    listeners: list[tuple[str, Callable[..., None]]] = [
        (name, lambda *_args, name=name, **_kw: seen.append(name)) for name in names
    ]
    for name, listener in listeners:
        event.listen(Table, name, listener)
    try:
        script.op.create_table("t", Column("a", Integer))
        script.op.drop_table("t")
    finally:
        for name, listener in listeners:
            event.remove(Table, name, listener)
    assert seen == list(names)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "DROP TABLE t"),
        ({"schema": "s"}, "DROP TABLE s.t"),
        ({"if_exists": True}, "DROP TABLE IF EXISTS t"),
        ({"info": {"a": 1}, "comment": "c"}, "DROP TABLE t"),
    ],
    ids=["plain", "schema", "if exists", "arguments of Table"],
)
def test_drop_table(script: Any, options: dict[str, Any], expected: str) -> None:
    """drop_table() writes one statement."""
    script.op.drop_table("t", **options)
    assert script.statements == [expected]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (None, 'ALTER TABLE t RENAME TO "New"'),
        ("s", 'ALTER TABLE s.t RENAME TO s."New"'),
        ("a.B", 'ALTER TABLE a."B".t RENAME TO a."B"."New"'),
    ],
    ids=["plain", "schema", "dotted schema"],
)
def test_rename_table(script: Any, schema: str | None, expected: str) -> None:
    """rename_table() keeps the table in its schema."""
    script.op.rename_table("t", "New", schema=schema)
    assert script.statements == [expected]


def test_round_trip_on_a_database(online: Operations, connection: Connection) -> None:
    """Tables are created, renamed and dropped online."""
    online.create_table("t", Column("id", Integer, primary_key=True))
    online.rename_table("t", "u")
    assert inspect(connection).get_table_names() == ["u"]
    online.drop_table("u")
    online.drop_table("u", if_exists=True)
    inspect(connection).clear_cache()
    assert inspect(connection).get_table_names() == []


BAD: dict[str, tuple[Any, str]] = {
    "no name": (lambda op: op.create_table(None), "create_table: a table's name .* got None"),
    "empty name": (lambda op: op.drop_table(""), "drop_table: a table's name .* got ''"),
    "no column": (
        lambda op: op.create_table("t", "id"),
        "create_table on table 't': a Column, .* got 'id'",
    ),
    "unknown argument": (
        lambda op: op.create_table("t", foo=1),
        "create_table on table 't': .*'foo'",
    ),
    "unknown option of a dialect": (
        lambda op: op.create_table("t", sqlite_nope=1),
        "create_table on table 't': .*'sqlite_nope'",
    ),
    "constraint on a column that is not there": (
        lambda op: op.create_table("t", Column("a", Integer), UniqueConstraint("b")),
        "create_table on table 't': .*no column named 'b'",
    ),
    "index on a column that is not there": (
        lambda op: op.create_table("t", Column("a", Integer), Index("i", "b")),
        "create_table on table 't': .*no column named 'b'",
    ),
    "column twice": (
        lambda op: op.create_table("t", Column("a", Integer), Column("a", Integer)),
        "create_table on table 't': .*'a' is already present",
    ),
    "column without a type": (
        lambda op: op.create_table("t", Column("a"), schema="s"),
        "create_table on table 's.t': .*did you forget to specify a type",
    ),
    "new name missing": (lambda op: op.rename_table("t", None), "new_table_name, got None"),
}


@pytest.mark.parametrize(("use", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_names_operation_and_table(script: Any, use: Any, message: str) -> None:
    """A wrong argument raises one OperationError, and nothing is written."""
    with pytest.raises(OperationError, match=message):
        use(script.op)
    assert script.text == ""


@pytest.mark.parametrize(
    "type_",
    [
        Boolean(name="ck", create_constraint=True),
        Enum("a", name="ck", native_enum=False, create_constraint=True),
    ],
    ids=["boolean", "enum"],
)
def test_constraint_of_a_type_survives_conversion_once(type_: Any) -> None:
    """from_table(), to_table() and reverse() keep a type's own check single."""
    table = Table("t", MetaData(), Column("x", type_))
    made = ops.CreateTableOp.from_table(table)
    for converted in (made.to_table(), made.reverse().to_table(), made.reverse().reverse()):
        constraints = (
            converted.to_table() if isinstance(converted, ops.CreateTableOp) else converted
        )
        names = [c.name for c in constraints.constraints if isinstance(c, CheckConstraint)]
        assert names == ["ck"]


def _full_table() -> Table:
    return Table(
        "t",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("a", Integer, ForeignKey("o.id"), unique=True, index=True),
        CheckConstraint("a > 5", name="ck"),
        schema="s",
        comment="c",
        info={"k": 1},
        prefixes=["TEMPORARY"],
        sqlite_strict=True,
    )


def test_from_table_keeps_everything_but_indexes(script: Any) -> None:
    """A table turned into an operation and back is the same, without its indexes."""
    table = _full_table()
    script.op.invoke(ops.CreateTableOp.from_table(table))
    assert script.statements == [
        (
            "CREATE TEMPORARY TABLE s.t ( id INTEGER NOT NULL, a INTEGER, PRIMARY KEY (id), "
            "CONSTRAINT ck CHECK (a > 5), FOREIGN KEY(a) REFERENCES o (id) )"
        )
    ]


def test_dropping_remembers_the_table_for_the_way_back() -> None:
    """DropTableOp.from_table() reverses into the table that was dropped."""
    table = _full_table()
    back = ops.DropTableOp.from_table(table).reverse().to_table()
    assert (back.name, back.schema, back.comment) == ("t", "s", "c")
    assert back.info == {"k": 1}
    assert back.info is not table.info
    assert back.c.keys() == ["id", "a"]
    assert back.dialect_kwargs["sqlite_strict"] is True
    assert len(back.constraints) == len(table.constraints)


def test_options_added_to_an_operation_reach_table_and_reverse() -> None:
    """Options put into ``kw`` after the fact count in both directions."""
    made = ops.CreateTableOp("t", [Column("a", Integer)])
    made.kw["sqlite_strict"] = True
    assert made.to_table().dialect_kwargs["sqlite_strict"] is True
    assert made.reverse().to_table().dialect_kwargs["sqlite_strict"] is True


def test_diff_tuples_name_what_is_done() -> None:
    """Tuples begin with add_table and remove_table."""
    made = ops.CreateTableOp("t", [Column("a", Integer)])
    added, table = made.to_diff_tuple()
    assert (added, table.name) == ("add_table", "t")
    removed, table = made.reverse().to_diff_tuple()
    assert (removed, table.name) == ("remove_table", "t")


def test_renaming_is_undone_and_told() -> None:
    """The reverse restores the old name, in the same schema."""
    operation = ops.RenameTableOp("a", "b", schema="s")
    reverse = operation.reverse()

    assert ("rename_table", "s", "a", "b") == operation.to_diff_tuple()
    assert ("rename_table", "s", "b", "a") == reverse.to_diff_tuple()
