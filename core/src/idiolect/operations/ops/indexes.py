"""Operations that create and drop indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.ddl.signatures import index_name
from idiolect.operations.arguments import index_columns_of, table_name_of
from idiolect.operations.base import BatchOperations, Operations
from idiolect.operations.explain import explained_arguments
from idiolect.operations.ops.core import MigrateOperation
from idiolect.operations.schemaobj import SchemaObjects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Index, TextClause
    from sqlalchemy.sql.elements import ColumnElement

    from idiolect.abc import ContextLike


@Operations.register_operation("create_index")
@BatchOperations.register_operation("create_index", "batch_create_index")
class CreateIndexOp(MigrateOperation):
    """Create an index.

    Args:
        index_name: its name; None uses the naming convention.
        table_name: the table.
        columns: column names, ``text()`` or other SQL expressions, in order.
        schema: the table's schema; None is the connection's default schema.
        unique: create a unique index.
        if_not_exists: ignore an existing index, if the database supports it.
        kw: arguments of SQLAlchemy's Index, including options of dialects.
    """

    def __init__(
        self,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        self.index_name = index_name
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.unique = unique
        self.if_not_exists = if_not_exists
        self.kw = kw

    def reverse(self) -> DropIndexOp:
        """Return the operation that drops the index; it keeps this one for its own reverse."""
        return DropIndexOp.from_index(self.to_index())

    def to_diff_tuple(self) -> tuple[str, Index]:
        """Return ``("add_index", index)``."""
        return ("add_index", self.to_index())

    @classmethod
    def from_index(cls, index: Index) -> CreateIndexOp:
        """Return the operation that creates ``index``, which belongs to a table."""
        table = index.table
        if table is None:
            raise ValueError(f"Index {index.name!r} belongs to no table")
        return cls(
            index_name(index),
            table.name,
            list(index.expressions),
            schema=table.schema,
            unique=bool(index.unique),
            **index.kwargs,
        )

    def to_index(self, migration_context: ContextLike | None = None) -> Index:
        """Return the described index as a new object, on a new table of that name.

        Args:
            migration_context: its naming convention is applied; None: no convention.
        """
        with explained_arguments(self):
            return SchemaObjects(migration_context).index(
                self.index_name,
                table_name_of(self),
                index_columns_of(self),
                schema=self.schema,
                unique=self.unique,
                **self.kw,
            )

    @classmethod
    def create_index(
        cls,
        operations: Operations,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Create an index.

        Args:
            operations: executes the operation.
            index_name: its name; None uses the naming convention.
            table_name: the table.
            columns: column names, ``text()`` or other SQL expressions, in order.
            schema: the table's schema; None is the connection's default schema.
            unique: create a unique index.
            if_not_exists: add IF NOT EXISTS.
            kw: ``quote`` (force or forbid quotes around the name) and options of dialects,
                named ``<dialectname>_<argument>``.
        """
        operations.invoke(
            cls(
                index_name,
                table_name,
                columns,
                schema=schema,
                unique=unique,
                if_not_exists=if_not_exists,
                **kw,
            )
        )

    @classmethod
    def batch_create_index(
        cls,
        operations: BatchOperations,
        index_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        **kw: Any,
    ) -> None:
        """Create an index on the batch's table.

        Args:
            operations: records the operation.
            index_name: its name.
            columns: column names, ``text()`` or other SQL expressions, in order.
            kw: ``unique``, ``if_not_exists`` and options of dialects.
        """
        impl = operations.impl
        operations.invoke(cls(index_name, impl.table_name, columns, schema=impl.schema, **kw))


@Operations.register_operation("drop_index")
@BatchOperations.register_operation("drop_index", "batch_drop_index")
class DropIndexOp(MigrateOperation):
    """Drop an index.

    Args:
        index_name: its name.
        table_name: the table; some databases need it.
        schema: the table's schema; None is the connection's default schema.
        if_exists: ignore a missing index, if the database supports it.
        _reverse: the operation that creates it again.
        kw: arguments of SQLAlchemy's Index, including options of dialects.
    """

    def __init__(
        self,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: CreateIndexOp | None = None,
        **kw: Any,
    ) -> None:
        self.index_name = index_name
        self.table_name = table_name
        self.schema = schema
        self.if_exists = if_exists
        self._reverse = _reverse
        self.kw = kw

    def to_diff_tuple(self) -> tuple[str, Index]:
        """Return ``("remove_index", index)``."""
        return ("remove_index", self.to_index())

    def reverse(self) -> CreateIndexOp:
        """Return the operation that creates the index again, with the columns known."""
        return CreateIndexOp.from_index(self.to_index())

    @classmethod
    def from_index(cls, index: Index) -> DropIndexOp:
        """Return the operation that drops ``index``; it keeps the index for its reverse."""
        created = CreateIndexOp.from_index(index)
        return cls(
            str(created.index_name) if created.index_name is None else created.index_name,
            created.table_name,
            schema=created.schema,
            _reverse=created,
            unique=created.unique,
            **index.kwargs,
        )

    def to_index(self, migration_context: ContextLike | None = None) -> Index:
        """Return a new index of that name, with the columns known.

        Args:
            migration_context: its naming convention is applied; None: no convention.
        """
        known = self._reverse
        with explained_arguments(self):
            return SchemaObjects(migration_context).index(
                self.index_name,
                None if self.table_name is None else table_name_of(self),
                # A name is enough to drop an index, but SQLAlchemy requires a column.
                index_columns_of(known) if known else ["x"],
                schema=self.schema,
                **self.kw,
            )

    @classmethod
    def drop_index(
        cls,
        operations: Operations,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop an index.

        Args:
            operations: executes the operation.
            index_name: its name.
            table_name: the table; some databases need it.
            schema: the table's schema; None is the connection's default schema.
            if_exists: add IF EXISTS.
            kw: options of dialects, named ``<dialectname>_<argument>``.
        """
        operations.invoke(cls(index_name, table_name, schema=schema, if_exists=if_exists, **kw))

    @classmethod
    def batch_drop_index(cls, operations: BatchOperations, index_name: str, **kw: Any) -> None:
        """Drop an index of the batch's table.

        Args:
            operations: records the operation.
            index_name: its name.
            kw: ``if_exists`` and options of dialects.
        """
        impl = operations.impl
        operations.invoke(cls(index_name, table_name=impl.table_name, schema=impl.schema, **kw))
