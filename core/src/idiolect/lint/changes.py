"""Describes operations as changes, the form in which rules examine them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Computed, Identity, Integer
from sqlalchemy.sql.dml import Delete, Insert, Update

from idiolect.ddl.offline import escapes_quotes
from idiolect.hooks.lint import Change
from idiolect.lint.statements import changes_in
from idiolect.operations.ops.altercolumn import AlterColumnOp
from idiolect.operations.ops.columns import AddColumnOp, DropColumnOp
from idiolect.operations.ops.constraints import (
    CreateCheckConstraintOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
)
from idiolect.operations.ops.data import BulkInsertOp, ExecuteSQLOp
from idiolect.operations.ops.foreignkeys import CreateForeignKeyOp
from idiolect.operations.ops.indexes import CreateIndexOp, DropIndexOp
from idiolect.operations.ops.tables import CreateTableOp, DropTableOp, RenameTableOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.engine import Dialect

    from idiolect.hooks.lint import ConstraintKind

#: Ends of the options of dialects that ask a statement not to block.
_NOT_BLOCKING = ("_concurrently", "_not_valid", "_online")
_KINDS_OF_DROPPED: dict[str, ConstraintKind] = {
    "primary": "primary key",
    "primary_key": "primary key",
    "unique": "unique",
    "foreignkey": "foreign key",
    "check": "check",
}


def changes_of(operation: Any, sql: Sequence[str], dialect: Dialect) -> tuple[Change, ...]:
    """Return what an operation does to tables.

    Args:
        operation: the operation; of one that is not the core's, the statements are examined.
        sql: the statements written for it.
        dialect: their dialect.
    """
    for class_, describe in _DESCRIPTIONS.items():
        if isinstance(operation, class_):
            return tuple(describe(operation))
    if isinstance(operation, ExecuteSQLOp):
        statement: Any = operation.sqltext
        if isinstance(statement, Insert | Update | Delete) and hasattr(statement.table, "name"):
            return tuple(_of_dml(statement))
    escapes = escapes_quotes(dialect)
    return tuple(change for text in sql for change in changes_in(text, escapes=escapes))


def _of_dml(statement: Any) -> Iterator[Change]:
    table, kind = statement.table, type(statement).__visit_name__
    if kind in {"insert", "update", "delete"}:
        has_where = getattr(statement, "whereclause", None) is not None
        yield Change(kind, table.name, getattr(table, "schema", None), where=has_where)


def _create_table(op: CreateTableOp) -> Iterator[Change]:
    yield Change("create table", op.table_name, op.schema, guarded=bool(op.if_not_exists))


def _drop_table(op: DropTableOp) -> Iterator[Change]:
    yield Change("drop table", op.table_name, op.schema, guarded=bool(op.if_exists))


def _rename_table(op: RenameTableOp) -> Iterator[Change]:
    yield Change("rename table", op.table_name, op.schema, new_name=op.new_table_name)


def _add_column(op: AddColumnOp) -> Iterator[Change]:
    column: Column[Any] = op.column
    fills = (
        column.server_default is not None
        or isinstance(column.identity, Identity)
        or column.autoincrement is True
        or (column.primary_key and isinstance(column.type, Integer))
    )
    yield Change(
        "add column",
        op.table_name,
        op.schema,
        name=column.name,
        type=column.type,
        nullable=bool(column.nullable),
        default=fills or column.computed is not None,
        default_sql=_default_sql(column),
        volatile=_is_volatile(column),
        columns=(column.name,),
        guarded=bool(op.if_not_exists),
    )
    yield from _parts_of_column(op, column)


def _parts_of_column(op: AddColumnOp, column: Column[Any]) -> Iterator[Change]:
    """Yield the constraints and the index that a column declares itself."""
    table, schema = op.table_name, op.schema
    for key in column.foreign_keys:
        *before, referred, _ = key.target_fullname.split(".")
        yield Change(
            "add constraint",
            table,
            schema,
            name=_text(key.name),
            constraint="foreign key",
            columns=(column.name,),
            referred=(".".join(before) or None, referred),
        )
    if column.unique and not column.index:
        yield Change("add constraint", table, schema, constraint="unique", columns=(column.name,))
    if column.index:
        unique = bool(column.unique)
        yield Change("create index", table, schema, columns=(column.name,), unique=unique)


def _default_sql(column: Column[Any]) -> str | None:
    argument = getattr(column.server_default, "arg", None)
    return None if argument is None else str(argument)


def _is_volatile(column: Column[Any]) -> bool | None:
    if isinstance(column.computed, Computed) or column.identity is not None:
        return True
    argument = getattr(column.server_default, "arg", None)
    # A string is rendered as a literal.
    return False if isinstance(argument, str) else None


def _drop_column(op: DropColumnOp) -> Iterator[Change]:
    yield Change(
        "drop column",
        op.table_name,
        op.schema,
        name=op.column_name,
        columns=(op.column_name,),
        guarded=bool(op.if_exists),
    )


def _instance(type_: Any) -> Any:
    """Return an object of a type, which a revision may also give as a class."""
    return type_() if isinstance(type_, type) else type_


def _alter_column(op: AlterColumnOp) -> Iterator[Change]:
    has_default = None
    if op.modify_server_default is not False:
        has_default = op.modify_server_default is not None
    is_not_null = op.modify_nullable is False and op.existing_nullable is False
    nullable = None if is_not_null else op.modify_nullable
    column = Change(
        "alter column",
        op.table_name,
        op.schema,
        name=op.column_name,
        type=_instance(op.modify_type),
        old_type=_instance(op.existing_type),
        nullable=nullable,
        default=has_default,
        columns=(op.column_name,),
    )
    if op.modify_type is not None or nullable is not None or has_default is not None:
        yield column
    if op.modify_name is not None:
        yield Change(
            "rename column",
            op.table_name,
            op.schema,
            name=op.column_name,
            new_name=op.modify_name,
            columns=(op.column_name,),
        )


def _create_index(op: CreateIndexOp) -> Iterator[Change]:
    yield Change(
        "create index",
        op.table_name,
        op.schema,
        name=_text(op.index_name),
        columns=_names(op.columns),
        unique=bool(op.unique),
        online=_is_online(op.kw),
        guarded=bool(op.if_not_exists),
    )


def _drop_index(op: DropIndexOp) -> Iterator[Change]:
    yield Change(
        "drop index",
        op.table_name or "",
        op.schema,
        name=_text(op.index_name),
        online=_is_online(op.kw),
        guarded=bool(op.if_exists),
    )


def _add_constraint(
    kind: ConstraintKind,
) -> Callable[[Any], Iterator[Change]]:
    def describe(op: Any) -> Iterator[Change]:
        yield Change(
            "add constraint",
            op.table_name,
            op.schema,
            name=_text(op.constraint_name),
            constraint=kind,
            columns=_names(getattr(op, "columns", ())),
            online=_is_online(op.kw),
        )

    return describe


def _foreign_key(op: CreateForeignKeyOp) -> Iterator[Change]:
    yield Change(
        "add constraint",
        op.source_table,
        op.kw.get("source_schema"),
        name=_text(op.constraint_name),
        constraint="foreign key",
        columns=tuple(op.local_cols),
        online=_is_online(op.kw),
        referred=(op.kw.get("referent_schema"), op.referent_table),
    )


def _drop_constraint(op: DropConstraintOp) -> Iterator[Change]:
    yield Change(
        "drop constraint",
        op.table_name,
        op.schema,
        name=_text(op.constraint_name),
        constraint=_KINDS_OF_DROPPED.get(op.constraint_type or ""),
        guarded=bool(op.if_exists),
    )


def _bulk_insert(op: BulkInsertOp) -> Iterator[Change]:
    if op.rows:
        yield Change("insert", str(op.table.name), getattr(op.table, "schema", None))


def _text(name: object) -> str | None:
    return str(name) if isinstance(name, str) else None


def _names(columns: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in columns or () if isinstance(each, str))


def _is_online(options: Any) -> bool:
    return any(name.endswith(_NOT_BLOCKING) and value for name, value in options.items())


_DESCRIPTIONS: dict[type[Any], Callable[[Any], Iterator[Change]]] = {
    CreateTableOp: _create_table,
    DropTableOp: _drop_table,
    RenameTableOp: _rename_table,
    AddColumnOp: _add_column,
    DropColumnOp: _drop_column,
    AlterColumnOp: _alter_column,
    CreateIndexOp: _create_index,
    DropIndexOp: _drop_index,
    CreateForeignKeyOp: _foreign_key,
    CreatePrimaryKeyOp: _add_constraint("primary key"),
    CreateUniqueConstraintOp: _add_constraint("unique"),
    CreateCheckConstraintOp: _add_constraint("check"),
    DropConstraintOp: _drop_constraint,
    BulkInsertOp: _bulk_insert,
}
