"""Random models for a database: what autogenerate shall be able to write, run and find again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql as pg

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

TABLES = ("plain", "Mixed Case", "select", "it's", "50%", "größe")
COLUMNS = ("a", "B", "order", "with space", "q'uote", "p%c", "co:lon", "äö")
COMMENTS = st.sampled_from(["plain", "it's", "50% :off", 'two\nlines "quoted"', "back\\slash"])
CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

#: Types that both databases tell as they were told, with defaults that fit.
TYPES: list[tuple[Any, list[Any]]] = [
    (sa.Integer(), ["5", sa.text("-1"), sa.text("1 + 2")]),
    (sa.BigInteger(), [sa.text("0")]),
    (sa.SmallInteger(), ["1"]),
    (sa.String(20), ["plain", "it's", "50%", "a:b", "back\\slash", ""]),
    (sa.String(), [sa.func.lower("A%B")]),
    (sa.Text(), ['say "x"', "two\nlines"]),
    (sa.Numeric(10, 2), [sa.text("1.5")]),
    (sa.Boolean(), [sa.true(), sa.false()]),
    (sa.Date(), [sa.func.current_date()]),
    (sa.DateTime(), [sa.func.now()]),
    (sa.LargeBinary(), []),
    (sa.JSON(), []),
]
POSTGRESQL_TYPES: list[tuple[Any, list[Any]]] = [
    (sa.DateTime(timezone=True), [sa.func.now()]),
    (sa.Uuid(), [sa.func.gen_random_uuid()]),
    (pg.ARRAY(sa.String(5)), [sa.text("'{}'"), sa.text("ARRAY['a', 'b:c']")]),
    (pg.ARRAY(sa.Integer(), dimensions=1), []),
    (pg.JSONB(), [sa.text("""'{"a": 1}'""")]),
    (pg.JSON(none_as_null=True), []),
    (pg.INTERVAL(precision=3), [sa.text("'1 day'")]),
    (pg.INET(), []),
    (pg.BIT(3), []),
    (pg.TSVECTOR(), []),
    (pg.INT4RANGE(), []),
    (sa.String(9, collation="C"), []),
    (sa.String(30).with_variant(sa.Text(), "sqlite"), []),
]


@st.composite
def models(draw: DrawFn, *, dialect: str, settled: bool = False) -> sa.MetaData:
    """Draw one to three tables.

    Args:
        draw: passed by Hypothesis.
        dialect: ``sqlite`` or ``postgresql``.
        settled: derive a column's type, except its length, from its name: databases cannot
            convert every type into every other.
    """
    convention = CONVENTION if draw(st.booleans()) else None
    metadata = sa.MetaData(naming_convention=convention)
    names = draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=3, unique=True))
    for name in names:
        _table(draw, metadata, name, dialect, settled=settled)
    return metadata


def _table(draw: DrawFn, metadata: sa.MetaData, name: str, dialect: str, *, settled: bool) -> None:
    others: list[Any] = list(metadata.tables.values())
    options: dict[str, Any] = {}
    if dialect == "postgresql" and draw(st.booleans()):
        options["comment"] = draw(COMMENTS)
    primary = sa.Column("id", sa.Integer, *_identity(draw, dialect), primary_key=True)
    names = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=5, unique=True))
    columns: list[sa.Column[Any]] = [
        _column(draw, each, dialect, TABLES.index(name) if settled else None) for each in names
    ]
    table = sa.Table(name, metadata, primary, *columns, **options)
    if draw(st.booleans()):
        _computed(draw, table)
    for number, what in enumerate(draw(st.lists(st.sampled_from(EXTRAS), max_size=3))):
        what(draw, table, f"{name} {number}", dialect)
    is_referring: bool = draw(st.booleans())
    if others and is_referring:
        _reference(draw, table, draw(st.sampled_from(others)), f"fk {name}")


def _identity(draw: DrawFn, dialect: str) -> list[sa.Identity]:
    if dialect != "postgresql" or draw(st.booleans()):
        return []
    return [sa.Identity(always=draw(st.booleans()), start=draw(st.sampled_from([1, 5])))]


def _column(draw: DrawFn, name: str, dialect: str, settled: int | None) -> sa.Column[Any]:
    known = TYPES + (POSTGRESQL_TYPES if dialect == "postgresql" else [])
    if settled is None:
        type_, defaults = draw(st.sampled_from(known))
    else:
        type_, defaults = known[(settled * len(COLUMNS) + COLUMNS.index(name)) % len(known)]
        if isinstance(type_, sa.String) and type_.length == 20:
            type_ = sa.String(draw(st.sampled_from([20, 30])))
    comment: SearchStrategy[str | None] = st.none()
    if dialect == "postgresql":
        comment = st.none() | COMMENTS
    return sa.Column(
        name,
        type_,
        nullable=draw(st.booleans()),
        server_default=draw(st.none() | st.sampled_from(defaults)) if defaults else None,
        comment=draw(comment),
    )


def _computed(draw: DrawFn, table: sa.Table) -> None:
    expression: Any = draw(st.sampled_from([sa.column("id") + 1, sa.text("id * 2")]))
    table.append_column(
        sa.Column("computed", sa.Integer, sa.Computed(expression, persisted=True)),
    )


def _index(draw: DrawFn, table: sa.Table, name: str, dialect: str) -> None:
    columns = _plain(draw, table)
    options: dict[str, Any] = {}
    if draw(st.booleans()):
        options[f"{dialect}_where"] = table.c.id > 5
    given = None if table.metadata.naming_convention.get("uq") and draw(st.booleans()) else name
    if given is None and any(str(index.name).startswith("ix_") for index in table.indexes):
        given = name
    unique = draw(st.booleans())
    if given is None:
        sa.Index(given, *columns, unique=unique)
    else:
        ordered = [each.desc() if draw(st.booleans()) else each for each in columns]
        sa.Index(f"ix {given}", *ordered, unique=unique, **options)


def _expression_index(draw: DrawFn, table: sa.Table, name: str, dialect: str) -> None:
    if dialect == "postgresql":
        key = table.c.id
        what: Any = draw(st.sampled_from([sa.func.abs(key), key + 1, sa.text("(id * 2)")]))
        index = sa.Index(f"ixe {name}", what)
        if index.table is None:
            index._set_parent(table)


def _unique(draw: DrawFn, table: sa.Table, name: str, _dialect: str) -> None:
    # Of two on the same columns databases keep one; the primary key's is one, too.
    kinds = (sa.UniqueConstraint, sa.PrimaryKeyConstraint)
    known = [each for each in table.constraints if isinstance(each, kinds)]
    taken = {tuple(each.columns.keys()) for each in known}
    usable = [each.name for each in _indexable(table) if (each.name,) not in taken]
    if usable:
        column = draw(st.sampled_from(usable))
        table.append_constraint(sa.UniqueConstraint(column, name=f"uq {name}"))


def _check(draw: DrawFn, table: sa.Table, name: str, _dialect: str) -> None:
    condition = draw(st.sampled_from(["id > 5", "id <> 7 AND id < 100", "id IN (1, 2)"]))
    table.append_constraint(sa.CheckConstraint(condition, name=f"ck {name}"))


EXTRAS = (_index, _expression_index, _unique, _check)


def _reference(draw: DrawFn, table: sa.Table, other: sa.Table, name: str) -> None:
    column: sa.Column[Any] = sa.Column("other_id", sa.Integer)
    table.append_column(column)
    given = [{}, {"ondelete": "CASCADE"}, {"onupdate": "SET NULL"}]
    rules: dict[str, Any] = draw(st.sampled_from(given))
    table.append_constraint(sa.ForeignKeyConstraint([column], [other.c.id], name=name, **rules))


def _plain(draw: DrawFn, table: sa.Table) -> list[sa.Column[Any]]:
    return draw(st.lists(st.sampled_from(_indexable(table)), min_size=1, max_size=2, unique=True))


def _indexable(table: sa.Table) -> list[sa.Column[Any]]:
    """Return columns that every database can index."""
    return [each for each in table.c if isinstance(each.type, (sa.Integer, sa.Date))]
