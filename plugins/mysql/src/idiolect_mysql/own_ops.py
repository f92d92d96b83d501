"""Dropping a foreign key together with the index that the database made for it.

Comparing makes the operation, which is one difference, as the index is in no model; it is written
as two directives. Nobody else calls anything here.
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
        key: drops the foreign key.
        index: drops the index.
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
    """Carry both out."""
    for part in operation.parts():
        operations.invoke(part)


def render(op: MigrateOperation, autogen_context: AutogenContext) -> list[str] | None:
    """Return the code of an operation of this module; None of any other."""
    if not isinstance(op, DropKeyOp):
        return None
    from idiolect.autogenerate import render as core

    return [line for part in op.parts() for line in core.render_op(autogen_context, part)]
