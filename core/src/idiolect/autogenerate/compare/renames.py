"""Detects likely renames: a table or column is dropped and one of the same shape is added.

Runs as the last comparator. The operations remain drops and adds; they are only annotated with the
likely rename, which is rendered as a comment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Column

from idiolect.operations.ops.altercolumn import AlterColumnOp
from idiolect.operations.ops.columns import AddColumnOp, DropColumnOp
from idiolect.operations.ops.containers import ModifyTableOps
from idiolect.operations.ops.tables import CreateTableOp, DropTableOp, RenameTableOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.impl import DefaultImpl
    from idiolect.operations.ops.containers import UpgradeOps

Gone = TypeVar("Gone")
New = TypeVar("New")


def mark_likely_renames(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
    """Annotate operations that add a table or column with its likely old name.

    Args:
        autogen_context: its impl compares types.
        upgrade_ops: the result of all other comparators.
    """
    impl = autogen_context.migration_context.impl
    # Without its reverse, only the name of a dropped table is known.
    gone = [
        one.to_table()
        for one in upgrade_ops.ops
        if isinstance(one, DropTableOp) and one._reverse is not None  # noqa: SLF001 - nowhere public
    ]
    new = [one for one in upgrade_ops.ops if isinstance(one, CreateTableOp)]
    for table, create in _pairs(gone, new, lambda old, now: _same_table(impl, old, now)):
        create.likely_rename = RenameTableOp(table.name, create.table_name, schema=create.schema)
    for changes in upgrade_ops.ops:
        if isinstance(changes, ModifyTableOps):
            _mark_columns(impl, changes)


def _mark_columns(impl: DefaultImpl, changes: ModifyTableOps) -> None:
    gone = [one for one in changes.ops if isinstance(one, DropColumnOp)]
    new = [one for one in changes.ops if isinstance(one, AddColumnOp)]
    # A column that is dropped and added again has another expression, but no other name.
    again = {one.column_name for one in gone} & {one.column.name for one in new}
    gone = [one for one in gone if one.column_name not in again]
    new = [one for one in new if one.column.name not in again]
    for drop, add in _pairs(gone, new, lambda old, now: _same_drop(impl, old, now)):
        add.likely_rename = AlterColumnOp(
            add.table_name, drop.column_name, schema=add.schema, modify_name=add.column.name
        )


def _pairs(
    gone: Sequence[Gone], new: Sequence[New], are_alike: Callable[[Gone, New], bool]
) -> Iterator[tuple[Gone, New]]:
    """Yield similar pairs if neither side has a second candidate."""
    if not gone or not new:
        return
    alike = {
        (i, j) for i, old in enumerate(gone) for j, now in enumerate(new) if are_alike(old, now)
    }
    for i, j in sorted(alike):
        rivals = [pair for pair in alike if i == pair[0] or j == pair[1]]
        if len(rivals) == 1:
            yield gone[i], new[j]


def _same_table(impl: DefaultImpl, old: Table, new: CreateTableOp) -> bool:
    if old.schema != new.schema:
        return False
    before = {column.name: column for column in old.columns}
    after = {column.name: column for column in new.columns if isinstance(column, Column)}
    return before.keys() == after.keys() and all(
        _same_column(impl, column, after[name]) for name, column in before.items()
    )


def _same_drop(impl: DefaultImpl, old: DropColumnOp, new: AddColumnOp) -> bool:
    # As for tables above.
    return old._reverse is not None and _same_column(  # noqa: SLF001 - as above
        impl, old.to_column(), new.column
    )


def _same_column(impl: DefaultImpl, old: Column[Any], new: Column[Any]) -> bool:
    if old.nullable is not new.nullable or old.primary_key is not new.primary_key:
        return False
    if (old.computed is None) is not (new.computed is None):
        return False
    return not impl.compare_type(old, new)
