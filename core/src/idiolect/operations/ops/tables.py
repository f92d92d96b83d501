"""Operations that create, drop and rename tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from idiolect.ddl.base import in_order_of_creation
from idiolect.operations.arguments import table_name_of
from idiolect.operations.base import Operations
from idiolect.operations.explain import explained_arguments
from idiolect.operations.ops.core import AlterTableOp, MigrateOperation
from idiolect.operations.schemaobj import SchemaObjects

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    from sqlalchemy import MetaData, Table
    from sqlalchemy.schema import SchemaItem

    from idiolect.abc import ContextLike


@Operations.register_operation("create_table")
class CreateTableOp(MigrateOperation):
    """Create a table.

    Args:
        table_name: its name.
        columns: its columns, constraints and indexes, in order.
        schema: its schema; None is the connection's default schema.
        if_not_exists: ignore an existing table, if the database supports it.
        kw: arguments of SQLAlchemy's Table.
    """

    def __init__(
        self,
        table_name: str,
        columns: Sequence[SchemaItem],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        _namespace_metadata: MetaData | None = None,
        _constraints_included: bool = False,
        **kw: Any,
    ) -> None:
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.if_not_exists = if_not_exists
        self.info = kw.pop("info", {})
        self.comment = kw.pop("comment", None)
        self.prefixes = kw.pop("prefixes", None)
        self.kw = kw
        self._namespace_metadata = _namespace_metadata
        self._constraints_included = _constraints_included

    def reverse(self) -> DropTableOp:
        """Return the operation that drops this table; it keeps this one for its own reverse."""
        return DropTableOp.from_table(self.to_table(), _namespace_metadata=self._namespace_metadata)

    def to_diff_tuple(self) -> tuple[str, Table]:
        """Return ``("add_table", table)``."""
        return ("add_table", self.to_table())

    @classmethod
    def from_table(
        cls, table: Table, *, _namespace_metadata: MetaData | None = None
    ) -> CreateTableOp:
        """Return the operation that creates ``table``, without its indexes."""
        # Constraints that belong to types are created again with the column's copy.
        constraints = [
            constraint
            for constraint in in_order_of_creation(table.constraints)
            if not getattr(constraint, "_type_bound", False)
        ]
        return cls(
            table.name,
            [*table.c, *constraints],
            schema=table.schema,
            _namespace_metadata=_namespace_metadata or table.metadata,
            _constraints_included=True,
            **_further_facts(table),
        )

    def to_table(self, migration_context: ContextLike | None = None) -> Table:
        """Return the described table as a new object.

        Args:
            migration_context: its naming convention is applied; None: no convention.
        """
        with explained_arguments(self):
            return SchemaObjects(migration_context).table(
                table_name_of(self),
                *self.columns,
                **_table_arguments(self, self.kw),
                _constraints_included=self._constraints_included,
            )

    @classmethod
    def create_table(
        cls,
        operations: Operations,
        table_name: str,
        *columns: SchemaItem,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> Table:
        """Create a table.

        Args:
            operations: executes the operation.
            table_name: its name.
            columns: Column objects, and optionally Constraint and Index objects; set database
                defaults with ``server_default``.
            if_not_exists: add IF NOT EXISTS.
            kw: ``schema``, ``comment``, ``prefixes``, ``info`` and other arguments of SQLAlchemy's
                Table, including options of dialects.

        Returns:
            The table, for subsequent statements such as bulk_insert().
        """
        operation = cls(table_name, columns, if_not_exists=if_not_exists, **kw)
        return cast("Table", operations.invoke(operation))


@Operations.register_operation("drop_table")
class DropTableOp(MigrateOperation):
    """Drop a table.

    Args:
        table_name: its name.
        schema: its schema; None is the connection's default schema.
        if_exists: ignore a missing table, if the database supports it.
        table_kw: arguments of SQLAlchemy's Table.
        _reverse: the operation that creates it again.
    """

    def __init__(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        table_kw: MutableMapping[Any, Any] | None = None,
        _reverse: CreateTableOp | None = None,
    ) -> None:
        self.table_name = table_name
        self.schema = schema
        self.if_exists = if_exists
        self.table_kw: MutableMapping[Any, Any] = {} if table_kw is None else table_kw
        self.comment = self.table_kw.pop("comment", None)
        self.info = self.table_kw.pop("info", None)
        self.prefixes = self.table_kw.pop("prefixes", None)
        self._reverse = _reverse

    def to_diff_tuple(self) -> tuple[str, Table]:
        """Return ``("remove_table", table)``."""
        return ("remove_table", self.to_table())

    def reverse(self) -> CreateTableOp:
        """Return the operation that creates the table again, with the columns known."""
        metadata = self._reverse._namespace_metadata if self._reverse else None  # noqa: SLF001 - a pair
        return CreateTableOp.from_table(self.to_table(), _namespace_metadata=metadata)

    @classmethod
    def from_table(
        cls, table: Table, *, _namespace_metadata: MetaData | None = None
    ) -> DropTableOp:
        """Return the operation that drops ``table``; it keeps the table for its reverse."""
        created = CreateTableOp.from_table(table, _namespace_metadata=_namespace_metadata)
        facts = _further_facts(table)
        return cls(created.table_name, schema=created.schema, table_kw=facts, _reverse=created)

    def to_table(self, migration_context: ContextLike | None = None) -> Table:
        """Return a new table of that name, with the columns known.

        Args:
            migration_context: its naming convention is applied; None: no convention.
        """
        known = self._reverse
        with explained_arguments(self):
            return SchemaObjects(migration_context).table(
                table_name_of(self),
                *(known.columns if known else ()),
                **_table_arguments(self, self.table_kw),
                _constraints_included=known._constraints_included if known else False,  # noqa: SLF001 - a pair
            )

    @classmethod
    def drop_table(
        cls,
        operations: Operations,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop a table.

        Args:
            operations: executes the operation.
            table_name: its name.
            schema: its schema; None is the connection's default schema.
            if_exists: add IF EXISTS.
            kw: arguments of SQLAlchemy's Table.
        """
        operations.invoke(cls(table_name, schema=schema, if_exists=if_exists, table_kw=kw))


