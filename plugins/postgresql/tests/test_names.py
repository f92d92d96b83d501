"""Names that PostgreSQL truncates: truncation is no difference, other differences are found."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Enum, ForeignKey, Index, Integer, MetaData, String, Table, inspect

from idiolect.autogenerate import compare_metadata, produce_migrations
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect.operations.ops import OpContainer
from idiolect_postgresql.names import kept, with_kept_names
from idiolect_postgresql.own_ops import ChangeEnumOp

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection

    Make = Callable[[MetaData], Any]

pytestmark = pytest.mark.filterwarnings("ignore:create_:UserWarning", "ignore:add_:UserWarning")
#: Two bytes a character: 80 bytes in 40 characters, which SQLAlchemy lets through.
ROW = "ü" * 40
COLUMN = "колонка" * 8


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a" * 63, "a" * 63),
        ("a" * 64, "a" * 63),
        ("ü" * 31, "ü" * 31),
        ("ü" * 32, "ü" * 31),
        ("a" + "ü" * 31, "a" + "ü" * 31),
        ("日" * 22, "日" * 21),
    ],
    ids=["fits", "ascii", "two-bytes-fit", "two-bytes", "just-fits", "three-bytes"],
)
def test_kept(name: str, expected: str) -> None:
    """As many whole characters as fit into 63 bytes."""
    assert expected == kept(name)


def test_names_in_a_type() -> None:
    """Each name in the text of a type is truncated separately."""
    assert f'"{"ü" * 31}"."{"é" * 31}"[]' == with_kept_names(f'"{"ü" * 40}"."{"é" * 40}"[]')
    assert "NUMERIC(10, 2)" == with_kept_names("NUMERIC(10, 2)")


def items(metadata: MetaData, *, column: str = "a", other: str = "b", rule: str = "") -> None:
    """Make an index and constraints with names that are too long."""
    table = Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer),
        Column("b", Integer),
        sa.UniqueConstraint(column, name=f"u{ROW}"),
        sa.CheckConstraint(f"{column} > 1", name=f"c{ROW}"),
        sa.ForeignKeyConstraint(["b"], ["t.id"], name=f"f{ROW}", ondelete=rule or None),
    )
    Index(f"i{ROW}", table.c[other])


def everything(metadata: MetaData, *, length: int = 5, values: str = "xy") -> None:
    """Create tables with long names of tables and columns, and objects derived from them."""
    table = Table(
        f"t{ROW}",
        metadata,
        Column(COLUMN, Integer, primary_key=True),
        Column(f"s{COLUMN}", String(length), server_default="x", comment="text"),
        Column(f"e{COLUMN}", Enum(*values, name=f"k{ROW}")),
        Column(f"u{COLUMN}", Integer, unique=True),
        sa.CheckConstraint(f'"u{COLUMN}" > 5', name=f"c{ROW}"),
    )
    Index(f"i{ROW}", table.c[f"u{COLUMN}"].desc())
    child: Column[int] = Column("ref", ForeignKey(table.c[COLUMN], ondelete="CASCADE"), index=True)
    Table(f"c{ROW}", metadata, Column("id", Integer, primary_key=True), child)


def convention(metadata: MetaData, *, unique: bool = False) -> None:
    """Create an index whose name SQLAlchemy truncates by characters, and the server again."""
    metadata.naming_convention = {"ix": "ix_%(table_name)s_%(column_0_name)s"}
    Table("таблица", metadata, Column("ä" * 60, Integer, index=True, unique=unique))


CASES: dict[str, tuple[Make, Make, set[str]]] = {
    "constraint": (
        items,
        lambda m: items(m, column="b"),
        {"remove_constraint", "add_constraint"},
    ),
    "index": (items, lambda m: items(m, other="a"), {"remove_index", "add_index"}),
    "foreign-key": (items, lambda m: items(m, rule="CASCADE"), {"remove_fk", "add_fk"}),
    "type": (everything, lambda m: everything(m, length=9), {"modify_type"}),
    "enum": (everything, lambda m: everything(m, values="xyz"), {"change_enum_type"}),
    "convention": (
        convention,
        lambda m: convention(m, unique=True),
        {"remove_index", "add_index"},
    ),
}
#: The sets by default, and checks.
SETS = ["alembic.*", "idiolect.*"]


def made(make: Make) -> MetaData:
    """Return a model."""
    metadata = MetaData()
    make(metadata)
    return metadata


def found(connection: Connection, make: Make) -> set[str]:
    """Return the kinds of differences between the database and a model."""
    context = MigrationContext.configure(connection, opts={"autogenerate_plugins": SETS})
    each = compare_metadata(context, made(make))
    return {one[0][0] if isinstance(one, list) else one[0] for one in each}


def carry_out(operations: Operations, container: OpContainer) -> None:
    """Carry out all operations, those of single tables too."""
    for operation in container.ops:
        if isinstance(operation, OpContainer):
            carry_out(operations, operation)
        else:
            operations.invoke(operation)


@pytest.mark.postgresql
@pytest.mark.parametrize(("before", "after", "kinds"), CASES.values(), ids=CASES)
def test_there_and_back(connection: Connection, before: Make, after: Make, kinds: set[str]) -> None:
    """Nothing differs at first, then what was changed, and nothing after each way."""
    made(before).create_all(connection)
    assert set() == found(connection, before)
    assert kinds == found(connection, after)
    context = MigrationContext.configure(connection, opts={"autogenerate_plugins": SETS})
    script = produce_migrations(context, made(after))
    for container, make in ((script.upgrade_ops, after), (script.downgrade_ops, before)):
        assert container is not None
        with Operations.context(context) as operations:
            carry_out(operations, container)
        assert set() == found(connection, make)


@pytest.mark.postgresql
def test_a_sequence(connection: Connection) -> None:
    """A sequence with a long name is not created twice."""

    def counted(metadata: MetaData) -> None:
        numbers = sa.Sequence(f"n{ROW}", metadata=metadata)
        Table("t", metadata, Column("n", Integer, server_default=numbers.next_value()))

    made(counted).create_all(connection)
    assert set() == found(connection, counted)


@pytest.mark.postgresql
def test_the_short_name_of_the_model_comes_first(connection: Connection) -> None:
    """A model's table with the truncated name is not mistaken for another."""

    def both(metadata: MetaData) -> None:
        Table("a" * 63, metadata, Column("id", Integer))
        Table("a" * 70, metadata, Column("other", Integer))

    made(lambda m: Table("a" * 63, m, Column("id", Integer))).create_all(connection)
    assert {"add_table"} == found(connection, both)


