"""Changes of types and defaults that PostgreSQL refuses unless it is told how, there and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    DateTime,
    Enum,
    Identity,
    Integer,
    MetaData,
    NullPool,
    Numeric,
    String,
    Table,
    Text,
    Uuid,
    create_engine,
)
from sqlalchemy.dialects import postgresql

from idiolect.autogenerate import compare_metadata, produce_migrations, render_python_code
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect_postgresql.casts import using

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    Make = Callable[[], Column[Any]]


def mood(*values: str, name: str = "mood", schema: str | None = None) -> Enum:
    """Return an enumerated type."""
    return Enum(*(values or ("a", "b")), name=name, schema=schema)


@pytest.fixture
def connection(fresh_postgresql: str) -> Iterator[Connection]:
    """A connection to an empty database, without a transaction."""
    engine = create_engine(fresh_postgresql, poolclass=NullPool)
    with engine.connect() as made:
        yield made
    engine.dispose()


DEFAULTS = {"compare_server_default": True}
USING: dict[str, tuple[Any, Any, str | None]] = {
    "text to integer": (String(5), Integer(), '"Col"::INTEGER'),
    "text to JSONB": (Text(), postgresql.JSONB(), '"Col"::JSONB'),
    "text to UUID": (String(36), Uuid(), '"Col"::UUID'),
    "text to enum": (String(5), mood(), '"Col"::mood'),
    "enum to text": (mood(), String(5), None),
    "enum to another": (mood(name="old"), mood(schema="s"), '"Col"::text::s.mood'),
    "the same enum": (mood(), mood("a", "b", "c"), None),
    "boolean to number": (Boolean(), Numeric(5, 1), '"Col"::integer::NUMERIC(5, 1)'),
    "number to boolean": (Integer(), Boolean(), '"Col"::integer::BOOLEAN'),
    "integer to numeric": (Integer(), Numeric(), None),
    "integer to text": (Integer(), Text(), None),
    "no cast at all": (Integer(), DateTime(), None),
    "arrays": (ARRAY(Text), ARRAY(mood()), '"Col"::mood[]'),
    "arrays of enums": (ARRAY(mood(name="old")), ARRAY(mood()), '"Col"::text[]::mood[]'),
}


@pytest.mark.parametrize(("before", "after", "expected"), USING.values(), ids=USING)
def test_using(before: Any, after: Any, expected: str | None) -> None:
    """Where there is no assignment cast, the types on the way are named."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert expected == using("Col", before, after, dialect)


def column(type_: Any, default: str | None = None) -> Make:
    """Return what makes a column."""
    return lambda: Column("Col", type_.copy(), server_default=default)


CHANGES: dict[str, tuple[Make, Make]] = {
    "integer": (column(String(5)), column(Integer())),
    "boolean": (column(Boolean(), "true"), column(Integer(), "1")),
    "enum": (column(String(5), "a"), column(mood(), "b")),
    "another enum": (column(mood(name="old"), "a"), column(mood(), "a")),
    "array of enums": (column(ARRAY(mood(name="old")), "{a}"), column(ARRAY(Text()), "{b}")),
    "default that goes": (column(mood("a", "b", "c"), "c"), column(mood("a", "b"), "a")),
    "default that comes": (column(mood("a", "b"), "a"), column(mood("a", "b", "c"), "c")),
    "identity": (
        lambda: Column("Col", Integer),
        lambda: Column("Col", Integer, Identity(always=True)),
    ),
}


def made(make: Make) -> MetaData:
    """Return a model with the column."""
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True, autoincrement=False), make())
    return metadata


@pytest.mark.postgresql
@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_there_and_back(connection: Connection, before: Make, after: Make) -> None:
    """The revision that is written runs in both directions, and leaves no difference."""
    made(before).create_all(connection)
    connection.commit()
    context = MigrationContext.configure(connection, opts=DEFAULTS)
    script = produce_migrations(context, made(after))
    for container, wanted in ((script.upgrade_ops, after), (script.downgrade_ops, before)):
        assert container is not None
        code = render_python_code(container, migration_context=context)
        run(connection, code)
        after_it = MigrationContext.configure(connection, opts=DEFAULTS)
        assert [] == compare_metadata(after_it, made(wanted))


def run(connection: Connection, code: str) -> None:
    """Carry out the code of one direction."""
    connection.commit()
    context = MigrationContext.configure(connection)
    lines = "\n".join(line.removeprefix("    ") for line in code.splitlines())
    imports = "import sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\n"
    with context.begin_transaction(_per_migration=True):
        exec(imports + lines, {"op": Operations(context)})


@pytest.mark.postgresql
def test_rows_are_converted(connection: Connection) -> None:
    """What is in the column is there afterwards, as the other type has it."""
    made(column(String(5), "a")).create_all(connection)
    connection.exec_driver_sql("INSERT INTO t VALUES (1, 'b'), (2, DEFAULT)")
    connection.commit()
    context = MigrationContext.configure(connection, opts=DEFAULTS)
    script = produce_migrations(context, made(column(mood(), "b")))
    assert script.upgrade_ops is not None
    code = render_python_code(script.upgrade_ops, migration_context=context)
    run(connection, code)
    connection.exec_driver_sql("INSERT INTO t VALUES (3, DEFAULT)")
    rows = connection.exec_driver_sql('SELECT "Col"::text FROM t ORDER BY id')
    assert ["b", "a", "b"] == rows.scalars().all()


@pytest.mark.postgresql
@pytest.mark.parametrize("default", [True, False])
def test_an_identity_goes(connection: Connection, default: bool) -> None:
    """NOT NULL goes by the next revision: not before the identity, which may not be compared."""
    made(lambda: Column("Col", Integer, Identity())).create_all(connection)
    kinds = []
    for _ in range(2):
        opts = {"compare_server_default": default}
        context = MigrationContext.configure(connection, opts=opts)
        script = produce_migrations(context, made(lambda: Column("Col", Integer)))
        assert script.upgrade_ops is not None
        kinds.append([one[0][0] for one in script.upgrade_ops.as_diffs()])
        run(connection, render_python_code(script.upgrade_ops, migration_context=context))
    assert kinds == ([["modify_default"], ["modify_nullable"]] if default else [[], []])


@pytest.mark.postgresql
def test_a_change_that_needs_no_using(connection: Connection) -> None:
    """It is written as ever."""
    made(column(String(5))).create_all(connection)
    context = MigrationContext.configure(connection, opts=DEFAULTS)
    script = produce_migrations(context, made(column(Text())))
    assert script.upgrade_ops is not None
    assert "postgresql_using" not in render_python_code(
        script.upgrade_ops, migration_context=context
    )
