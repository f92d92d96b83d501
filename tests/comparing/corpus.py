"""Pairs of tables for comparisons: a table, and the same with one change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Enum,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects import mysql, postgresql

if TYPE_CHECKING:
    from collections.abc import Callable

    Items = Callable[[str], list[Any]]


class Lower(TypeDecorator[str]):
    """A type of a program's own."""

    impl = String
    cache_ok = True


def column(*given: Any, **options: Any) -> Items:
    """Return a function that creates a column ``c``."""
    return lambda _name: [Column("c", *given, **options)]


def both(*parts: Items) -> Items:
    """Return a function that creates the items of all parts."""
    return lambda name: [item for part in parts for item in part(name)]


TWO: Items = lambda _name: [Column("a", Integer), Column("b", String(20))]  # noqa: E731 - data


def two(make: Callable[[str], Any]) -> Items:
    """Return a function that creates columns a and b, and what ``make`` returns for the name."""
    return lambda name: [*TWO(name), make(name)]


def reference(**options: Any) -> Items:
    """Return a function that creates a column with a foreign key."""
    return lambda name: [Column("p", ForeignKey("parent.id", name=f"fk_{name}", **options))]


CASES: dict[str, tuple[Items, Items]] = {
    "type": (column(Integer), column(String(20))),
    "length": (column(String(20)), column(String(30))),
    "precision": (column(Numeric(10, 2)), column(Numeric(12, 2))),
    "own_type": (column(Lower(20)), column(Lower(21))),
    "enum": (column(Enum("a", "b", name="e1")), column(Enum("a", "b", "cc", name="e1"))),
    "zone": (column(DateTime(timezone=True)), column(DateTime)),
    "float": (column(Float), column(Float(53))),
    "several": (
        both(column(Text), lambda _: [Column("d", Date), Column("t", Time)]),
        both(column(Text), lambda _: [Column("d", DateTime), Column("t", Time)]),
    ),
    "binary": (column(LargeBinary), column(Uuid)),
    "boolean": (column(Boolean), column(SmallInteger)),
    "json": (column(JSON), column(BigInteger)),
    "null": (column(Integer, nullable=False), column(Integer)),
    "no_null": (column(String(9)), column(String(9), nullable=False)),
    "default": (column(String(9), server_default="x"), column(String(9), server_default="y")),
    "quote": (column(String(9), server_default="it's"), column(String(9), server_default="its")),
    "number": (column(Integer, server_default="1"), column(Integer, server_default=text("2"))),
    "now": (
        column(DateTime, server_default=func.current_timestamp()),
        column(DateTime, server_default=text("'2020-01-01 00:00:00'")),
    ),
    "no_default": (column(Integer, server_default=text("5")), column(Integer)),
    "comment": (column(Integer, comment="one"), column(Integer, comment="other")),
    "added": (TWO, both(TWO, column(Integer))),
    "removed": (both(TWO, column(Integer)), TWO),
    "renamed": (column(Integer), lambda _: [Column("d", Integer)]),
    "index": (
        two(lambda name: Index(f"ix_{name}", "a")),
        two(lambda name: Index(f"ix_{name}", "a", "b")),
    ),
    "index_order": (
        two(lambda name: Index(f"ix_{name}", "b", "a")),
        two(lambda name: Index(f"ix_{name}", "a", "b")),
    ),
    "index_unique": (
        two(lambda name: Index(f"ix_{name}", "a")),
        two(lambda name: Index(f"ix_{name}", "a", unique=True)),
    ),
    "index_descending": (
        two(lambda name: Index(f"ix_{name}", "a")),
        two(lambda name: Index(f"ix_{name}", text("a DESC"))),
    ),
    "index_added": (TWO, two(lambda name: Index(f"ix_{name}", "a"))),
    "index_removed": (two(lambda name: Index(f"ix_{name}", "a")), TWO),
    "index_flag": (column(Integer, index=True), column(Integer)),
    "unique": (
        two(lambda name: UniqueConstraint("a", name=f"uq_{name}")),
        two(lambda name: UniqueConstraint("a", "b", name=f"uq_{name}")),
    ),
    "unique_order": (
        two(lambda name: UniqueConstraint("b", "a", name=f"uq_{name}")),
        two(lambda name: UniqueConstraint("a", "b", name=f"uq_{name}")),
    ),
    "unique_flag": (column(Integer, unique=True), column(Integer)),
    "unique_flag_added": (column(Integer), column(Integer, unique=True)),
    "unique_unnamed": (
        two(lambda _name: UniqueConstraint("a", "b")),
        two(lambda _name: UniqueConstraint("b", "a")),
    ),
    "unique_to_index": (
        two(lambda name: UniqueConstraint("a", name=f"u_{name}")),
        two(lambda name: Index(f"u_{name}", "a", unique=True)),
    ),
    "unique_renamed": (
        two(lambda name: UniqueConstraint("a", name=f"u_{name}")),
        two(lambda name: UniqueConstraint("a", name=f"w_{name}")),
    ),
    "unique_and_index": (
        lambda name: [
            *TWO(name),
            UniqueConstraint("a", name=f"u_{name}"),
            Index(f"i_{name}", "a", unique=True),
        ],
        two(lambda name: UniqueConstraint("a", name=f"u_{name}")),
    ),
    "reference": (reference(), reference(ondelete="CASCADE")),
    "reference_rule": (reference(ondelete="RESTRICT"), reference(ondelete="SET NULL")),
    "reference_no_action": (reference(), reference(ondelete="NO ACTION", onupdate="NO ACTION")),
    "reference_late": (reference(), reference(deferrable=True, initially="DEFERRED")),
    "reference_added": (lambda _: [Column("p", Integer)], reference()),
    "reference_removed": (reference(), lambda _: [Column("p", Integer)]),
    "reference_unnamed": (
        lambda _: [Column("p", ForeignKey("parent.id"))],
        lambda _: [Column("p", ForeignKey("parent.other"))],
    ),
    "reference_of_two": (
        lambda name: [
            *TWO(name),
            ForeignKeyConstraint(["a", "b"], ["pair.x", "pair.y"], name=f"fk_{name}"),
        ],
        TWO,
    ),
    "reference_indexed": (
        lambda name: [Column("p", ForeignKey("parent.id")), Index(f"ix_{name}", "p")],
        lambda name: [Column("p", ForeignKey("parent.id")), Index(f"ix_{name}_2", "p")],
    ),
    "check": (
        two(lambda name: CheckConstraint("a > 0", name=f"ck_{name}")),
        two(lambda name: CheckConstraint("a > 0", name=f"ck_{name}_2")),
    ),
    "computed": (
        both(TWO, column(Integer, Computed("a * 2", persisted=True))),
        both(TWO, column(Integer, Computed("a * 3", persisted=True))),
    ),
}
ON_POSTGRESQL: dict[str, tuple[Items, Items]] = {
    "identity": (column(Integer, Identity()), column(Integer, Identity(start=5, always=True))),
    "identity_gone": (column(Integer, Identity()), column(Integer, nullable=False)),
    "array": (column(postgresql.ARRAY(Integer)), column(postgresql.ARRAY(String))),
    "domain": (
        column(postgresql.DOMAIN("posint", Integer, check="VALUE > 0")),
        column(postgresql.DOMAIN("posint", Integer, check="VALUE > 0"), nullable=False),
    ),
    "include": (
        two(lambda name: Index(f"ix_{name}", "a")),
        two(lambda name: Index(f"ix_{name}", "a", postgresql_include=["b"])),
    ),
    "where": (
        two(lambda name: Index(f"ix_{name}", "a", postgresql_where=text("a > 1"))),
        two(lambda name: Index(f"ix_{name}", "a", postgresql_where=text("a > 2"))),
    ),
    "expression": (
        two(lambda name: Index(f"ix_{name}", text("lower(b)"))),
        two(lambda name: Index(f"ix_{name}", text("upper(b)"))),
    ),
    "nulls": (
        two(lambda name: UniqueConstraint("a", name=f"uq_{name}")),
        two(
            lambda name: UniqueConstraint(
                "a", name=f"uq_{name}", postgresql_nulls_not_distinct=True
            )
        ),
    ),
    "interval": (
        column(postgresql.INTERVAL, server_default=text("'14 days'")),
        column(postgresql.INTERVAL, server_default=text("'15 days'")),
    ),
}
ON_MARIADB: dict[str, tuple[Items, Items]] = {
    "unsigned": (column(mysql.INTEGER(unsigned=True)), column(mysql.INTEGER)),
    "collation": (
        column(String(9, collation="utf8mb4_bin")),
        column(String(9, collation="utf8mb4_general_ci")),
    ),
    "prefix": (
        two(lambda name: Index(f"ix_{name}", "b", mariadb_length=5)),
        two(lambda name: Index(f"ix_{name}", "b")),
    ),
    "full_text": (
        two(lambda name: Index(f"ix_{name}", "b", mariadb_prefix="FULLTEXT")),
        two(lambda name: Index(f"ix_{name}", "b")),
    ),
    "set": (column(mysql.SET("a", "b")), column(mysql.SET("a", "c"))),
    "long_text": (column(Text(70000)), column(mysql.LONGTEXT)),
    "update": (
        column(
            mysql.TIMESTAMP, server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
        ),
        column(mysql.TIMESTAMP, server_default=text("CURRENT_TIMESTAMP")),
    ),
}
#: What a database cannot make, or SQLAlchemy does not write for it.
MISSING = {
    "sqlite": {"index_descending"},
    "mariadb": {"reference_late"},
}


