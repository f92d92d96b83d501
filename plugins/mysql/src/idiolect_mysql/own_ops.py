"""The operation that drops a foreign key together with the index created for it.

Only the comparison creates it: as the index is in no model, both are one difference. It is rendered
as two directives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.operations import Operations
from idiolect.operations.ops import DropConstraintOp, DropIndexOp

if TYPE_CHECKING:
    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations import MigrateOperation


class DropKeyOp(DropConstraintOp):
    """Drop a foreign key, then an index.

    Args:
        key: the operation that drops the foreign key.
        index: the operation that drops the index.
    """

    def __init__(self, key: DropConstraintOp, index: DropIndexOp) -> None:
        super().__init__(
            key.constraint_name,
            key.table_name,
            key.constraint_type,
            schema=key.schema,
            if_exists=key.if_exists,
            _reverse=key._reverse,  # noqa: SLF001 - it becomes this operation's
        )
        self.index = index

    def parts(self) -> tuple[DropConstraintOp, DropIndexOp]:
        """Return the two operations."""
        key = DropConstraintOp(
            self.constraint_name,
            self.table_name,
            self.constraint_type,
            schema=self.schema,
            if_exists=self.if_exists,
            _reverse=self._reverse,
        )
        return key, self.index


@Operations.implementation_for(DropKeyOp)
def drop_key(operations: Operations, operation: DropKeyOp) -> None:
    """Run both operations."""
    for part in operation.parts():
        operations.invoke(part)


def render(op: MigrateOperation, autogen_context: AutogenContext) -> list[str] | None:
    """Return the code of an operation of this module, or None."""
    if not isinstance(op, DropKeyOp):
        return None
    from idiolect.autogenerate import render as core

    return [line for part in op.parts() for line in core.render_op(autogen_context, part)]
