"""Indexes: columns, expressions, order, conditions, and what only one database has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Index, func, text

from tests.quiet.schema import Schema, of_index

if TYPE_CHECKING:
    from collections.abc import Callable

    Build = Callable[[sa.Table], Any]

COLUMNS = (
    sa.Column("x", sa.Integer),
    sa.Column("y", sa.Integer, nullable=False),
    sa.Column("s", sa.String(40)),
    sa.Column("Mixed", sa.String(40)),
    sa.Column("t", sa.DateTime),
    sa.Column("f", sa.Boolean),
)


def _expression(*parts: Any, **kw: Any) -> Build:
    def build(t: sa.Table) -> Index:
        made = [part(t) if callable(part) else part for part in parts]
        return Index("i", *made, **kw)

    return build


#: Name, what makes it, what makes another one; None where no comparison sees the difference yet.
COMMON: list[tuple[str, Build, Build | None]] = [
    ("plain", lambda t: Index("i", t.c.x), lambda t: Index("i", t.c.y)),
    ("of two columns", lambda t: Index("i", t.c.x, t.c.y), lambda t: Index("i", t.c.y, t.c.x)),
    ("unique", lambda t: Index("i", t.c.x, unique=True), lambda t: Index("i", t.c.x)),
    (
        "unique of two",
        lambda t: Index("i", t.c.x, t.c.y, unique=True),
        lambda t: Index("i", t.c.x, unique=True),
    ),
    ("descending", lambda t: Index("i", t.c.x.desc()), lambda t: Index("i", t.c.y.desc())),
    ("descending and not", lambda t: Index("i", t.c.x.desc(), t.c.y), lambda t: Index("i", t.c.x)),
    ("ascending", lambda t: Index("i", t.c.x.asc()), lambda t: Index("i", t.c.y.asc())),
    (
        "descending in text",
        _expression(text("x DESC")),
        _expression(text("y DESC")),
    ),
    ("text of a column", _expression(text("x")), _expression(text("y"))),
    ("mixed case", lambda t: Index("I Mixed", t.c.Mixed), lambda t: Index("I Mixed", t.c.s)),
    (
        "several",
        lambda t: [Index("i1", t.c.x), Index("i2", t.c.y), Index("i3", t.c.x, t.c.y)],
        lambda t: [Index("i1", t.c.x), Index("i2", t.c.y), Index("i3", t.c.x, t.c.s)],
    ),
    ("name in quotes", lambda t: Index('i "q"', t.c.x), lambda t: Index('i "q"', t.c.y)),
    ("name with percent", lambda t: Index("i 50%", t.c.x), lambda t: Index("i 50%", t.c.y)),
    ("long name", lambda t: Index("i" * 60, t.c.x), lambda t: Index("i" * 60, t.c.y)),
]


def _where(dialect: str, condition: Any) -> Build:
    return lambda t: Index(
        "i", t.c.x, **{f"{dialect}_where": condition(t) if callable(condition) else condition}
    )


WHERES: list[tuple[str, Any]] = [
    ("comparison", lambda t: t.c.y > 5),
    ("and", lambda t: (t.c.y > 5) & (t.c.x < 3)),
    ("or and not", lambda t: ~((t.c.y > 5) | (t.c.x < 3))),
    ("NULL", lambda t: t.c.s.is_(None)),
    ("not NULL", lambda t: t.c.s.is_not(None)),
    ("IN", lambda t: t.c.y.in_([1, 2])),
    ("IN of texts", lambda t: t.c.s.in_(["a", "it's"])),
    ("text", text("y > 5")),
    ("text with a literal", text("s = 'a b'")),
    ("text with mixed case", text("\"Mixed\" = 'A'")),
    ("boolean", lambda t: t.c.f),
    ("boolean is true", lambda t: t.c.f.is_(True)),
    ("not boolean", lambda t: ~t.c.f),
    ("LIKE", lambda t: t.c.s.like("a%")),
    ("between", lambda t: t.c.y.between(1, 5)),
]


SQLITE: list[tuple[str, Build, Build | None]] = [
    ("collated", _expression(lambda t: sa.collate(t.c.s, "NOCASE")), None),
    ("lower", _expression(lambda t: func.lower(t.c.s)), None),
    ("expression", _expression(text("x + y")), None),
    ("unique and partial", lambda t: Index("i", t.c.x, unique=True, sqlite_where=t.c.y > 1), None),
]

POSTGRESQL: list[tuple[str, Build, Build | None]] = [
    ("lower", _expression(lambda t: func.lower(t.c.s)), _expression(lambda t: func.upper(t.c.s))),
    ("lower in text", _expression(text("lower(s)")), _expression(text("upper(s)"))),
    (
        "lower of mixed case",
        _expression(lambda t: func.lower(t.c.Mixed)),
        _expression(lambda t: func.lower(t.c.s)),
    ),
    (
        "unique lower",
        _expression(lambda t: func.lower(t.c.s), unique=True),
        _expression(lambda t: func.lower(t.c.s)),
    ),
    (
        "concatenation",
        _expression(lambda t: t.c.s + " " + t.c.s),
        _expression(lambda t: t.c.s + "  " + t.c.s),
    ),
    (
        "concatenation in text",
        _expression(text("(s || ' ' || s)")),
        _expression(text("(s || '' || s)")),
    ),
    ("IN", _expression(lambda t: t.c.x.in_([1, 2])), _expression(lambda t: t.c.x.in_([1, 3]))),
    (
        "IN of texts",
        _expression(lambda t: t.c.s.in_(["a", "b"])),
        _expression(lambda t: t.c.s.in_(["a", "c"])),
    ),
    ("IN in text", _expression(text("(s IN ('a', 'b'))")), _expression(text("(s IN ('a', 'B'))"))),
    ("sum", _expression(lambda t: t.c.x + t.c.y), _expression(lambda t: t.c.x - t.c.y)),
    ("order of operators", _expression(text("((x + y) * 2)")), _expression(text("(x + y * 2)"))),
    (
        "cast",
        _expression(lambda t: sa.cast(t.c.x, sa.Text)),
        _expression(lambda t: sa.cast(t.c.y, sa.Text)),
    ),
    ("cast in text", _expression(text("(x::text)")), _expression(text("(x::varchar)"))),
    (
        "case",
        _expression(text("(CASE WHEN x > 1 THEN 1 ELSE 0 END)")),
        _expression(text("(CASE WHEN x > 1 THEN 1 ELSE 2 END)")),
    ),
    (
        "coalesce",
        _expression(lambda t: func.coalesce(t.c.s, "None")),
        _expression(lambda t: func.coalesce(t.c.s, "none")),
    ),
    (
        "expression and column",
        _expression(lambda t: func.lower(t.c.s), lambda t: t.c.x),
        _expression(lambda t: func.lower(t.c.s), lambda t: t.c.y),
    ),
    (
        "expression descending",
        _expression(lambda t: func.lower(t.c.s).desc()),
        _expression(lambda t: func.lower(t.c.s)),
    ),
    (
        "expression nulls last",
        _expression(lambda t: func.lower(t.c.s).desc().nulls_last()),
        _expression(lambda t: func.lower(t.c.s).desc()),
    ),
    ("nulls first", _expression(lambda t: t.c.x.asc().nulls_first()), _expression(lambda t: t.c.x)),
    (
        "nulls last",
        _expression(lambda t: t.c.x.desc().nulls_last()),
        _expression(lambda t: t.c.x.desc()),
    ),
    ("descending seen", _expression(lambda t: t.c.x.desc()), _expression(lambda t: t.c.x)),
    (
        "usual nulls",
        _expression(lambda t: t.c.x.desc().nulls_first()),
        _expression(lambda t: t.c.x),
    ),
    (
        "extract",
        _expression(lambda t: sa.extract("year", t.c.t)),
        _expression(lambda t: sa.extract("month", t.c.t)),
    ),
    (
        "date_trunc",
        _expression(lambda t: func.date_trunc("day", t.c.t)),
        _expression(lambda t: func.date_trunc("month", t.c.t)),
    ),
    ("boolean expression", _expression(lambda t: t.c.x > 5), _expression(lambda t: t.c.x > 6)),
    ("like", _expression(lambda t: t.c.s.like("a%")), _expression(lambda t: t.c.s.like("b%"))),
    ("collate", _expression(lambda t: sa.collate(t.c.s, "C")), None),
    (
        "operator class",
        lambda t: Index("i", t.c.s, postgresql_ops={"s": "varchar_pattern_ops"}),
        None,
    ),
    (
        "operator class of expression",
        lambda t: Index(
            "i", func.lower(t.c.s).label("low"), postgresql_ops={"low": "text_pattern_ops"}
        ),
        None,
    ),
    ("hash", lambda t: Index("i", t.c.x, postgresql_using="hash"), None),
    ("brin", lambda t: Index("i", t.c.x, postgresql_using="brin"), None),
    (
        "gin",
        lambda t: Index(
            "i", func.to_tsvector(sa.literal_column("'english'"), t.c.s), postgresql_using="gin"
        ),
        lambda t: Index(
            "i", func.to_tsvector(sa.literal_column("'simple'"), t.c.s), postgresql_using="gin"
        ),
    ),
    (
        "gin in text",
        _expression(text("to_tsvector('english', s)"), postgresql_using="gin"),
        None,
    ),
    (
        "btree told",
        lambda t: Index("i", t.c.x, postgresql_using="btree"),
        lambda t: Index("i", t.c.y),
    ),
    (
        "INCLUDE",
        lambda t: Index("i", t.c.x, postgresql_include=["y"]),
        lambda t: Index("i", t.c.x, postgresql_include=["s"]),
    ),
    (
        "INCLUDE of expression",
        lambda t: Index("i", func.lower(t.c.s), postgresql_include=["y", "x"]),
        lambda t: Index("i", func.lower(t.c.s), postgresql_include=["y"]),
    ),
    ("fill factor", lambda t: Index("i", t.c.x, postgresql_with={"fillfactor": 50}), None),
    (
        "nulls not distinct",
        lambda t: Index("i", t.c.x, unique=True, postgresql_nulls_not_distinct=True),
        lambda t: Index("i", t.c.x, unique=True),
    ),
    (
        "unique and partial",
        lambda t: Index("i", t.c.x, unique=True, postgresql_where=t.c.y > 1),
        lambda t: Index("i", t.c.x, postgresql_where=t.c.y > 1),
    ),
    (
        "expression and partial",
        lambda t: Index("i", func.lower(t.c.s), postgresql_where=t.c.f),
        lambda t: Index("i", func.upper(t.c.s), postgresql_where=t.c.f),
    ),
    ("concurrently told", lambda t: Index("i", t.c.x, postgresql_tablespace="pg_default"), None),
    (
        "literal column",
        _expression(sa.literal_column("x"), sa.literal_column("y")),
        _expression(sa.literal_column("x")),
    ),
    (
        "literal with percent",
        _expression(lambda t: func.replace(t.c.s, "%", "")),
        _expression(lambda t: func.replace(t.c.s, "%%", "")),
    ),
    (
        "literal with colon",
        _expression(lambda t: func.replace(t.c.s, ":a", "")),
        _expression(lambda t: func.replace(t.c.s, ":b", "")),
    ),
]

MARIADB: list[tuple[str, Build, Build | None]] = [
    ("length of a prefix", lambda t: Index("i", t.c.s, mysql_length=5, mariadb_length=5), None),
    (
        "lengths of prefixes",
        lambda t: Index("i", t.c.s, t.c.x, mysql_length={"s": 5}, mariadb_length={"s": 5}),
        None,
    ),
    ("btree", lambda t: Index("i", t.c.x, mysql_using="btree", mariadb_using="btree"), None),
    ("two descending", lambda t: Index("i", t.c.x.desc(), t.c.y.desc()), None),
    ("two descending in text", _expression(text("x DESC"), text("y DESC")), None),
    (
        "fulltext",
        lambda t: Index("i", t.c.s, mysql_prefix="FULLTEXT", mariadb_prefix="FULLTEXT"),
        None,
    ),
    ("quoted in text", _expression(text("`x` DESC")), None),
]

_OF = {"sqlite": SQLITE, "postgresql": POSTGRESQL, "mariadb": MARIADB}


def schemas(dialect: str) -> list[Schema]:
    """Return the schemas for a database."""
    found = [
        of_index(f"index {name}", what, other, COLUMNS)
        for name, what, other in [*COMMON, *_OF[dialect]]
    ]
    if dialect != "mariadb":
        found += [
            of_index(f"index where {name}", _where(dialect, condition), None, COLUMNS)
            for name, condition in WHERES
        ]
    return found
