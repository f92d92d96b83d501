"""Pairs of models for PostgreSQL, each with one change: what a comparison has to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[[sa.MetaData], Any]


PG = "postgresql"


def table(*items: Callable[[], Any], key: Any = True, **options: Any) -> Make:
    """Return a function that creates a table ``t`` with columns ``id``, ``a``, ``b``, and items."""

    def make(metadata: sa.MetaData) -> Any:
        return sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=key is True, autoincrement=key is True),
            sa.Column("a", sa.Integer),
            sa.Column("b", sa.String(20)),
            *[item() for item in items],
            **options,
        )

    return make


def both(*makers: Make) -> Make:
    """Return a function that calls all of them."""

    def make(metadata: sa.MetaData) -> None:
        for maker in makers:
            maker(metadata)

    return make


def mood(*values: str, schema: str | None = None, default: str | None = None) -> Callable[[], Any]:
    """Return a function that creates a column of an enumerated type."""
    return lambda: sa.Column(
        "mood", sa.Enum(*values, name="mood", schema=schema), server_default=default
    )


def another(*items: Callable[[], Any]) -> Make:
    """Return a function that creates a second table."""
    return lambda metadata: sa.Table(
        "u", metadata, sa.Column("id", sa.Integer), *[item() for item in items]
    )


def of_mood(condition: str) -> list[Callable[[], Any]]:
    """Return a function that creates an index and a CHECK that compare the enumerated type."""
    return [index("a", postgresql_where=sa.text(condition)), check(f"a > 0 OR {condition}")]


def identity(**options: Any) -> Callable[[], Any]:
    """Return a function that creates a column with an identity."""
    return lambda: sa.Column("i", sa.Integer, sa.Identity(**options), nullable=False)


def check(text: str, name: str = "ck") -> Callable[[], Any]:
    """Return a function that creates a CHECK."""
    return lambda: sa.CheckConstraint(text, name=name)


def index(*columns: Any, **options: Any) -> Callable[[], Any]:
    """Return a function that creates an index."""
    return lambda: sa.Index("ix", *columns, **options)


def computed(text: str) -> Callable[[], Any]:
    """Return a function that creates a computed column."""
    return lambda: sa.Column("c", sa.Integer, sa.Computed(text, persisted=True))


def sequence(name: str, **options: Any) -> Make:
    """Return a function that creates a sequence."""
    return lambda metadata: sa.Sequence(name, metadata=metadata, **options)


def exclude(operator: str = "&&", where: str | None = None) -> Callable[[], Any]:
    """Return a function that creates an EXCLUDE constraint over a computed range."""
    return lambda: pg.ExcludeConstraint(
        (sa.text("int4range(id, a)"), operator),
        name="ex",
        using="gist",
        where=None if where is None else sa.text(where),
    )


def collated(collation: str | None) -> Callable[[], Any]:
    """Return a function that creates a text column with a collation."""
    return lambda: sa.Column("c", sa.String(20, collation=collation))


def pair(first: str, second: str, **options: Any) -> Make:
    """Return a function that creates two tables that refer to each other."""

    def make(metadata: sa.MetaData) -> None:
        for name, other in ((first, second), (second, first)):
            sa.Table(
                name,
                metadata,
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("other", sa.ForeignKey(f"{other}.id", **options), index=True),
                sa.Column("self", sa.ForeignKey(f"{name}.id")),
            )

    return make


def people(table: str, key: str, name: str, former: tuple[str, str, str] = ("", "", "")) -> Make:
    """Return a function that creates two tables, the first optionally with new names."""

    def was(given: str) -> dict[str, Any]:
        return {"renamed_from": given} if given else {}

    def make(metadata: sa.MetaData) -> None:
        sa.Table(
            table,
            metadata,
            sa.Column(key, sa.Integer, primary_key=True, info=was(former[1])),
            sa.Column(name, sa.String(5), nullable=False, info=was(former[2])),
            sa.UniqueConstraint(name, name="uq_name"),
            sa.Index("ix_name", sa.text(f"lower({name})"), postgresql_where=sa.text(f"{key} > 5")),
            sa.CheckConstraint(f"{name} <> 'nick'", name="ck_name"),
            info=was(former[0]),
        )
        sa.Table("visit", metadata, sa.Column("who", sa.ForeignKey(f"{table}.{key}")))

    return make


def key(*columns: str) -> Callable[[], Any]:
    """Return a function that creates a named primary key."""
    return lambda: sa.PrimaryKeyConstraint(*columns, name="pk")


CASES: dict[str, tuple[Make, Make]] = {
    "enum-value-at-the-end": (table(mood("a", "b")), table(mood("a", "b", "c"))),
    "enum-value-between": (table(mood("a", "b")), table(mood("a", "x", "b"))),
    "enum-values-first-and-last": (
        table(mood("b", "c")),
        table(mood("a", "it's", "b", "c", "d")),
    ),
    "enum-value-gone": (table(mood("a", "b", "c")), table(mood("a", "c"))),
    "enum-order": (table(mood("a", "b")), table(mood("b", "a"))),
    "enum-value-and-default": (
        table(mood("a", "b", default="a")),
        table(mood("a", "b", "c", default="c")),
    ),
    "enum-value-in-a-schema": (
        table(mood("a", schema="other")),
        table(mood("a", "b", schema="other")),
    ),
    "enum-column-added": (table(), table(mood("a", "b"))),
    "enum-table-added": (both(), table(mood("a", "b"))),
    "enum-shared-by-new-tables": (
        both(),
        both(
            table(mood("a", "b")),
            lambda metadata: sa.Table("u", metadata, sa.Column("id", sa.Integer), mood("a", "b")()),
        ),
    ),
    "enum-in-another-table": (
        table(mood("a", "b")),
        both(table(mood("a", "b")), another(mood("a", "b"))),
    ),
    "enum-in-another-table-gone": (
        both(table(mood("a", "b")), another(mood("a", "b"))),
        table(mood("a", "b")),
    ),
    "enum-array-in-another-table": (
        table(lambda: sa.Column("m", pg.ENUM("a", name="mood"))),
        both(
            table(lambda: sa.Column("m", pg.ENUM("a", name="mood"))),
            another(
                lambda: sa.Column("m", pg.ARRAY(pg.ENUM("a", name="mood"))),
                lambda: sa.Column("n", sa.Text().with_variant(pg.ENUM("a", name="mood"), PG)),
            ),
        ),
    ),
    "enum-value-with-conditions": (
        table(mood("a", "b"), *of_mood("mood = 'a'")),
        table(mood("a", "b", "c"), *of_mood("mood = 'a'")),
    ),
    "enum-value-in-conditions": (
        table(mood("a", "b"), *of_mood("mood IN ('a', 'b')")),
        table(mood("b", "a"), *of_mood("mood = 'b'")),
    ),
    "check-of-a-column": (
        both(),
        table(lambda: sa.Column("c", sa.Integer, sa.CheckConstraint("c > 0", name="ck"))),
    ),
    "column-with-a-check": (
        table(),
        table(lambda: sa.Column("c", sa.Integer, sa.CheckConstraint("c > 0", name="ck"))),
    ),
    "identity-options": (
        table(identity(start=5)),
        table(identity(start=7, increment=2, always=True)),
    ),
    "identity-gone": (table(identity()), table(lambda: sa.Column("i", sa.Integer, nullable=False))),
    "identity-added": (
        table(lambda: sa.Column("i", sa.Integer, nullable=False)),
        table(identity(start=3)),
    ),
    "enum-array": (
        table(lambda: sa.Column("m", pg.ARRAY(sa.Enum("a", "b", name="mood")))),
        table(lambda: sa.Column("m", pg.ARRAY(sa.Enum("b", "c", name="mood")))),
    ),
    "enum-column-gone": (table(mood("a", "b")), table()),
    "enum-table-gone": (table(mood("a", "b")), both()),
    "check-added": (table(), table(check("a > 0"))),
    "check-changed": (table(check("a > 0")), table(check("a > 5"))),
    "check-gone": (table(check("a > 0")), table()),
    "index-where": (
        table(index("a", postgresql_where=sa.text("a > 0"))),
        table(index("a", postgresql_where=sa.text("a > 5"))),
    ),
    "index-where-added": (
        table(index("a")),
        table(index("a", postgresql_where=sa.text("b IS NOT NULL"))),
    ),
    "index-where-gone": (
        table(index("a", postgresql_where=sa.text("b IS NOT NULL"))),
        table(index("a")),
    ),
    "index-method": (table(index("a")), table(index("a", postgresql_using="hash"))),
    "index-method-back": (table(index("a", postgresql_using="hash")), table(index("a"))),
    "index-include": (table(index("a")), table(index("a", postgresql_include=["b"]))),
    "index-with": (table(index("a")), table(index("a", postgresql_with={"fillfactor": 50}))),
    "index-operator-class": (
        table(index("b")),
        table(index("b", postgresql_ops={"b": "varchar_pattern_ops"})),
    ),
    "primary-key-columns": (
        table(key("id"), key=False),
        table(key("id", "a"), key=False),
    ),
    "primary-key-order": (
        table(key("id", "a"), key=False),
        table(key("a", "id"), key=False),
    ),
    "primary-key-added": (table(key=False), table(key("b"), key=False)),
    "primary-key-gone": (table(key("b"), key=False), table(key=False)),
    "sequence-added": (both(), sequence("counter", start=5, increment=2)),
    "sequence-added-in-a-schema": (both(), sequence("counter", schema="other")),
    "sequence-with-a-column": (
        table(),
        both(
            sequence("counter"),
            table(lambda: sa.Column("n", sa.Integer, server_default=sa.text("nextval('counter')"))),
        ),
    ),
    "computed-changed": (table(computed("a + 1")), table(computed("a + 2"))),
    "exclude-added": (table(), table(exclude())),
    "exclude-changed": (table(exclude()), table(exclude(where="a > 5"))),
    "tables-that-refer-to-each-other": (both(), pair("a", "b")),
    "tables-that-refer-to-each-other-by-alter": (both(), pair("a", "b", use_alter=True)),
    "tables-that-refer-to-each-other-gone": (pair("a", "b"), both()),
    "renamed": (
        people("account", "id", "nick"),
        people("person", "number", "name", ("account", "id", "nick")),
    ),
    "renamed-column": (people("p", "id", "nick"), people("p", "id", "name", ("", "", "nick"))),
    "collation": (table(collated(None)), table(collated("C"))),
    "collation-gone": (table(collated("C")), table(collated(None))),
}
