"""Names: mixed case, reserved words, quotes, naming conventions; comments; several schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, UniqueConstraint

from tests.quiet.schema import Schema, table

if TYPE_CHECKING:
    from tests.quiet.schema import Make

NAMES = ("order", "Mixed", "UPPER", "with space", "größe", "select", "dash-ed", "dot.ted", "_under")
#: Names that some drivers or compilers take for something else.
ODD_NAMES = ("it's", '"quoted"', "50%", "per%cent", "co:lon", "back`tick", "br(ack)et", "$dollar")
#: SQLAlchemy reads the constraints of such tables by patterns that these names do not fit.
UNREADABLE = {
    ("sqlite", '"quoted"'),
    ("sqlite", "br(ack)et"),
    ("mariadb", "back`tick"),
    ("mariadb", "br(ack)et"),
}
CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
LONG_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s_of_a_convention_that_makes_very_long_names",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s_of_a_convention_that_makes_very_long_names",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_of_a_convention_that_makes_very_long_names",
}
COMMENTS = ("plain", "it's", 'say "x"', "50% :off", "two\nlines", "back\\slash", "größe", " blank ")


def _named(name: str) -> Make:
    """Return a function that creates a table, column, index and constraints with similar names."""

    def fill(m: sa.MetaData) -> None:
        made = sa.Table(
            name,
            m,
            Column("id", sa.Integer, primary_key=True),
            Column(name, sa.String(20), server_default="x", nullable=False),
            Column(f"{name} 2", sa.Integer),
            UniqueConstraint(f"{name} 2", name=f"uq {name}"),
        )
        Index(f"ix {name}", made.c[name])
        made.append_column(Column("ref", sa.Integer, ForeignKey(made.c.id, name=f"fk {name}")))

    return fill


def _quoted(m: sa.MetaData) -> None:
    sa.Table(
        sa.sql.quoted_name("thing", quote=True),
        m,
        Column(sa.sql.quoted_name("id", quote=True), sa.Integer, primary_key=True),
        Column("lower", sa.String(20), quote=True, index=True),
    )


def _keyed(m: sa.MetaData) -> None:
    columns: list[Column[Any]] = [Column("real_name", sa.String(9), key="alias", index=True)]
    columns += [Column("other name", sa.Integer, key="o", unique=True)]
    table(*columns)(m)


def _convention(m: sa.MetaData) -> None:
    table(name="other")(m)
    sa.Table(
        "thing",
        m,
        Column("id", sa.Integer, primary_key=True),
        Column("a", sa.Integer, index=True),
        Column("b", sa.Integer, unique=True),
        Column("c", sa.Integer, ForeignKey("other.id")),
        Column("d", sa.Boolean(create_constraint=True, name="flag")),
        Column("e", sa.Enum("x", "y", native_enum=False, create_constraint=True, name="kind")),
        CheckConstraint("a > 5", name="big"),
        UniqueConstraint("a", "b"),
        Index(None, "a", "b"),
        Index("own_name", "b", "c"),
    )


def _long(m: sa.MetaData) -> None:
    table(name="other")(m)
    sa.Table(
        "thing",
        m,
        Column("id", sa.Integer, primary_key=True),
        Column("a", sa.Integer, index=True),
        Column("b", sa.Integer),
        Column("c", sa.Integer, ForeignKey("other.id")),
        UniqueConstraint("a", "b"),
    )


def _commented(comment: str | None) -> Make:
    return table(Column("a", sa.Integer, comment=comment), comment=comment)


def _typed_comment(m: sa.MetaData) -> None:
    table(
        Column("a", sa.String(9), nullable=False, server_default="x", comment="with a default"),
        Column("n", sa.Integer),
        Column("b", sa.Integer, sa.Computed("n + 1", persisted=True), comment="computed"),
        comment="",
    )(m)


def _wide(m: sa.MetaData) -> None:
    columns = [Column(f"column_{n}", sa.String(n + 1), index=n % 7 == 0) for n in range(60)]
    table(*columns)(m)


def _many(m: sa.MetaData) -> None:
    for n in range(12):
        target = [ForeignKey(f"t{n - 1}.id")] if n else []
        table(Column("ref", sa.Integer, *target), name=f"t{n}")(m)


def _empty(m: sa.MetaData) -> None:
    m.clear()


def _schema_tables(m: sa.MetaData) -> list[sa.Table]:
    """Make tables in the default schema and the others, of which one refers to the other.

    A table of another schema of MariaDB cannot refer to the default one without naming it.
    """
    made: list[sa.Table] = []
    for schema in (None, *m.info["schemas"]):
        target = [ForeignKey(made[-1].c.id, name=f"fk_{len(made)}")] if made[1:] else []
        made.append(
            sa.Table(
                "thing",
                m,
                Column("id", sa.Integer, primary_key=True),
                Column("a", sa.String(9), server_default="x", index=True),
                Column("u", sa.Integer, unique=True),
                Column("ref", sa.Integer, *target),
                schema=schema,
            )
        )
    return made


def _schemas(m: sa.MetaData) -> None:
    _schema_tables(m)


def _schemas_without_links(m: sa.MetaData) -> None:
    for schema in m.info["schemas"]:
        columns: list[Column[Any]] = [
            Column("a", sa.Numeric(5, 2), server_default="1.5"),
            Column("b", sa.Text),
        ]
        table(*columns, schema=schema)(m)


def _schemas_changed(m: sa.MetaData) -> None:
    for schema in m.info["schemas"]:
        columns: list[Column[Any]] = [
            Column("a", sa.Numeric(5, 2), server_default="2.5"),
            Column("b", sa.Text),
        ]
        table(*columns, schema=schema)(m)


def _schema_enum(m: sa.MetaData) -> None:
    for schema in m.info["schemas"]:
        kind = sa.Enum("a", "b", name="kind", schema=schema)
        column: Any = Column("k", kind, server_default="a")
        table(column, schema=schema)(m)


def _schema_expressions(m: sa.MetaData) -> None:
    for schema in m.info["schemas"]:
        made = table(Column("s", sa.String(20)), Column("f", sa.Float), schema=schema)(m)
        made.append_column(Column("c", sa.Integer, sa.Computed("f * 2", persisted=True)))
        made.append_constraint(CheckConstraint("f > 0", name=f"ck_{schema}"))


def schemas(dialect: str) -> list[Schema]:
    """Return the schemas for a database."""
    names = [one for one in (*NAMES, *ODD_NAMES) if (dialect, one) not in UNREADABLE]
    found = [Schema(f"name {name}", _named(name)) for name in names]
    found += [
        Schema("names quoted", _quoted),
        Schema("names with keys", _keyed),
        Schema("convention", _convention, convention=CONVENTION),
        Schema("convention of long names", _long, convention=LONG_CONVENTION),
        Schema("no convention", _long),
        Schema("wide table", _wide),
        Schema("many tables", _many),
        Schema("no tables", _empty),
    ]
    if dialect != "sqlite":
        seen = ("add_table_comment", "modify_comment")
        for comment in COMMENTS:
            other = _commented(f"{comment}!")
            found.append(Schema(f"comment {comment}", _commented(comment), other, seen))
        removed = ("modify_comment", "remove_table_comment")
        found.append(Schema("comment removed", _commented("x"), _commented(None), removed))
        found.append(Schema("comment beside others", _typed_comment))
    changed = ("modify_default",)
    found += [
        Schema("schemas apart", _schemas_without_links, _schemas_changed, changed, others=2),
        Schema("schema with expressions", _schema_expressions, others=1),
        Schema("schema with an enum", _schema_enum, others=1),
    ]
    if dialect != "sqlite":
        found.append(Schema("schemas that refer to each other", _schemas, others=2))
    return found
