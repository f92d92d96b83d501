"""The part of an impl that batches use: whether to recreate the table, and how.

DefaultImpl inherits it. The rebuild itself is in :mod:`idiolect.operations.batch`.
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
        """Return whether a batch has to recreate the table: False, as ALTER supports everything.

        Args:
            batch_op: the batch; ``batch_op.batch`` has the method names of this class to be
                called, with their arguments.
        """
        return False

    def reflect_for_batch(self, inspector: Any, table: Any, column_info: Any) -> None:
        """Correct a column that is reflected for a batch: by default, as for a comparison.

        Args:
            inspector: SQLAlchemy's inspector.
            table: the table being reflected.
            column_info: the reflected data of the column; modified in place.
        """
        self.autogen_column_reflect(inspector, table, column_info)

    if TYPE_CHECKING:

        def autogen_column_reflect(self, inspector: Any, table: Any, column_info: Any) -> None:
            """Correct a reflected column; implemented by ComparingImpl."""

    def complete_for_batch(self, table: Table) -> None:
        """Add to a table reflected for a batch what SQLAlchemy does not reflect.

        Args:
            table: the reflected table; a naming convention has already been applied to unnamed
                constraints.
        """

    def prep_table_for_batch(self, batch_impl: ApplyBatchImpl, table: Table) -> None:
        """Do what the database needs before the new table is created.

        Args:
            batch_impl: describes the new table, with its ``named_constraints``.
            table: the existing table.
        """

    def surround_rebuild(
        self, batch_impl: ApplyBatchImpl, table: Table
    ) -> AbstractContextManager[None]:
        """Return a context manager around the creation of ``batch_impl.new_table``."""
        return contextlib.nullcontext()

    def cast_for_batch_migrate(
        self,
        existing: Column[Any],
        existing_transfer: dict[str, TypeEngine[Any] | Cast[Any]],
        new_type: TypeEngine[Any],
    ) -> None:
        """Change how a column's values are copied: by default, cast if the type affinity differs.

        Args:
            existing: the existing column.
            existing_transfer: its ``"expr"`` is the expression selected from the old table.
            new_type: the column's new type.
        """
        if existing.type._type_affinity is not new_type._type_affinity:  # noqa: SLF001 - what tells kinds of types apart
            existing_transfer["expr"] = cast(existing_transfer["expr"], new_type)
