"""Operations that add and drop columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.operations.base import BatchOperations, Operations
from idiolect.operations.explain import IrreversibleError, describe
from idiolect.operations.ops.core import AlterTableOp
from idiolect.operations.schemaobj import SchemaObjects

if TYPE_CHECKING:
    from sqlalchemy import Column

    from idiolect.abc import ContextLike


@Operations.register_operation("add_column")
@BatchOperations.register_operation("add_column", "batch_add_column")
class AddColumnOp(AlterTableOp):
    """Add a column.

    Args:
        table_name: the table.
        column: the new column.
        schema: the table's schema; None is the connection's default schema.
        if_not_exists: ignore an existing column, if the database supports it.
        inline_references: render a sole foreign key as part of the column's definition.
        inline_primary_key: render PRIMARY KEY as part of a primary key column's definition.
        kw: kept for programs; not part of the statement.
    """

    def __init__(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.column = column
        self.if_not_exists = if_not_exists
        self.inline_references = inline_references
        self.inline_primary_key = inline_primary_key
        self.kw = kw

    def reverse(self) -> DropColumnOp:
        """Return the operation that drops the column; it keeps this one for its own reverse."""
        undoing = DropColumnOp.from_column_and_tablename(self.schema, self.table_name, self.column)
        undoing.if_exists = self.if_not_exists
        return undoing

    def to_diff_tuple(self) -> tuple[str, str | None, str, Column[Any]]:
        """Return ``("add_column", schema, table name, column)``."""
        return ("add_column", self.schema, self.table_name, self.column)

    def to_column(self) -> Column[Any]:
        """Return the column itself."""
        return self.column

    @classmethod
    def from_column(cls, col: Column[Any]) -> AddColumnOp:
        """Return the operation that adds ``col`` to a table with the name of its own."""
        return cls(col.table.name, col, schema=col.table.schema)

    @classmethod
    def from_column_and_tablename(
        cls, schema: str | None, tname: str, col: Column[Any]
    ) -> AddColumnOp:
        """Return the operation that adds ``col`` to the table ``tname``."""
        return cls(tname, col, schema=schema)

    @classmethod
    def add_column(
        cls,
        operations: Operations,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column, then its constraints, index and comment, if any.

        Args:
            operations: executes the operation.
            table_name: the table.
            column: the new column; set a database default with ``server_default``.
            schema: the table's schema; None is the connection's default schema.
            if_not_exists: add IF NOT EXISTS, for dialects that support it.
            inline_references: render a sole foreign key as part of the column's definition instead
                of adding a constraint afterwards; the database then chooses its name.
            inline_primary_key: render PRIMARY KEY as part of the definition of a primary key
                column; otherwise the key is left to create_primary_key().
        """
        operations.invoke(
            cls(
                table_name,
                column,
                schema=schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
            )
        )

    @classmethod
    def batch_add_column(
        cls,
        operations: BatchOperations,
        column: Column[Any],
        *,
        insert_before: str | None = None,
        insert_after: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column to the batch's table.

        Args:
            operations: records the operation.
            column: the new column.
            insert_before: add it before this column, if the table is recreated.
            insert_after: add it after this column, if the table is recreated.
            if_not_exists: add IF NOT EXISTS, for dialects that support it.
            inline_references: render a sole foreign key as part of the column's definition.
            inline_primary_key: render PRIMARY KEY as part of a primary key column's definition.
        """
        places = {"insert_before": insert_before, "insert_after": insert_after}
        operations.invoke(
            cls(
                operations.impl.table_name,
                column,
                schema=operations.impl.schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
                **{name: value for name, value in places.items() if value},
            )
        )


@Operations.register_operation("drop_column")
@BatchOperations.register_operation("drop_column", "batch_drop_column")
class DropColumnOp(AlterTableOp):
    """Drop a column.

    Args:
        table_name: the table.
        column_name: the column.
        schema: the table's schema; None is the connection's default schema.
        if_exists: ignore a missing column, if the database supports it.
        _reverse: the operation that adds it again.
        kw: options of dialects.
    """

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: AddColumnOp | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.column_name = column_name
        self.kw = kw
        self.if_exists = if_exists
        self._reverse = _reverse

    def to_diff_tuple(self) -> tuple[str, str | None, str, Column[Any]]:
        """Return ``("remove_column", schema, table name, column)``."""
        return ("remove_column", self.schema, self.table_name, self.to_column())

    def reverse(self) -> AddColumnOp:
        """Return the operation that adds the column again.

        Raises:
            ValueError: only the column's name is known.
        """
        if self._reverse is None:
            raise IrreversibleError(
                f"{describe(self)}: operation is not reversible; original column is not present"
            )
        undoing = AddColumnOp.from_column_and_tablename(
            self.schema, self.table_name, self._reverse.column
        )
        undoing.if_not_exists = self.if_exists
        return undoing

    @classmethod
    def from_column_and_tablename(
        cls, schema: str | None, tname: str, col: Column[Any]
    ) -> DropColumnOp:
        """Return the operation that drops ``col`` of the table ``tname``."""
        added = AddColumnOp.from_column_and_tablename(schema, tname, col)
        return cls(tname, col.name, schema=schema, _reverse=added)

    def to_column(self, migration_context: ContextLike | None = None) -> Column[Any]:
        """Return the column if it is known, otherwise one of that name without a type."""
        if self._reverse is not None:
            return self._reverse.column
        return SchemaObjects(migration_context).column(self.column_name)

    @classmethod
    def drop_column(
        cls,
        operations: Operations,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Drop a column.

        Args:
            operations: executes the operation.
            table_name: the table.
            column_name: the column.
            schema: the table's schema; None is the connection's default schema.
            kw: ``if_exists=True`` adds IF EXISTS, for dialects that support it; others are options
                of dialects, named ``<dialectname>_<argument>``.
        """
        operations.invoke(cls(table_name, column_name, schema=schema, **kw))

    @classmethod
    def batch_drop_column(cls, operations: BatchOperations, column_name: str, **kw: Any) -> None:
        """Drop a column of the batch's table.

        Args:
            operations: records the operation.
            column_name: the column.
            kw: ``existing_type``, whose named CHECK is dropped with the column; others as in
                drop_column() of Operations.
        """
        impl = operations.impl
        operations.invoke(cls(impl.table_name, column_name, schema=impl.schema, **kw))
