"""Random calls of each directive, with the Operations of either tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tests.differential.draw import COLUMNS, CONSTRAINTS, MYSQL, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.differential.draw import Draw

INDEXES = ("ix", "Ix Two", "i%")
YES_OR_NO = (True, False)
WITH_COMMENTS = ("mariadb", "mysql", "oracle", "postgresql")
"""The dialects on which alter_column has a text for a comment."""
WITH_IDENTITIES = ("oracle", "postgresql")
"""The dialects on which alter_column has a text for an identity."""


def create_table(draw: Draw, op: Any) -> None:
    """Draw a create_table, with rows for it at times."""
    names = draw.some(COLUMNS, 5)
    items: list[Any] = [draw.column(name) for name in names]
    indexed = [column for column in items if column.index]
    for column in indexed[1:]:
        column.index = None
    if draw.chance():
        items.append(sa.UniqueConstraint(names[0], name="uq x"))
    if draw.chance():
        items.append(sa.CheckConstraint(draw.condition(), name=draw.one((None, "ck"))))
    if draw.chance(0.2):
        items.append(sa.ForeignKeyConstraint([names[0]], ["z.id"], name="fkc"))
    if draw.chance() and not indexed:
        items.append(sa.Index("ix one", *names[:2], unique=draw.chance()))
    options = draw.options(
        comment=TEXTS,
        if_not_exists=YES_OR_NO,
        prefixes=(["TEMPORARY"],),
        info=({"k": 1},),
        sqlite_strict=(True,),
        postgresql_partition_by=("LIST (a)",),
        mysql_engine=("InnoDB",),
    )
    table = op.create_table(draw.table(), *items, schema=draw.schema(), **options)
    if draw.chance():
        _fill(draw, op, table)


def drop_table(draw: Draw, op: Any) -> None:
    """Draw a drop_table."""
    options = draw.options(if_exists=(*YES_OR_NO, None))
    op.drop_table(draw.table(), schema=draw.schema(), **options)


def rename_table(draw: Draw, op: Any) -> None:
    """Draw a rename_table."""
    op.rename_table(draw.table(), draw.table(), schema=draw.schema())


def add_column(draw: Draw, op: Any) -> None:
    """Draw an add_column."""
    options = draw.options(if_not_exists=YES_OR_NO)
    if draw.dialect != "oracle":
        # The real Alembic leaves out what shall be inline there.
        options |= draw.options(inline_references=YES_OR_NO, inline_primary_key=YES_OR_NO)
    op.add_column(draw.table(), draw.column(adding=True), schema=draw.schema(), **options)


def drop_column(draw: Draw, op: Any) -> None:
    """Draw a drop_column."""
    options = draw.options(if_exists=YES_OR_NO, mssql_drop_default=(True,))
    op.drop_column(draw.table(), draw.one(COLUMNS), schema=draw.schema(), **options)


def alter_column(draw: Draw, op: Any) -> None:
    """Draw an alter_column: on SQLite only a rename, which is all that it supports."""
    place = (draw.table(), draw.one(COLUMNS))
    known = draw.options(existing_nullable=YES_OR_NO, existing_comment=TEXTS)
    if draw.dialect == "sqlite":
        op.alter_column(*place, schema=draw.schema(), new_column_name=draw.one(COLUMNS), **known)
        return
    changes = {**known, **draw.options(nullable=YES_OR_NO, mssql_drop_check=(True,))}
    if draw.chance(0.4):
        changes |= _new_type(draw)
    if draw.chance(0.4):
        changes |= _new_default(draw)
    if draw.dialect in WITH_COMMENTS:
        # The real Alembic has no common text for a comment.
        changes |= draw.options(comment=(*TEXTS, None))
    if draw.chance() and not getattr(changes.get("type_"), "create_constraint", False):
        # The real Alembic checks the column by the name that it just lost.
        changes["new_column_name"] = draw.one(COLUMNS)
    if draw.dialect in MYSQL:
        changes = {**_whole_column(draw), **changes}
    op.alter_column(*place, schema=draw.schema(), **changes)


def create_index(draw: Draw, op: Any) -> None:
    """Draw a create_index."""
    columns: list[Any] = list(draw.some(COLUMNS, 3))
    further: tuple[Any, ...] = (
        sa.text("lower(x) DESC"),
        sa.func.coalesce(sa.column("Q"), 5),
        sa.column("z").desc(),
    )
    columns += [expression for expression in further if draw.chance()]
    options = draw.options(
        unique=YES_OR_NO,
        if_not_exists=YES_OR_NO,
        quote=(True,),
        postgresql_using=("gin",),
        postgresql_where=(sa.text("a > '%'"), sa.column("a") > 5),
        sqlite_where=(sa.column("b") == "x",),
        postgresql_concurrently=(True,),
        postgresql_include=(["inc"], ["inc", columns[0]]),
        postgresql_ops=({columns[0]: "text_ops"},),
        postgresql_with=({"fillfactor": 50},),
        mysql_length=(5,),
        postgresql_nulls_not_distinct=(True,),
    )
    name = None if draw.chance(0.15) else draw.one(INDEXES)
    op.create_index(name, draw.table(), columns, schema=draw.schema(), **options)


def drop_index(draw: Draw, op: Any) -> None:
    """Draw a drop_index."""
    options = draw.options(
        if_exists=YES_OR_NO, table_name=(draw.table(),), postgresql_concurrently=(True,)
    )
    op.drop_index(draw.one(INDEXES), schema=draw.schema(), **options)


def create_primary_key(draw: Draw, op: Any) -> None:
    """Draw a create_primary_key."""
    op.create_primary_key(
        draw.one((None, *CONSTRAINTS)), draw.table(), draw.some(COLUMNS, 3), schema=draw.schema()
    )


def create_unique_constraint(draw: Draw, op: Any) -> None:
    """Draw a create_unique_constraint."""
    options = draw.options(
        **_TIMING,
        postgresql_nulls_not_distinct=(True,),
        sqlite_on_conflict=("IGNORE",),
    )
    op.create_unique_constraint(
        draw.one((None, *CONSTRAINTS)),
        draw.table(),
        draw.some(COLUMNS, 3),
        schema=draw.schema(),
        **options,
    )


def create_check_constraint(draw: Draw, op: Any) -> None:
    """Draw a create_check_constraint."""
    options = draw.options(**_TIMING, postgresql_not_valid=(True,))
    name = draw.one((None, op.f("final"), *CONSTRAINTS))
    op.create_check_constraint(
        name, draw.table(), draw.condition(), schema=draw.schema(), **options
    )


def create_foreign_key(draw: Draw, op: Any) -> None:
    """Draw a create_foreign_key."""
    local = draw.some(COLUMNS, 3)
    options = draw.options(
        **_TIMING,
        onupdate=("CASCADE", "SET NULL"),
        ondelete=("RESTRICT", "no action"),
        match=("FULL", "SIMPLE") if draw.dialect not in MYSQL else (None,),
        source_schema=("s", "My Schema"),
        referent_schema=("s", "Other"),
        postgresql_not_valid=(True, False),
    )
    remote = draw.random.sample(COLUMNS, len(local))
    name = draw.one((None, op.f("final"), *CONSTRAINTS))
    op.create_foreign_key(name, draw.table(), draw.table(), local, remote, **options)


def create_exclude_constraint(draw: Draw, op: Any) -> None:
    """Draw a create_exclude_constraint if the dialect has them."""
    if draw.dialect != "postgresql":
        return
    elements = draw.some(
        [("a", "="), (sa.column("Mixed"), "&&"), (sa.func.lower(sa.column("b")), "<>")], 3
    )
    options = draw.options(
        **_TIMING,
        where=("a > 5", sa.column("Mixed") > 5),
        using=("gist", "btree"),
        schema=("s", "My Schema"),
        ops=({"a": "text_ops"},),
    )
    op.create_exclude_constraint(draw.one(CONSTRAINTS), draw.table(), *elements, **options)


def drop_constraint(draw: Draw, op: Any) -> None:
    """Draw a drop_constraint."""
    kind = draw.one((None, "foreignkey", "primary", "unique", "check"))
    if draw.dialect in MYSQL and kind is None and draw.chance(0.8):
        kind = "check"  # there is no word for any kind, which ends a sequence
    options = draw.options(if_exists=YES_OR_NO)
    name = draw.one((op.f("final"), *CONSTRAINTS))
    op.drop_constraint(name, draw.table(), kind, schema=draw.schema(), **options)


def create_table_comment(draw: Draw, op: Any) -> None:
    """Draw a create_table_comment where a database takes it."""
    if draw.dialect != "sqlite":
        options = draw.options(existing_comment=TEXTS)
        op.create_table_comment(
            draw.table(), draw.one((None, *TEXTS)), schema=draw.schema(), **options
        )


def drop_table_comment(draw: Draw, op: Any) -> None:
    """Draw a drop_table_comment where a database takes it."""
    if draw.dialect != "sqlite":
        options = draw.options(existing_comment=TEXTS)
        op.drop_table_comment(draw.table(), schema=draw.schema(), **options)


def execute(draw: Draw, op: Any) -> None:
    """Draw an execute."""
    acc = sa.table("acc", sa.column("id", sa.Integer), sa.column("name", sa.String))
    renamed = acc.update().where(acc.c.name == op.inline_literal(draw.one(TEXTS)))
    statements: list[Any] = [
        "select '100%'",
        r"select '\:x'",
        "  \n select 1 ;\n",
        "a\n\tb\n",
        "insert into x values ('a;b')",
        "-- it's\n\tselect 1",
        sa.text("select :a").bindparams(a="it's 5%"),
        acc.insert().values(id=1, name=op.inline_literal("it's 5%")),
        renamed.values(name="b"),
        acc.delete().where(acc.c.id.in_([1, 2])),
        sa.select(sa.literal(5), sa.literal("x%")),
        sa.schema.DropSchema("My s", cascade=True),
        sa.schema.CreateSchema("My s"),
        sa.schema.CreateSequence(sa.Sequence("sq", start=3)),
    ]
    op.execute(draw.one(statements))


def bulk_insert(draw: Draw, op: Any) -> None:
    """Draw a bulk_insert."""
    columns: tuple[Any, ...] = (
        sa.column("id", sa.Integer),
        sa.column("name", sa.String),
        sa.column("d", sa.Date),
        sa.column("f", sa.Float),
        sa.column("x"),
    )
    _fill(draw, op, sa.table("acc", *columns))


#: Drawn from evenly; some count more than once.
DIRECTIVES: tuple[Callable[[Draw, Any], None], ...] = (
    create_table,
    create_table,
    drop_table,
    rename_table,
    add_column,
    add_column,
    drop_column,
    alter_column,
    alter_column,
    alter_column,
    create_index,
    drop_index,
    create_primary_key,
    create_unique_constraint,
    create_check_constraint,
    create_foreign_key,
    create_foreign_key,
    create_exclude_constraint,
    drop_constraint,
    create_table_comment,
    drop_table_comment,
    execute,
    bulk_insert,
)
#: Those that SQLite refuses under both tools, which ends a sequence: drawn there seldom.
REFUSED_ON_SQLITE = (
    create_primary_key,
    create_unique_constraint,
    create_check_constraint,
    create_foreign_key,
    drop_constraint,
)

_TIMING: dict[str, Any] = {"deferrable": YES_OR_NO, "initially": ("DEFERRED", "immediate")}


def _whole_column(draw: Draw) -> dict[str, Any]:
    """Return what a column is, which MODIFY has to say; now and then not all of it."""
    known = draw.options(autoincrement=YES_OR_NO, existing_autoincrement=YES_OR_NO)
    if draw.chance():
        known["existing_server_default"] = draw.one((None, False, draw.default()))
    if draw.chance(0.9):
        known["existing_type"] = draw.type_()
    return known


def _new_type(draw: Draw) -> dict[str, Any]:
    changes: dict[str, Any] = {"type_": draw.type_()}
    if draw.chance():
        changes["existing_type"] = draw.type_()
    if draw.chance():
        changes["postgresql_using"] = "c::text || '%'"
    return changes


def _new_default(draw: Draw) -> dict[str, Any]:
    if draw.dialect not in WITH_IDENTITIES or draw.chance(0.7):
        return {"server_default": draw.one((None, draw.default()))}
    new = draw.identity()
    if draw.chance():
        return {"server_default": new, "existing_server_default": draw.one((None, False))}
    if draw.chance():
        return {"server_default": None, "existing_server_default": new}
    # Another ALWAYS and more than that: a change that is none is no SQL in the real Alembic's text.
    old = sa.Identity(always=not new.always, start=draw.random.randint(4, 9))
    return {"server_default": new, "existing_server_default": old}


def _fill(draw: Draw, op: Any, table: Any) -> None:
    rows = []
    for _number in range(draw.random.randint(0, 3)):
        row = {}
        for column in table.c:
            if getattr(column, "computed", None) is not None or not draw.chance(0.7):
                continue
            value = draw.value(column.type, op.inline_literal)
            if value is not NotImplemented:
                row[column.key] = value
        rows.append(row)
    op.bulk_insert(table, rows, multiinsert=draw.chance(0.7))
