"""Compares the expressions of computed columns: an opt-in set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Computed

from idiolect.operations.ops.columns import AddColumnOp, DropColumnOp
from idiolect.operations.ops.indexes import CreateIndexOp, DropIndexOp
from idiolect.util.dispatch import PriorityDispatchResult
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from sqlalchemy import Column, Table

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
    """Drop and add a column whose expression differs, with its indexes; it holds no own data."""
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
        lost = [index for index in conn_table.indexes if old in set(index.columns)]
        kept = [index for index in metadata_table.indexes if column in set(index.columns)]
        modify_ops.ops += [
            *(DropIndexOp.from_index(index) for index in lost),
            DropColumnOp.from_column_and_tablename(schema, tname, old),
            AddColumnOp.from_column_and_tablename(schema, tname, column),
            *(CreateIndexOp.from_index(index) for index in kept),
        ]


def proves_equal(_signature: object, _model: object) -> bool:
    """Return True: a table with a signature has no computed columns."""
    return True
