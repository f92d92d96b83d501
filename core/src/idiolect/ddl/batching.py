"""The part of an impl that batches use: whether a new table is needed, and how it is made.

DefaultImpl inherits it. How a table is rebuilt: :mod:`idiolect.operations.batch`.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import cast

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import Column, Table
    from sqlalchemy.sql.elements import Cast
    from sqlalchemy.types import TypeEngine

    from idiolect.operations.batch.rebuild import ApplyBatchImpl
    from idiolect.operations.batch.record import BatchOperationsImpl


class BatchingImpl:
    """The methods that batches call."""

    def requires_recreate_in_batch(self, batch_op: BatchOperationsImpl) -> bool:
        """Return whether a batch needs a new table: False, where ALTER can do all of it.

        Args:
            batch_op: what the batch is to do, in ``batch_op.batch``: the names of methods of
                this class, with their arguments.
        """
        return False

    def complete_for_batch(self, table: Table) -> None:
        """Give a table that was read for a batch what SQLAlchemy does not read of it.

        Args:
            table: as it was read; constraints without a name have one by a convention already.
        """

    def prep_table_for_batch(self, batch_impl: ApplyBatchImpl, table: Table) -> None:
        """Do what the database needs before the new table is made.

        Args:
            batch_impl: the new table to be, with its ``named_constraints``.
            table: the table as it stands.
        """

    def surround_rebuild(
        self, batch_impl: ApplyBatchImpl, table: Table
    ) -> AbstractContextManager[None]:
        """Return what surrounds the making of ``batch_impl.new_table`` out of ``table``."""
        return contextlib.nullcontext()

    def cast_for_batch_migrate(
        self,
        existing: Column[Any],
        existing_transfer: dict[str, TypeEngine[Any] | Cast[Any]],
        new_type: TypeEngine[Any],
    ) -> None:
        """Change how a column's values are copied: here values of another kind are cast.

        Args:
            existing: the column as it stands.
            existing_transfer: its ``"expr"`` is what is read of the old table.
            new_type: the column's new type.
        """
        if existing.type._type_affinity is not new_type._type_affinity:  # noqa: SLF001 - what tells kinds of types apart
            existing_transfer["expr"] = cast(existing_transfer["expr"], new_type)