def sides(dialect: str, *, rounds: int = 3) -> tuple[MetaData, MetaData]:
    """Return the models of a database, and the models to compare it with.

    For each case there are unchanged tables, in the first or the second form, and a changed one.

    Args:
        dialect: SQLAlchemy's name.
        rounds: the number of unchanged tables of each form.
    """
    cases = dict(CASES)
    cases.update({"postgresql": ON_POSTGRESQL, "mariadb": ON_MARIADB}.get(dialect, {}))
    before, after = MetaData(), MetaData()
    for metadata in (before, after):
        Table(
            "parent",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("other", Integer, unique=True),
            comment="is referred to",
        )
        Table("pair", metadata, Column("x", Integer, primary_key=True), _pair_key())
    for name, (old, new) in cases.items():
        if name in MISSING.get(dialect, ()):
            continue
        for number in range(rounds):
            for stem, form in ((f"{name}_{number}_old", old), (f"{name}_{number}_new", new)):
                _table(stem, before, form)
                _table(stem, after, form)
        _table(f"{name}_x_changed", before, old)
        _table(f"{name}_x_changed", after, new)
    _table("table_gone", before, TWO)
    _table("table_new", after, TWO)
    _table("table_comment", before, TWO, comment="this")
    _table("table_comment", after, TWO, comment="that")
    return before, after


def _pair_key() -> Column[str]:
    return Column("y", String(20), primary_key=True)


def _table(name: str, metadata: MetaData, form: Items, **options: Any) -> None:
    key: Column[int] = Column("id", Integer, primary_key=True)
    Table(name, metadata, key, *form(name), **options)
