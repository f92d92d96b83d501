"""Operations that change rows, or execute SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.operations.base import BatchOperations, Operations
from idiolect.operations.ops.core import MigrateOperation

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.selectable import TableClause


@Operations.register_operation("bulk_insert")
class BulkInsertOp(MigrateOperation):
    """Insert rows.

    Args:
        table: the table.
        rows: one dict of values by column key per row.
        multiinsert: online, send rows together as bound parameters.
    """

    def __init__(
        self,
        table: Table | TableClause,
        rows: list[dict[str, Any]],
        *,
        multiinsert: bool = True,
    ) -> None:
        self.table = table
        self.rows = rows
        self.multiinsert = multiinsert

    @classmethod
    def bulk_insert(
        cls,
        operations: Operations,
        table: Table | TableClause,
        rows: list[dict[str, Any]],
        *,
        multiinsert: bool = True,
    ) -> None:
        """Insert rows; in a script, each is an INSERT with literal values.

        Args:
            operations: executes the operation.
            table: the result of create_table(), a Table, or a ``table()``.
            rows: one dict of values by column key per row; may be empty.
            multiinsert: online, send rows together as bound parameters; False sends a statement per
                row, which rows with inline_literal() need.
        """
        operations.invoke(cls(table, rows, multiinsert=multiinsert))


@Operations.register_operation("execute")
@BatchOperations.register_operation("execute", "batch_execute")
class ExecuteSQLOp(MigrateOperation):
    """Execute a statement.

    Args:
        sqltext: text or any executable construct.
        execution_options: SQLAlchemy's options for this statement.
    """

    def __init__(
        self, sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None
    ) -> None:
        self.sqltext = sqltext
        self.execution_options = execution_options

    def to_diff_tuple(self) -> tuple[str, Executable | str]:
        """Return ``("execute", statement)``."""
        return ("execute", self.sqltext)

    @classmethod
    def execute(
        cls,
        operations: Operations,
        sqltext: Executable | str,
        *,
        execution_options: dict[str, Any] | None = None,
    ) -> None:
        r"""Execute a statement, or write it to the script. There is no result.

        Args:
            operations: executes the operation.
            sqltext: text, or any executable construct of SQLAlchemy. In text ``:name`` is a
                parameter; write ``\:name`` for a colon. A script cannot have parameters: use
                inline_literal() there.
            execution_options: SQLAlchemy's execution options.
        """
        operations.invoke(cls(sqltext, execution_options=execution_options))

    @classmethod
    def batch_execute(
        cls,
        operations: BatchOperations,
        sqltext: Executable | str,
        *,
        execution_options: dict[str, Any] | None = None,
    ) -> None:
        """Execute a statement immediately, before the recorded operations of the batch.

        Args:
            operations: the batch.
            sqltext: text, or any executable construct of SQLAlchemy.
            execution_options: SQLAlchemy's execution options.
        """
        operations.invoke(cls(sqltext, execution_options=execution_options))
