"""Orders operations around changes of types: what depends on the old type is dropped before.

A database may refuse to change the type of a column because of an index, a constraint or a computed
column that the same revision drops. Runs once per comparison, before the operations are reversed
for the downgrade. Without a changed type, nothing is moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.autogenerate.compare.order import taken_out, without_empty
from idiolect.operations.ops.altercolumn import AlterColumnOp
from idiolect.operations.ops.columns import DropColumnOp
from idiolect.operations.ops.constraints import DropConstraintOp
from idiolect.operations.ops.containers import ModifyTableOps
from idiolect.operations.ops.foreignkeys import CreateForeignKeyOp
from idiolect.operations.ops.indexes import DropIndexOp

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from idiolect.operations.ops.core import MigrateOperation

    Place = tuple[str | None, str, str]


def free_retyped_columns(operations: list[MigrateOperation]) -> None:
    """Drop indexes, constraints and computed columns of a table before types change in it.

    Args:
        operations: the operations of one container; changed in place.
    """
    tables = {place[:2] for place in _retyped(operations)}
    for part in operations:
        if isinstance(part, ModifyTableOps) and (part.schema, str(part.table_name)) in tables:
            part.ops.sort(key=_turn)


def free_retyped_keys(operations: list[MigrateOperation]) -> None:
    """Drop the foreign keys of such columns, and to them, first; add them last.

    Types may have to change on both sides.

    Args:
        operations: the operations of one container; changed in place.
    """
    retyped = set(_retyped(operations))
    if retyped:
        first, last = keys_taken_out(operations, retyped)
        operations[:] = [*first, *without_empty(operations), *last]


def _retyped(operations: list[MigrateOperation]) -> Iterator[Place]:
    for part in operations:
        if isinstance(part, ModifyTableOps):
            for one in part.ops:
                if isinstance(one, AlterColumnOp) and one.modify_type is not None:
                    yield (part.schema, str(part.table_name), str(one.column_name))


def keys_taken_out(
    operations: list[MigrateOperation], columns: Container[Place]
) -> tuple[list[ModifyTableOps], list[ModifyTableOps]]:
    """Remove drops and additions of foreign keys from their tables, and return both.

    Args:
        operations: the operations of one container; changed in place.
        columns: schema, table and name of the columns; only their keys, and those to them.
    """

    def adds(operation: Any) -> bool:
        if not isinstance(operation, CreateForeignKeyOp):
            return False
        return any(place in columns for place in places_of_key(operation))

    def drops(operation: Any) -> bool:
        return isinstance(operation, DropConstraintOp) and adds(operation._reverse)  # noqa: SLF001 - ours

    found: tuple[list[ModifyTableOps], list[ModifyTableOps]] = ([], [])
    for part in operations:
        if isinstance(part, ModifyTableOps):
            for is_one, parts in zip((drops, adds), found, strict=True):
                taken = [one for one in part.ops if is_one(one)]
                if taken:
                    parts.append(taken_out(part, taken))
    return found


def places_of_key(key: CreateForeignKeyOp) -> Iterator[Place]:
    """Yield schema, table and name of a foreign key's columns on both sides."""
    for column in key.local_cols:
        yield (key.kw.get("source_schema"), str(key.source_table), str(column))
    for column in key.remote_cols:
        yield (key.kw.get("referent_schema"), str(key.referent_table), str(column))


def _turn(operation: Any) -> int:
    """Return the sort key of an operation on a table that has a column of another type."""
    if isinstance(operation, DropIndexOp):
        return 0
    if isinstance(operation, DropConstraintOp):
        # An auto-increment column may need its key.
        return 2 if operation.constraint_type == "primary" else 0
    if isinstance(operation, DropColumnOp):
        undoing = operation._reverse  # noqa: SLF001 - ours
        is_computed = undoing is not None and undoing.column.computed is not None
        return 1 if is_computed else 2
    return 2
