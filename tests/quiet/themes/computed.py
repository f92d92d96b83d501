"""Computed columns and identities.

A changed expression of a computed column causes a warning, as no database can change it in
place; the counter-test counts that warning as a difference.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from tests.quiet.schema import Schema, table

#: Name, type, expression, another expression.
COMMON: list[tuple[Any, ...]] = [
    ("sum", sa.Integer(), "x + 1", "x + 2"),
    ("product", sa.Integer(), "x*2", "x*3"),
    ("order of operators", sa.Integer(), "(x + 1) * 2", "x + 1 * 2"),
    ("blanks", sa.Integer(), " x   +  y ", "x - y"),
    ("upper case", sa.String(40), "UPPER(s)", "LOWER(s)"),
    ("literal", sa.String(40), "coalesce(s, 'None of ''em')", "coalesce(s, 'none of ''em')"),
    (
        "case",
        sa.Integer(),
        "CASE WHEN x > 1 THEN 1 ELSE 2 END",
        "CASE WHEN x > 1 THEN 1 ELSE 3 END",
    ),
    ("comparison", sa.Boolean(), "x > y", "x < y"),
    ("and", sa.Boolean(), "x > 1 AND y > 1 AND x < 9", "x > 1 AND (y > 1 OR x < 9)"),
    ("null test", sa.Boolean(), "x IS NOT NULL", "x IS NULL"),
    ("in", sa.Boolean(), "x IN (1, 2)", "x IN (1, 3)"),
    ("between", sa.Boolean(), "x BETWEEN 1 AND 5", "x BETWEEN 1 AND 6"),
    ("column expression", sa.Integer(), sa.column("x") + sa.column("y"), sa.column("x") * 2),
    ("function of func", sa.Integer(), sa.func.abs(sa.column("x")), sa.func.abs(sa.column("y"))),
    ("unequal", sa.Boolean(), "x != y", "x = y"),
    ("substring", sa.String(40), "substr(s, 1, 3)", "substr(s, 1, 4)"),
    ("negation", sa.Integer(), "-x", "x"),
    ("nullif", sa.Integer(), "nullif(x, 0)", "nullif(x, 1)"),
    # Of several lines SQLAlchemy reads nothing on SQLite.
    ("lines", sa.Integer(), "x\n  + y", None),
]
SQLITE: list[tuple[Any, ...]] = [
    ("concatenation", sa.Text(), "s || ' ' || s", "s || '  ' || s"),
    ("json", sa.Text(), "json_extract(s, '$.a')", "json_extract(s, '$.b')"),
    ("like", sa.Boolean(), "s LIKE 'a%'", "s LIKE 'b%'"),
    ("quoted", sa.Integer(), '"x" + 1', '"y" + 1'),
]
POSTGRESQL: list[tuple[Any, ...]] = [
    ("concatenation", sa.Text(), "s || ' ' || s", "s || '  ' || s"),
    ("cast", sa.Integer(), "CAST(s AS integer) + 1", "CAST(s AS integer) + 2"),
    ("short cast", sa.Text(), "x::text || 'a'", "x::text || 'b'"),
    ("cast to varchar", sa.Text(), "x::varchar(5)", "x::varchar(6)"),
    ("tsvector", sa.Text(), "to_tsvector('english', s)::text", "to_tsvector('simple', s)::text"),
    ("jsonb", sa.Text(), "(j ->> 'a')", "(j ->> 'b')"),
    ("jsonb path", sa.Text(), "j #>> '{a,b}'", "j #>> '{a,c}'"),
    ("extract", sa.Numeric(), "EXTRACT(year FROM t)", "EXTRACT(month FROM t)"),
    ("date_part", sa.Float(), "date_part('year', t)", "date_part('month', t)"),
    ("trim", sa.Text(), "trim(both from s)", "trim(leading from s)"),
    ("position", sa.Integer(), "position('a' in s)", "position('b' in s)"),
    ("like", sa.Boolean(), "s LIKE 'a%'", "s LIKE 'b%'"),
    ("not like", sa.Boolean(), "s NOT LIKE 'a%'", "s LIKE 'a%'"),
    ("regular expression", sa.Boolean(), "s ~ '^a'", "s ~* '^a'"),
    ("any", sa.Boolean(), "x = ANY (ARRAY[1,2])", "x = ANY (ARRAY[1,3])"),
    ("in of texts", sa.Boolean(), "s IN ('a', 'b')", "s IN ('a', 'c')"),
    ("interval", sa.DateTime(), "t + interval '1 day'", "t + interval '2 days'"),
    ("overlay", sa.Text(), "overlay(s placing 'x' from 1)", "overlay(s placing 'y' from 1)"),
    ("quoted", sa.Integer(), '"x" + 1', '"y" + 1'),
    ("row", sa.Boolean(), "(x, y) > (1, 2)", "(x, y) > (1, 3)"),
    ("distinct", sa.Boolean(), "x IS DISTINCT FROM y", "x IS NOT DISTINCT FROM y"),
    ("power", sa.Float(), "x ^ 2", "x ^ 3"),
    ("subscript", sa.Integer(), "a[1]", "a[2]"),
    ("length", sa.Integer(), "char_length(s)", "octet_length(s)"),
]
MARIADB: list[tuple[Any, ...]] = [
    ("concat", sa.String(40), "concat(s, ' ', s)", "concat(s, '  ', s)"),
    ("like", sa.Boolean(), "s LIKE 'a%'", "s LIKE 'b%'"),
    ("if", sa.Integer(), "IF(x > 1, 2, 3)", "IF(x > 1, 2, 4)"),
    ("ifnull", sa.Integer(), "ifnull(x, 1)", "ifnull(x, 2)"),
    ("mod", sa.Integer(), "mod(x, 3)", "mod(x, 4)"),
    ("percent", sa.Integer(), "x % 3", "x % 4"),
    ("year", sa.Integer(), "year(t)", "month(t)"),
    ("date_add", sa.DateTime(), "date_add(t, INTERVAL 1 DAY)", "date_add(t, INTERVAL 2 DAY)"),
    ("json", sa.String(40), "json_value(s, '$.a')", "json_value(s, '$.b')"),
    ("quoted", sa.Integer(), "`x` + 1", "`y` + 1"),
    ("regexp", sa.Boolean(), "s RLIKE '^a'", "s RLIKE '^b'"),
    ("not", sa.Boolean(), "NOT x", "x"),
    ("two amps", sa.Boolean(), "x && y", "x || y"),
    ("cast", sa.Integer(), "cast(s as signed)", "cast(s as unsigned)"),
    ("shift", sa.Integer(), "x << 2", "x << 3"),
    ("distinct", sa.Boolean(), "x <=> y", "x <> y"),
]
_OF = {"sqlite": SQLITE, "postgresql": POSTGRESQL, "mariadb": MARIADB}

#: Options of an identity, and other ones.
IDENTITIES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("by default", {}, {"always": True}),
    ("always", {"always": True}, {"always": False}),
    ("start", {"start": 5}, {"start": 6}),
    ("increment", {"increment": 2}, {"increment": 3}),
    ("negative increment", {"increment": -1, "start": -1}, {"increment": -2, "start": -1}),
    ("limits", {"minvalue": 0, "maxvalue": 90, "start": 3}, {"minvalue": 0, "maxvalue": 80}),
    ("no limits", {"nominvalue": True, "nomaxvalue": True}, {"maxvalue": 7}),
    ("cycle", {"cycle": True}, {"cycle": False}),
    ("cache", {"cache": 20}, {"cache": 30}),
    ("all", {"always": True, "start": 10, "increment": 5, "cycle": True, "cache": 4}, {}),
]


def _of_computed(row: tuple[Any, ...], dialect: str, *, persisted: bool | None = True) -> Schema:
    name, type_, given, other = row

    def make(expression: Any) -> Any:
        columns: list[sa.Column[Any]] = [
            sa.Column("x", sa.Integer),
            sa.Column("y", sa.Integer),
            sa.Column("s", sa.String(40)),
            sa.Column("t", sa.DateTime),
        ]
        if dialect == "postgresql":
            columns += [sa.Column("j", JSONB)]
            columns += [sa.Column("a", sa.ARRAY(sa.Integer))]
        made = sa.Column("c", type_, sa.Computed(expression, persisted=persisted))
        return table(*columns, made)

    changed = None if other is None else make(other)
    return Schema(f"computed {name}", make(given), changed, ("warning",))


def _of_identity(name: str, given: dict[str, Any], other: dict[str, Any], type_: Any) -> Schema:
    def make(options: dict[str, Any]) -> Any:
        return table(sa.Column("n", type_, sa.Identity(**options), nullable=False))

    return Schema(f"identity {name}", make(given), make(other), ("modify_default",))


def schemas(dialect: str) -> list[Schema]:
    """Return the schemas for a database."""
    found = [_of_computed(row, dialect) for row in [*COMMON, *_OF[dialect]]]
    if dialect == "postgresql":
        found.extend(_of_identity(*row, sa.Integer) for row in IDENTITIES)
        found.append(_of_identity("of BIGINT", {"start": 3}, {"start": 4}, sa.BigInteger))
        found.append(_of_identity("of SMALLINT", {"start": 3}, {"start": 4}, sa.SmallInteger))
    else:
        virtual = ("virtual", sa.Integer(), "x + y", "x - y")
        found.append(_of_computed(virtual, dialect, persisted=False))
    return found
