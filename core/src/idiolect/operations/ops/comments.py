"""Operations that set and remove a table's comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.operations.arguments import comment_of, table_name_of
from idiolect.operations.base import BatchOperations, Operations
from idiolect.operations.explain import explained_arguments
from idiolect.operations.ops.core import AlterTableOp
from idiolect.operations.schemaobj import SchemaObjects

if TYPE_CHECKING:
    from sqlalchemy import Table

    from idiolect.abc import ContextLike


@Operations.register_operation("create_table_comment")
@BatchOperations.register_operation("create_table_comment", "batch_create_table_comment")
class CreateTableCommentOp(AlterTableOp):
    """Set a table's comment.

    Args:
        table_name: the table.
        comment: the comment; None removes it.
        schema: the table's schema; None is the connection's default schema.
        existing_comment: the current comment; None if there is none.
    """

    def __init__(
        self,
        table_name: str,
        comment: str | None,
        *,
        schema: str | None = None,
        existing_comment: str | None = None,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.comment = comment
        self.existing_comment = existing_comment

    def reverse(self) -> CreateTableCommentOp | DropTableCommentOp:
        """Return the operation that restores the old comment, or removes this one."""
        if self.existing_comment is None:
            return DropTableCommentOp(
                self.table_name, existing_comment=self.comment, schema=self.schema
            )
        return CreateTableCommentOp(
            self.table_name,
            self.existing_comment,
            existing_comment=self.comment,
            schema=self.schema,
        )

    def to_table(self, migration_context: ContextLike | None = None) -> Table:
        """Return a table of that name with only the comment."""
        with explained_arguments(self):
            return SchemaObjects(migration_context).table(
                table_name_of(self), schema=self.schema, comment=comment_of(self)
            )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return ``("add_table_comment", table, old comment)``."""
        return ("add_table_comment", self.to_table(), self.existing_comment)

    @classmethod
    def create_table_comment(
        cls,
        operations: Operations,
        table_name: str,
        comment: str | None,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Set a table's comment.

        Args:
            operations: executes the operation.
            table_name: the table.
            comment: the comment; None removes it.
            existing_comment: the current comment, needed to reverse the operation.
            schema: the table's schema; None is the connection's default schema.
        """
        operations.invoke(
            cls(table_name, comment, existing_comment=existing_comment, schema=schema)
        )

    @classmethod
    def batch_create_table_comment(
        cls,
        operations: BatchOperations,
        comment: str | None,
        *,
        existing_comment: str | None = None,
    ) -> None:
        """Set the comment of the batch's table.

        Args:
            operations: records the operation.
            comment: the comment; None removes it.
            existing_comment: the current comment.
        """
        impl = operations.impl
        operations.invoke(
            cls(impl.table_name, comment, existing_comment=existing_comment, schema=impl.schema)
        )


@Operations.register_operation("drop_table_comment")
@BatchOperations.register_operation("drop_table_comment", "batch_drop_table_comment")
class DropTableCommentOp(AlterTableOp):
    """Remove a table's comment.

    Args:
        table_name: the table.
        schema: the table's schema; None is the connection's default schema.
        existing_comment: the current comment.
    """

    def __init__(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        existing_comment: str | None = None,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.existing_comment = existing_comment

    def reverse(self) -> CreateTableCommentOp:
        """Return the operation that restores the old comment."""
        return CreateTableCommentOp(self.table_name, self.existing_comment, schema=self.schema)

    def to_table(self, migration_context: ContextLike | None = None) -> Table:
        """Return an empty table of that name."""
        with explained_arguments(self):
            return SchemaObjects(migration_context).table(table_name_of(self), schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return ``("remove_table_comment", table)``."""
        return ("remove_table_comment", self.to_table())

    @classmethod
    def drop_table_comment(
        cls,
        operations: Operations,
        table_name: str,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Remove a table's comment.

        Args:
            operations: executes the operation.
            table_name: the table.
            existing_comment: the current comment, needed to reverse the operation.
            schema: the table's schema; None is the connection's default schema.
        """
        operations.invoke(cls(table_name, existing_comment=existing_comment, schema=schema))

    @classmethod
    def batch_drop_table_comment(
        cls, operations: BatchOperations, *, existing_comment: str | None = None
    ) -> None:
        """Remove the comment of the batch's table.

        Args:
            operations: records the operation.
            existing_comment: the current comment.
        """
        impl = operations.impl
        operations.invoke(
            cls(impl.table_name, existing_comment=existing_comment, schema=impl.schema)
        )
