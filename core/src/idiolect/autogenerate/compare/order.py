"""The order of what was found: a table goes after the foreign keys that refer to it.

Comes in once a comparison, when all comparators have had their say. Nothing is added or left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.operations.ops.constraints import DropConstraintOp
from idiolect.operations.ops.containers import ModifyTableOps
from idiolect.operations.ops.foreignkeys import CreateForeignKeyOp
from idiolect.operations.ops.indexes import DropIndexOp
from idiolect.operations.ops.tables import DropTableOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.operations.ops.core import MigrateOperation

    Key = tuple[str | None, str | None]


def drop_referred_tables_last(operations: list[MigrateOperation]) -> None:
    """Move tables that go behind the changes that take away a foreign key to one of them.

    They keep their own order, as they refer to each other. Where no foreign key is taken away
    that refers to one, nothing is moved.

    Args:
        operations: those of one container; changed in place.
    """
    going: set[Key] = {
        (one.schema, one.table_name) for one in operations if isinstance(one, DropTableOp)
    }
    if any(key in going for one in operations for key in _released(one)):
        operations.sort(key=lambda one: _belongs_to(one, going))


def _released(operation: MigrateOperation) -> Iterator[Key]:
    """Yield the tables that foreign keys refer to which an operation takes away."""
    if not isinstance(operation, ModifyTableOps):
        return
    for one in operation.ops:
        undoing = one._reverse if isinstance(one, DropConstraintOp) else None  # noqa: SLF001 - ours
        if isinstance(undoing, CreateForeignKeyOp):
            yield undoing.kw.get("referent_schema"), undoing.referent_table


def _belongs_to(operation: Any, keys: set[Key]) -> bool:
    if isinstance(operation, ModifyTableOps):
        # A table that goes takes its indexes along, each by an operation of its own.
        return bool(operation.ops) and all(_belongs_to(one, keys) for one in operation.ops)
    if isinstance(operation, (DropTableOp, DropIndexOp)):
        return (operation.schema, operation.table_name) in keys
    return False
