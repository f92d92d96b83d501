"""Tables, indexes and operations that both tools render, created with the ``op`` of either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.sql.elements import conv, quoted_name

from tests.differential.corpus_types import defaults, types

if TYPE_CHECKING:
    from collections.abc import Iterator

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Case = tuple[str, list[Any]]


def cases(ops: Any) -> Iterator[Case]:
    """Yield operations with a name."""
    for name, type_ in types().items():
        yield f"type {name}", [ops.AddColumnOp("t", Column("c", type_))]
    for name, default in defaults().items():
        column = Column("c", Integer, server_default=default)
        yield f"default {name}", [ops.AddColumnOp("t", column)]
    yield from _columns(ops)
    yield from _tables(ops)
    yield from _indexes(ops)
    yield from _operations(ops)


def _columns(ops: Any) -> Iterator[Case]:
    given: dict[str, Column[Any]] = {
        "comment": Column("c", String(5), comment="it's", nullable=False),
        "no autoincrement": Column("c", Integer, primary_key=True, autoincrement=False),
        "autoincrement": Column("c", Integer, autoincrement=True),
        "system": Column("c", Integer, system=True),
        "index": Column("c", Integer, unique=True, index=True),
        "reference": Column("c", Integer, sa.ForeignKey("x.y")),
        "key": Column("c", Integer, key="k", info={"a": 1}, default=5),
        "quoted": Column(quoted_name("Q", quote=True), Integer),
        "option": Column("c", Integer, sqlite_on_conflict_not_null="FAIL"),
    }
    for name, column in given.items():
        add = ops.AddColumnOp("t", column, schema="s", if_not_exists=True)
        yield f"column {name}", [add, add.reverse()]


def _tables(ops: Any) -> Iterator[Case]:
    for convention in (None, CONVENTION):
        for schema in (None, "it's"):
            for name, items, options in _contents(f"{schema}." if schema else ""):
                table = _table(items, convention, schema, options)
                label = f"{name}, {schema}, {'convention' if convention else 'none'}"
                create = ops.CreateTableOp.from_table(table)
                yield f"table {label}", [create, create.reverse()]
                yield f"parts of {label}", list(_parts(ops, table))


def _parts(ops: Any, table: sa.Table) -> Iterator[Any]:
    kinds = (sa.UniqueConstraint, sa.CheckConstraint, sa.ForeignKeyConstraint, ExcludeConstraint)
    named = [each for each in table.constraints if isinstance(each, kinds) and each.name]
    for constraint in sorted(named, key=lambda each: str(each.name)):
        if not getattr(constraint, "_type_bound", False):
            yield ops.AddConstraintOp.from_constraint(constraint)
            yield ops.DropConstraintOp.from_constraint(constraint)
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        yield ops.CreateIndexOp.from_index(index)
        yield ops.DropIndexOp.from_index(index)


def _table(
    items: list[Any], convention: Any, schema: str | None, options: dict[str, Any]
) -> sa.Table:
    metadata = sa.MetaData(naming_convention=convention)
    sa.Table("other", metadata, Column("oid", Integer, primary_key=True), schema=schema)
    columns: list[Column[Any]] = [
        Column("x", String(20), key="x_key"),
        Column("y", Integer),
        Column("j", JSONB),
    ]
    primary = Column("id", Integer, primary_key=True)
    return sa.Table("t", metadata, primary, *columns, *items, schema=schema, **options)


def _contents(place: str) -> Iterator[tuple[str, list[Any], dict[str, Any]]]:
    other = f"{place}other.oid"
    yield "plain", [], {}
    yield "options", [], {"comment": "it's", "info": {"a": 1}, "prefixes": ["TEMPORARY"]}
    yield "unique", [sa.UniqueConstraint("x_key"), sa.UniqueConstraint("y", name=conv("uq"))], {}
    yield "unique later", [sa.UniqueConstraint("x_key", name="u", deferrable=True)], {}
    yield "checks", [sa.CheckConstraint("y > 5", name="c1"), _check("c2")], {}
    yield "reference", [sa.ForeignKeyConstraint(["y"], [other])], {}
    yield "rules", [_reference_with_rules(other)], {}
    own = sa.ForeignKeyConstraint(["y"], [f"{place}t.id"], name="f", use_alter=True)
    yield "own reference", [own], {}
    reference: Column[Any] = Column("fk", sa.ForeignKey(other, name="f"))
    yield "inline", [reference, Column("u", Integer, unique=True)], {}
    yield "checked types", [Column("b", sa.Boolean(create_constraint=True, name="b"))], {}
    yield "indexes", [sa.Index("ix1", "x_key"), sa.Index(None, "y")], {}
    yield "computed", [Column("c", Integer, sa.Computed("y + 1", persisted=True))], {}
    yield "words", [], {"mysql_engine": "InnoDB", "postgresql_partition_by": "LIST (y)"}
    yield "more words", [], {"sqlite_with_rowid": False, "oracle_compress": True}


def _reference_with_rules(other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["y"],
        [other],
        name="f",
        onupdate="CASCADE",
        ondelete="SET NULL",
        match="FULL",
        deferrable=True,
        initially="DEFERRED",
    )


def _check(name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sa.column("x").in_(["a", "b"]), name=name)


def _indexes(ops: Any) -> Iterator[Case]:
    table = _table([], None, None, {})
    x, y, j = table.c.x_key, table.c.y, table.c.j
    expressions: dict[str, Any] = {
        "descending": x.desc().nulls_last(),
        "function": sa.func.lower(x),
        "function, descending": sa.func.lower(x).desc(),
        "operator": x + "a",
        "cast": sa.cast(x, Integer),
        "collation": x.collate("C"),
        "json": j["foo"].astext,
        "label": (y + 1).label("sum"),
        "comparison": y > 5,
        "sign": -y,
        "set": x.in_(["a", "b"]),
        "pattern": x.like("a%"),
        "extract": sa.extract("year", x),
        "case": sa.case((y > 1, 2), else_=3),
        "logic": sa.and_(y > 1, x == "a"),
        "literal": sa.literal_column("y + 1"),
    }
    options: dict[str, Any] = {
        "where": {"postgresql_where": y > 5, "sqlite_where": y > 5},
        "method": {"postgresql_using": "gin", "mysql_using": "btree"},
        "classes": {"postgresql_ops": {"x": "text_pattern_ops"}},
        "include": {"postgresql_include": ["y"], "mssql_include": ["y"]},
        "with": {"postgresql_with": {"fillfactor": 50}, "postgresql_tablespace": "ts"},
        "concurrently": {"postgresql_concurrently": True},
        "length": {"mysql_length": {"x": 5}, "mysql_prefix": "FULLTEXT"},
        "mssql": {"mssql_clustered": True, "mssql_where": y > 1},
        "oracle": {"oracle_compress": 2, "oracle_bitmap": True},
        "unique": {"unique": True},
    }
    indexes = {name: sa.Index("ix", what) for name, what in expressions.items()}
    indexes |= {name: sa.Index("ix", x, **given) for name, given in options.items()}
    for name, index in indexes.items():
        if index.table is None:
            index._set_parent(table)
        create = ops.CreateIndexOp.from_index(index)
        yield f"index {name}", [create, ops.DropIndexOp.from_index(index)]


def _operations(ops: Any) -> Iterator[Case]:
    alter = ops.AlterColumnOp
    yield (
        "alter type",
        [
            alter(
                "t",
                "c",
                existing_type=Integer(),
                modify_type=sa.BigInteger(),
                modify_nullable=True,
                modify_name="d",
                modify_comment="x",
                existing_comment="y",
                schema="s",
            )
        ],
    )
    yield "alter default", [alter("t", "c", modify_server_default="it's", existing_nullable=False)]
    yield "drop default", [alter("t", "c", modify_server_default=None, modify_comment=None)]
    yield (
        "alter computed",
        [alter("t", "c", modify_server_default=sa.Computed("x + 1"), existing_type=Integer())],
    )
    yield "alter identity", [alter("t", "c", existing_server_default=sa.Identity())]
    yield (
        "comments",
        [
            ops.CreateTableCommentOp("t", "it's", schema="s", existing_comment="o"),
            ops.DropTableCommentOp("t", existing_comment="o"),
        ],
    )
    yield "execute", [ops.ExecuteSQLOp("SELECT 'a%',\n 2")]
    yield (
        "drops",
        [
            ops.DropColumnOp("t", "c", schema="s", if_exists=True),
            ops.DropConstraintOp("c", "t", type_="check", schema="s", if_exists=True),
            ops.DropConstraintOp(None, "t", type_="unique"),
            ops.DropConstraintOp(conv("c"), "t"),
            ops.DropIndexOp("i", "t", schema="s", if_exists=True),
        ],
    )
    yield (
        "adds",
        [
            ops.CreateIndexOp("i", "t", ["a", sa.text("lower(b)")], schema="s", if_not_exists=True),
            ops.CreateUniqueConstraintOp("u", "t", ["a"], schema="s", deferrable=True),
            ops.CreateCheckConstraintOp("c", "t", sa.text("a > 5"), schema="s"),
            ops.CreateForeignKeyOp(
                "f", "a", "b", ["c"], ["d"], source_schema="s", referent_schema="r", match="FULL"
            ),
        ],
    )
    yield "drop table", [ops.DropTableOp("t", schema="s", if_exists=True)]
    yield (
        "table of an operation",
        [ops.CreateTableOp("t", [Column("c", Integer)], if_not_exists=True, schema="s")],
    )
    exclude = ExcludeConstraint((sa.column("y"), "="), name="ex", using="gist", where="y > 5")
    table = _table([exclude], None, None, {})
    yield "exclude", [ops.AddConstraintOp.from_constraint(exclude)]
    yield "table with exclude", [ops.CreateTableOp.from_table(table)]
