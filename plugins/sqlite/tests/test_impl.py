"""SQLite's impl, in a script and on a database."""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    inspect,
    text,
)
from sqlalchemy.exc import CompileError, OperationalError

from idiolect.errors import OperationError
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect_sqlite.impl import SQLiteImpl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection


@pytest.fixture
def buffer() -> io.StringIO:
    """The script's output."""
    return io.StringIO()


@pytest.fixture
def offline(buffer: io.StringIO) -> Operations:
    """Operations that write a script."""
    opts = {"as_sql": True, "output_buffer": buffer}
    return Operations(MigrationContext.configure(dialect_name="sqlite", opts=opts))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A connection to a file."""
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def online(connection: Connection) -> Operations:
    """Operations on ``connection``."""
    return Operations(MigrationContext.configure(connection))


def test_sqlite_has_its_impl(offline: Operations) -> None:
    """A context on SQLite uses SQLiteImpl, which documents no transactional DDL."""
    assert type(offline.impl) is SQLiteImpl
    assert SQLiteImpl.transactional_ddl is False


REFUSED: dict[str, Any] = {
    "foreign key": Column("c", Integer, ForeignKey("o.id", name="fk")),
    "unique": Column("c", Integer, unique=True),
}


@pytest.mark.parametrize("column", REFUSED.values(), ids=REFUSED.keys())
def test_constraint_that_alter_table_cannot_add_is_refused_first(
    offline: Operations, buffer: io.StringIO, column: Any
) -> None:
    """Such a column is refused before any output, with a NotImplementedError."""
    with pytest.raises(
        NotImplementedError, match="No support for ALTER of constraints in SQLite dialect"
    ) as caught:
        offline.add_column("t", column)
    assert isinstance(caught.value, OperationError)
    assert "'t'" in str(caught.value)
    assert buffer.getvalue() == ""


def test_constraints_inside_the_definition_are_fine(
    offline: Operations, buffer: io.StringIO
) -> None:
    """Constraints inside the column definition need no ALTER."""
    offline.add_column("t", Column("c", Integer, CheckConstraint("c > 5")))
    offline.add_column("t", Column("c", Integer, ForeignKey("o.id")), inline_references=True)
    assert buffer.getvalue() == (
        "ALTER TABLE t ADD COLUMN c INTEGER CHECK (c > 5);\n\n"
        "ALTER TABLE t ADD COLUMN c INTEGER REFERENCES o (id);\n\n"
    )


def test_constraint_that_a_type_implies_is_skipped_with_a_warning(
    offline: Operations, buffer: io.StringIO
) -> None:
    """A CHECK implied by the type is skipped with a warning."""
    with pytest.warns(UserWarning, match="Skipping unsupported ALTER for creation of implicit"):
        offline.add_column("t", Column("c", Boolean(name="b", create_constraint=True)))
    assert buffer.getvalue() == "ALTER TABLE t ADD COLUMN c BOOLEAN;\n\n"


def test_constraints_cannot_be_dropped(offline: Operations) -> None:
    """Dropping a constraint is refused like adding one."""
    table = Table("t", MetaData(), Column("a", Integer), CheckConstraint("a > 1", name="ck"))
    check = next(c for c in table.constraints if c.name == "ck")
    with pytest.raises(NotImplementedError, match="table 't', CheckConstraint 'ck'"):
        offline.impl.drop_constraint(check)


def test_schema_is_an_attached_database(online: Operations, connection: Connection) -> None:
    """Operations with a schema reach an attached database, renaming and indexes included."""
    connection.execute(text("ATTACH DATABASE ':memory:' AS side"))
    online.create_table("t", Column("id", Integer), schema="side")
    online.rename_table("t", "u", schema="side")
    online.create_index("i", "u", ["id"], schema="side")
    assert inspect(connection).get_table_names(schema="side") == ["u"]
    assert [i["name"] for i in inspect(connection).get_indexes("u", schema="side")] == ["i"]


def test_nine_operations_on_a_database(online: Operations, connection: Connection) -> None:
    """Everything a first project needs works on a real file."""
    accounts = online.create_table(
        "account",
        Column("id", Integer, primary_key=True),
        Column("name", String(50), nullable=False, index=True),
    )
    online.bulk_insert(accounts, [{"id": 1, "name": "100% :x"}, {"id": 2, "name": "b"}])
    online.add_column("account", Column("age", Integer, server_default="7"))
    online.execute("UPDATE account SET age = 8 WHERE id = 2")
    online.create_index("ix_age", "account", [text("age + 1")], unique=True)
    online.drop_index("ix_account_name")
    online.rename_table("account", "person")
    people = connection.execute(text("SELECT id, name, age FROM person ORDER BY id"))
    assert [tuple(row) for row in people] == [
        (1, "100% :x", 7),
        (2, "b", 8),
    ]
    online.drop_index("ix_age", if_exists=True)
    online.drop_column("person", "age")
    assert [c["name"] for c in inspect(connection).get_columns("person")] == ["id", "name"]
    online.drop_table("person")
    inspector = inspect(connection)
    assert inspector.get_table_names() == []


def test_column_is_renamed(online: Operations, connection: Connection) -> None:
    """Renaming is the change of a column that SQLite can make."""
    online.create_table("t", Column("a", Integer, server_default="1"))
    online.alter_column("t", "a", new_column_name="My b", existing_type=Integer())
    (column,) = inspect(connection).get_columns("t")
    assert (column["name"], column["default"]) == ("My b", "'1'")


UNALTERABLE: dict[str, tuple[Any, str]] = {
    "type": ({"type_": Integer()}, "ALTER of a column's type in SQLite dialect. Please refer to"),
    "nullability and default": (
        {"nullable": True, "server_default": None},
        "ALTER of a column's nullability and server default in SQLite dialect",
    ),
    "with a name": ({"nullable": True, "new_column_name": "b"}, "column's nullability in SQLite"),
    "type with a check": (
        {"type_": Integer(), "existing_type": Boolean(create_constraint=True)},
        "ALTER of a column's type",
    ),
    "comment": ({"comment": "c"}, "SQLite has no comments .* .column 'a' of table 't'"),
}


@pytest.mark.parametrize(("changes", "message"), UNALTERABLE.values(), ids=UNALTERABLE.keys())
def test_other_changes_are_refused(
    offline: Operations, buffer: io.StringIO, changes: dict[str, Any], message: str
) -> None:
    """Changes that ALTER TABLE does not support are refused before any output."""
    with pytest.raises(NotImplementedError, match=message) as caught:
        offline.alter_column("t", "a", **changes)
    assert isinstance(caught.value, OperationError)
    assert buffer.getvalue() == ""


CONSTRAINTS: dict[str, Any] = {
    "primary key": lambda op: op.create_primary_key("x", "t", ["a"]),
    "unique": lambda op: op.create_unique_constraint("x", "t", ["a"]),
    "check": lambda op: op.create_check_constraint("x", "t", "a > 1"),
    "foreign key": lambda op: op.create_foreign_key("x", "t", "u", ["a"], ["b"]),
    "drop": lambda op: op.drop_constraint("x", "t"),
}


@pytest.mark.parametrize("use", CONSTRAINTS.values(), ids=CONSTRAINTS.keys())
def test_constraint_operations_are_refused(
    offline: Operations, buffer: io.StringIO, use: Any
) -> None:
    """No table gains or loses a constraint; the message names both and batch mode."""
    message = "No support for ALTER of constraints in SQLite dialect. Please .*table 't', .* 'x'"
    with pytest.raises(NotImplementedError, match=message):
        use(offline)
    assert buffer.getvalue() == ""


@pytest.mark.parametrize(
    "use",
    [lambda op: op.create_table_comment("t", "c"), lambda op: op.drop_table_comment("t")],
    ids=["create", "drop"],
)
def test_comments_of_tables_are_refused(offline: Operations, use: Any) -> None:
    """SQLite has none."""
    with pytest.raises(NotImplementedError, match=r"SQLite has no comments .*table 't'"):
        use(offline)


@pytest.mark.parametrize("caught", [OperationalError, CompileError, NotImplementedError])
@pytest.mark.parametrize(
    "call",
    [
        lambda op: op.alter_column("t", "u", type_=Integer()),
        lambda op: op.alter_column("t", "u", comment="x"),
        lambda op: op.create_table_comment("t", "x"),
        lambda op: op.drop_table_comment("t"),
    ],
    ids=["type", "comment", "table comment", "no table comment"],
)
def test_revisions_catch_what_sqlite_would_refuse(
    online: Operations, call: Callable[[Operations], None], caught: type[Exception]
) -> None:
    """As an error of SQLAlchemy's, which it is where SQLite is asked; its text is one line."""
    with pytest.raises(caught) as raised:
        call(online)

    assert isinstance(raised.value, OperationError)
    assert (
        str(raised.value) == raised.value.message == str(pickle.loads(pickle.dumps(raised.value)))
    )
    assert "\n" not in str(raised.value)
