"""Compares the expressions of computed columns: an opt-in set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Computed, UniqueConstraint

from idiolect.autogenerate.compare.indexes import create_of, drop_of
from idiolect.operations.ops.columns import AddColumnOp, DropColumnOp
from idiolect.operations.ops.constraints import CreateUniqueConstraintOp, DropConstraintOp
from idiolect.operations.ops.indexes import CreateIndexOp, DropIndexOp
from idiolect.util.dispatch import PriorityDispatchResult
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from sqlalchemy import Column, Index, Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.altercolumn import AlterColumnOp
    from idiolect.operations.ops.containers import ModifyTableOps

log = Log("autogenerate.compare.computed")


def leave_to_the_table(
    _autogen_context: AutogenContext,
    alter_column_op: AlterColumnOp,
    _schema: str | None,
    _tname: str,
    _cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> PriorityDispatchResult | None:
    """Stop the default comparator, which would warn, if both sides are computed."""
    defaults = (conn_col.server_default, metadata_col.server_default)
    if not all(isinstance(default, Computed) for default in defaults):
        return None
    alter_column_op.existing_server_default = conn_col.server_default
    return PriorityDispatchResult.STOP


def compare_computed(  # noqa: PLR0917 - as comparators of tables are called
    autogen_context: AutogenContext,
    modify_ops: ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> None:
    """Drop and add a column whose expression differs, as it holds no data, with what is on it."""
    if conn_table is None or metadata_table is None:
        return
    impl = autogen_context.migration_context.impl
    for column in metadata_table.c:
        old = conn_table.c.get(column.name)
        if old is None or old.computed is None or column.computed is None:
            continue
        if not impl.compare_computed(old, column) or not autogen_context.run_object_filters(
            column, column.name, "column", False, old
        ):
            continue
        log.info("Detected changed expression of column '%s.%s'", tname, column.name)
        recreate(modify_ops, schema, old, column)


def recreate(
    modify_ops: ModifyTableOps, schema: str | None, old: Column[Any], new: Column[Any]
) -> None:
    """Add operations that drop and add a computed column with what is on it; only once.

    Args:
        modify_ops: the differences of its table found so far; changed in place.
        schema: the table's schema.
        old: the column in the database.
        new: the column in the models.
    """
    if any(isinstance(one, DropColumnOp) and one.column_name == old.name for one in modify_ops.ops):
        return
    table = modify_ops.table_name
    lost = [drop_of(item) for item in _items_on(old)]
    kept = [create_of(item) for item in _items_on(new)]
    # They may have been found as different before.
    names = {_name(one) for one in (*lost, *kept)}
    modify_ops.ops[:] = [one for one in modify_ops.ops if _name(one) not in names]
    modify_ops.ops += [
        *lost,
        DropColumnOp.from_column_and_tablename(schema, table, old),
        AddColumnOp.from_column_and_tablename(schema, table, new),
        *kept,
    ]


def _items_on(column: Column[Any]) -> list[Index | UniqueConstraint]:
    """Return indexes and unique constraints on a column, which are dropped with it."""
    table: Any = column.table
    uniques = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    items: list[Index | UniqueConstraint] = [*table.indexes, *uniques]
    found = [one for one in items if column in set(one.columns)]
    return sorted(found, key=lambda one: str(one.name))


def _name(operation: Any) -> Any:
    """Return what identifies an operation on an index or unique constraint; otherwise itself."""
    if isinstance(operation, (CreateIndexOp, DropIndexOp)):
        return str(operation.index_name)
    if isinstance(operation, DropConstraintOp) and operation.constraint_type == "unique":
        return str(operation.constraint_name)
    if not isinstance(operation, CreateUniqueConstraintOp):
        return id(operation)
    if operation.constraint_name is None:
        return tuple(map(str, operation.columns))
    return str(operation.constraint_name)


def proves_equal(_signature: object, _model: object) -> bool:
    """Return True: a table with a signature has no computed columns."""
    return True
