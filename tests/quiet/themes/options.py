"""What tables and columns are told besides, and the ways in which models are usually written."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Column, FetchedValue, Index, func, orm, text
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql as pg

from tests.quiet.schema import Schema, table

if TYPE_CHECKING:
    from tests.quiet.schema import Make


class Colour(enum.Enum):
    """Members as the database has them."""

    RED = "red"
    BLUE = "dark blue"


def _declared(m: sa.MetaData) -> None:
    """Make what declarative models with annotations make."""

    class Base(orm.DeclarativeBase):
        metadata = m

    class Timestamps:
        created: orm.Mapped[Any] = orm.mapped_column(
            sa.DateTime(), server_default=func.current_timestamp(), nullable=False
        )
        updated: orm.Mapped[Any] = orm.mapped_column(sa.DateTime(), onupdate=func.now())

    class Parent(Timestamps, Base):
        __tablename__ = "parent"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str] = orm.mapped_column(sa.String(30), index=True, unique=True)
        colour: orm.Mapped[Any] = orm.mapped_column(sa.Enum(Colour, name="colour"))

    class Child(Timestamps, Base):
        __tablename__ = "child"
        id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey(Parent.id), primary_key=True)
        size: orm.Mapped[float | None] = orm.mapped_column(sa.Numeric(6, 2), server_default="0")
        __table_args__ = (sa.UniqueConstraint("id", "size", name="uq_child"),)


def _fetched(m: sa.MetaData) -> None:
    table(Column("a", sa.Integer, server_onupdate=FetchedValue()))(m)


def _python_side(m: sa.MetaData) -> None:
    table(Column("a", sa.Integer, default=5, onupdate=6), Column("b", sa.String(9), default="x"))(m)


def _information(m: sa.MetaData) -> None:
    table(Column("a", sa.Integer, info={"x": 1}, doc="told nobody"), info={"y": 2})(m)


def _of_columns(**columns: Any) -> Make:
    def fill(m: sa.MetaData) -> None:
        table(*(Column(name, type_) for name, type_ in columns.items()))(m)

    return fill


def _not_null_numbers(m: sa.MetaData) -> None:
    table(
        Column("a", sa.Integer, nullable=False, server_default="0"),
        Column("b", sa.Float, nullable=False, server_default="1.5"),
        Column("c", sa.Numeric(10, 2), nullable=False, server_default="0.00"),
        Column("d", sa.Boolean, nullable=False, server_default=sa.false()),
    )(m)


COMMON: list[Schema] = [
    Schema("declarative models", _declared),
    Schema("value fetched", _fetched),
    Schema("defaults of Python", _python_side),
    Schema("information", _information),
    Schema("numbers that are not NULL", _not_null_numbers),
    Schema(
        "NULL changed",
        table(Column("a", sa.Integer, nullable=False)),
        table(Column("a", sa.Integer)),
        ("modify_nullable",),
    ),
    Schema(
        "column added",
        table(Column("a", sa.Integer)),
        table(Column("a", sa.Integer), Column("b", sa.Integer)),
        ("add_column",),
    ),
    Schema(
        "column removed",
        table(Column("a", sa.Integer), Column("b", sa.String(3))),
        table(Column("a", sa.Integer)),
        ("remove_column",),
    ),
    Schema("table added", table(), _of_columns(a=sa.Date()), ("add_column",)),
    Schema("table by another name", table(), table(name="other"), ("add_table", "remove_table")),
]


def _rowid(m: sa.MetaData) -> None:
    key = Column("a", sa.String(9), primary_key=True)
    sa.Table("thing", m, key, Column("b", sa.Integer), sqlite_with_rowid=False)


def _strict(m: sa.MetaData) -> None:
    table(Column("a", sa.Integer), Column("b", sa.Text), sqlite_strict=True)(m)


def _autoincrement(m: sa.MetaData) -> None:
    table(Column("a", sa.Integer), sqlite_autoincrement=True)(m)


def _on_conflict(m: sa.MetaData) -> None:
    ignore = sa.UniqueConstraint("a", name="u", sqlite_on_conflict="IGNORE")
    table(Column("a", sa.Integer))(m).append_constraint(ignore)


SQLITE: list[Schema] = [
    Schema("WITHOUT ROWID", _rowid),
    Schema("STRICT", _strict),
    Schema("AUTOINCREMENT", _autoincrement),
    Schema("ON CONFLICT", _on_conflict),
]


def _indexed(*columns: Column[Any], **kw: Any) -> Any:
    def make(part: Any, **options: Any) -> Make:
        def fill(m: sa.MetaData) -> None:
            made = table(*columns, **kw)(m)
            index = Index("i", part(made) if callable(part) else part, **options)
            if index.table is None:
                index._set_parent(made)

        return fill

    return make


_json = _indexed(Column("j", pg.JSONB), Column("t", pg.ARRAY(sa.Text)), Column("s", sa.Text))
_CHANGED = ("add_index", "remove_index")


def _partitioned(m: sa.MetaData) -> None:
    columns = [Column("a", sa.Integer, primary_key=True, autoincrement=False)]
    sa.Table("thing", m, *columns, postgresql_partition_by="RANGE (a)")


def _domain(m: sa.MetaData) -> None:
    given = sa.text("1")
    type_ = pg.DOMAIN("positive", sa.Integer(), check="VALUE > 0", not_null=True, default=given)
    table(Column("a", type_), Column("b", type_, nullable=False))(m)


def _inherited(m: sa.MetaData) -> None:
    table(Column("a", sa.Integer), name="a_parent")(m)
    key = Column("id", sa.Integer, primary_key=True)
    columns = [key, Column("a", sa.Integer), Column("b", sa.Integer)]
    sa.Table("the_child", m, *columns, postgresql_inherits="a_parent")


POSTGRESQL: list[Schema] = [
    Schema("partitioned", _partitioned),
    Schema("domain with all", _domain),
    Schema("inherited", _inherited),
    Schema("tablespace", table(Column("a", sa.Integer), postgresql_tablespace="pg_default")),
    Schema("UNLOGGED", table(Column("a", sa.Integer), prefixes=["UNLOGGED"])),
    Schema(
        "index on a JSON path",
        _json(lambda t: t.c.j["a"].astext),
        _json(lambda t: t.c.j["b"].astext),
        _CHANGED,
    ),
    Schema(
        "index on JSON in text", _json(text("(j ->> 'a')")), _json(text("(j ->> 'b')")), _CHANGED
    ),
    Schema(
        "index on a cast JSON path",
        _json(lambda t: sa.cast(t.c.j["a"].astext, sa.Integer)),
        _json(lambda t: sa.cast(t.c.j["a"].astext, sa.BigInteger)),
        _CHANGED,
    ),
    Schema("GIN on JSON", _json(lambda t: t.c.j, postgresql_using="gin")),
    Schema(
        "GIN on JSON paths",
        _json(lambda t: t.c.j, postgresql_using="gin", postgresql_ops={"j": "jsonb_path_ops"}),
    ),
    Schema("GIN on an array", _json(lambda t: t.c.t, postgresql_using="gin")),
    Schema("md5", _json(lambda t: func.md5(t.c.s), unique=True)),
    Schema("left", _json(text('"left"(s, 5)')), _json(text('"left"(s, 6)')), _CHANGED),
]


def _engine(m: sa.MetaData) -> None:
    options = {"engine": "InnoDB", "charset": "latin1", "row_format": "DYNAMIC"}
    told = {f"mariadb_{name}": value for name, value in options.items()}
    table(Column("a", sa.String(9)), Column("b", sa.Text), **told)(m)


def _collated(m: sa.MetaData) -> None:
    table(Column("a", sa.String(9)), mariadb_charset="utf8mb4", mariadb_collate="utf8mb4_bin")(m)


def _timestamps(m: sa.MetaData) -> None:
    table(
        Column("a", sa.TIMESTAMP),
        Column("b", sa.TIMESTAMP, nullable=False, server_default=func.now()),
        Column("c", mysql.DATETIME(fsp=3), server_default=text("CURRENT_TIMESTAMP(3)")),
    )(m)


MARIADB: list[Schema] = [
    Schema("options of a table", _engine),
    Schema("collation of a table", _collated),
    Schema("timestamps", _timestamps),
    Schema(
        "unsigned keys",
        lambda m: sa.Table("thing", m, Column("id", mysql.BIGINT(unsigned=True), primary_key=True)),
    ),
    Schema("INET", _of_columns(a=mysql.VARCHAR(39), b=mysql.BINARY(16))),
]
_OF = {"sqlite": SQLITE, "postgresql": POSTGRESQL, "mariadb": MARIADB}


def schemas(dialect: str) -> list[Schema]:
    """Return the schemas for a database."""
    return [*COMMON, *_OF[dialect]]