@Operations.register_operation("rename_table")
class RenameTableOp(AlterTableOp):
    """Rename a table within its schema.

    Args:
        old_table_name: its current name.
        new_table_name: its new name.
        schema: its schema; None is the connection's default schema.
    """

    def __init__(
        self, old_table_name: str, new_table_name: str, *, schema: str | None = None
    ) -> None:
        super().__init__(old_table_name, schema=schema)
        self.new_table_name = new_table_name

    def reverse(self) -> RenameTableOp:
        """Return the operation that restores the old name."""
        names = (self.new_table_name, str(self.table_name))
        return RenameTableOp(*names, schema=self.schema)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str]:
        """Return ``("rename_table", schema, old name, new name)``."""
        return ("rename_table", self.schema, str(self.table_name), self.new_table_name)

    @classmethod
    def rename_table(
        cls,
        operations: Operations,
        old_table_name: str,
        new_table_name: str,
        *,
        schema: str | None = None,
    ) -> None:
        """Rename a table.

        Args:
            operations: executes the operation.
            old_table_name: its current name.
            new_table_name: its new name.
            schema: its schema; None is the connection's default schema.
        """
        operations.invoke(cls(old_table_name, new_table_name, schema=schema))


def _further_facts(table: Table) -> dict[str, Any]:
    """Return the keyword arguments of Table, except the schema, as the table has them."""
    return {
        **table.kwargs,
        "comment": table.comment,
        "info": dict(table.info),
        "prefixes": list(table._prefixes),  # noqa: SLF001 - no public name
    }


def _table_arguments(
    operation: CreateTableOp | DropTableOp, options: Mapping[Any, Any]
) -> dict[str, Any]:
    return {
        "schema": operation.schema,
        "comment": operation.comment,
        "info": dict(operation.info or {}),
        "prefixes": list(operation.prefixes or []),
        **options,
    }
