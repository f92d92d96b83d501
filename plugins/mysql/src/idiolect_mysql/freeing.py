"""Foreign keys around changes of types: the columns on both sides have to change without them.

Used with the operations of one direction, when they are complete. No database is queried here.

Source: "FOREIGN KEY Constraints" in MySQL's reference manual: both columns have the same type, and
neither server lets it change on one side alone (errors 1832, 1833 and 3780).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Enum

from idiolect.autogenerate.compare.retyped import keys_taken_out, places_of_key
from idiolect.operations.ops import (
    AlterColumnOp,
    CreateForeignKeyOp,
    DropConstraintOp,
    ModifyTableOps,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ForeignKeyConstraint

    from idiolect.operations.ops import MigrateOperation


def free_columns(operations: list[MigrateOperation], keys: Iterable[ForeignKeyConstraint]) -> None:
    """Drop foreign keys before a type changes that they depend on, and create them after it.

    Args:
        operations: those of one container; changed in place.
        keys: those of the database, of all tables that change.
    """
    changing = {
        (part.schema, str(part.table_name), str(one.column_name))
        for part in operations
        if isinstance(part, ModifyTableOps)
        for one in part.ops
        if isinstance(one, AlterColumnOp) and _is_held(one)
    }
    if not changing:
        return
    first, last = keys_taken_out(operations, changing)
    known = {_label(one) for part in (*first, *last) for one in part.ops}
    for key in keys:
        drop, create = (
            DropConstraintOp.from_constraint(key),
            CreateForeignKeyOp.from_constraint(key),
        )
        if _label(drop) not in known and not changing.isdisjoint(places_of_key(create)):
            table = key.table
            first.append(ModifyTableOps(table.name, [drop], schema=table.schema))
            last.append(ModifyTableOps(table.name, [create], schema=table.schema))
    operations[:] = [*first, *operations, *last]


def _is_held(operation: AlterColumnOp) -> bool:
    """Return whether a foreign key forbids a change: of a type, other than more values of an ENUM.

    Source: observed on MariaDB 10.11 and MySQL 9.7.
    """
    both = (operation.existing_type, operation.modify_type)
    return operation.modify_type is not None and not all(isinstance(one, Enum) for one in both)


def _label(operation: Any) -> tuple[str, str]:
    table = getattr(operation, "table_name", None) or operation.source_table
    return (str(table), str(operation.constraint_name))
