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
        index_name: its name; None asks the naming convention.
        table_name: the table.
        columns: names of columns, ``text()`` or other SQL expressions, in order.
        schema: the table's schema; None is the connection's default schema.
        unique: allow no two equal entries.
        if_not_exists: ignore an index that is there, where the database can.
        kw: arguments of SQLAlchemy's Index, options of dialects among them.
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
        """Return the operation that drops the index, and remembers it."""
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
        """Return a new index as this operation describes it, on a table of that name.

        Args:
            migration_context: whose naming convention names it; None: no convention.
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
            operations: what carries it out.
            index_name: its name; None asks the naming convention.
            table_name: the table.
            columns: names of columns, ``text()`` or other SQL expressions, in order.
            schema: the table's schema; None is the connection's default schema.
            unique: allow no two equal entries.
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
        """Create an index on the table of the batch.

        Args:
            operations: what keeps it.
            index_name: its name.
            columns: names of columns, ``text()`` or other SQL expressions, in order.
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
        if_exists: ignore an index that is not there, where the database can.
        _reverse: the operation that would create it again.
        kw: arguments of SQLAlchemy's Index, options of dialects among them.
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
        """Return the operation that creates the index, with the columns known of it."""
        return CreateIndexOp.from_index(self.to_index())

    @classmethod
    def from_index(cls, index: Index) -> DropIndexOp:
        """Return the operation that drops ``index``, and remembers it."""
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
        """Return a new index of that name, with the columns that are known.

        Args:
            migration_context: whose naming convention names it; None: no convention.
        """
        known = self._reverse
        with explained_arguments(self):
            return SchemaObjects(migration_context).index(
                self.index_name,
                None if self.table_name is None else table_name_of(self),
                # A name is enough to drop an index; SQLAlchemy wants a column nevertheless.
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
            operations: what carries it out.
            index_name: its name.
            table_name: the table; some databases need it.
            schema: the table's schema; None is the connection's default schema.
            if_exists: add IF EXISTS.
            kw: options of dialects, named ``<dialectname>_<argument>``.
        """
        operations.invoke(cls(index_name, table_name, schema=schema, if_exists=if_exists, **kw))

    @classmethod
    def batch_drop_index(cls, operations: BatchOperations, index_name: str, **kw: Any) -> None:
        """Drop an index of the table of the batch.

        Args:
            operations: what keeps it.
            index_name: its name.
            kw: ``if_exists`` and options of dialects.
        """
        impl = operations.impl
        operations.invoke(cls(index_name, table_name=impl.table_name, schema=impl.schema, **kw))