@pytest.mark.postgresql
def test_domain_of_a_cut_column(connection: Connection) -> None:
    """The nullability of a column is found under its truncated name."""
    for statement in (
        "CREATE DOMAIN d AS integer NOT NULL",
        f'CREATE TABLE t ("{COLUMN}" d NOT NULL)',
    ):
        connection.exec_driver_sql(statement)

    def column(metadata: MetaData) -> None:
        type_ = sa.dialects.postgresql.DOMAIN("d", Integer(), not_null=True)
        Table("t", metadata, Column(COLUMN, type_, nullable=False))

    assert set() == found(connection, column)


@pytest.mark.postgresql
@pytest.mark.parametrize("directive", ["create_index", "create_unique_constraint"])
def test_a_cut_is_told(online: Operations, directive: str) -> None:
    """Creating an index or a constraint with such a name causes a warning with the new name."""
    online.create_table("t", Column("a", Integer))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(online, directive)(ROW, "t", ["a"])
    assert [f"the name {ROW!r} has 80 bytes"] == [
        str(one.message).partition(": ")[2].partition(",")[0] for one in caught
    ]
    indexes = inspect(online.get_bind()).get_indexes("t")
    assert ["ü" * 31] == [index["name"] for index in indexes]


def test_a_replaced_type_has_another_name() -> None:
    """A type of the longest name is renamed to one that is not cut to the same."""
    name = "k" * 63
    statements = ChangeEnumOp(name, ("a", "b"), ("a",)).statements()
    assert f"ALTER TYPE {name} RENAME TO {'k' * 59}_old" == statements[0]
    assert f"DROP TYPE {'k' * 59}_old" == statements[-1]
