"""What carries the core's operations out: each becomes calls of the impl.

:meth:`Operations.invoke` comes in. Replacements made with ``implementation_for(...,
replace=True)`` may call these functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint
from sqlalchemy.sql.selectable import TableClause

from idiolect.ddl.base import has_sole_foreign_key, in_order_of_creation
from idiolect.ddl.impl import in_order_of_name
from idiolect.operations.arguments import column_of, refuse_unknown_options, table_name_of
from idiolect.operations.base import Operations
from idiolect.operations.explain import ArgumentTypeError, describe, explained_arguments
from idiolect.operations.ops.columns import AddColumnOp, DropColumnOp
from idiolect.operations.ops.data import BulkInsertOp, ExecuteSQLOp
from idiolect.operations.ops.indexes import CreateIndexOp, DropIndexOp
from idiolect.operations.ops.tables import CreateTableOp, DropTableOp, RenameTableOp

if TYPE_CHECKING:
    from sqlalchemy import Column, Constraint, Table


@Operations.implementation_for(CreateTableOp)
def create_table(operations: Operations, operation: CreateTableOp) -> Table:
    """Create the table and return it."""
    table = operation.to_table(operations.migration_context)
    operations.impl.create_table(table, **_given(if_not_exists=operation.if_not_exists))
    return table


@Operations.implementation_for(DropTableOp)
def drop_table(operations: Operations, operation: DropTableOp) -> None:
    """Drop the table."""
    table = operation.to_table(operations.migration_context)
    operations.impl.drop_table(table, **_given(if_exists=operation.if_exists))


@Operations.implementation_for(RenameTableOp)
def rename_table(operations: Operations, operation: RenameTableOp) -> None:
    """Rename the table."""
    operations.impl.rename_table(
        table_name_of(operation),
        table_name_of(operation, "new_table_name"),
        schema=operation.schema,
    )


@Operations.implementation_for(AddColumnOp)
def add_column(operations: Operations, operation: AddColumnOp) -> None:
    """Add the column, then what belongs to it but cannot stand in its definition."""
    impl = operations.impl
    given = column_of(operation)
    name = table_name_of(operation)
    with explained_arguments(operation):
        table = operations.schema_obj.table(name, given, schema=operation.schema)
    column = table.c[given.key]
    separate = _separate_constraints(table, column, inline=bool(operation.inline_references))
    for constraint in separate:
        impl.refuse_constraint(constraint)
    impl.add_column(
        name,
        column,
        schema=operation.schema,
        **_given(
            if_not_exists=operation.if_not_exists,
            inline_references=operation.inline_references,
            inline_primary_key=operation.inline_primary_key,
        ),
    )
    for constraint in separate:
        impl.add_constraint(constraint)
    for index in in_order_of_name(table.indexes):
        impl.create_index(index)
    if column.comment is not None and impl.has_comment_statements:
        impl.create_column_comment(column)


@Operations.implementation_for(DropColumnOp)
def drop_column(operations: Operations, operation: DropColumnOp) -> None:
    """Drop the column."""
    refuse_unknown_options(operation, operation.kw)
    operations.impl.drop_column(
        table_name_of(operation),
        operation.to_column(operations.migration_context),
        schema=operation.schema,
        **_given(if_exists=operation.if_exists),
        **operation.kw,
    )


@Operations.implementation_for(CreateIndexOp)
def create_index(operations: Operations, operation: CreateIndexOp) -> None:
    """Create the index."""
    index = operation.to_index(operations.migration_context)
    operations.impl.create_index(index, **_given(if_not_exists=operation.if_not_exists))


@Operations.implementation_for(DropIndexOp)
def drop_index(operations: Operations, operation: DropIndexOp) -> None:
    """Drop the index."""
    index = operation.to_index(operations.migration_context)
    operations.impl.drop_index(index, **_given(if_exists=operation.if_exists))


@Operations.implementation_for(BulkInsertOp)
def bulk_insert(operations: Operations, operation: BulkInsertOp) -> None:
    """Insert the rows."""
    if not isinstance(operation.table, TableClause):
        raise ArgumentTypeError(
            f"{describe(operation)}: a Table or a table() construct is expected, "
            f"got {operation.table!r}"
        )
    operations.impl.bulk_insert(operation.table, operation.rows, multiinsert=operation.multiinsert)


@Operations.implementation_for(ExecuteSQLOp)
def execute_sql(operations: Operations, operation: ExecuteSQLOp) -> None:
    """Execute the statement."""
    operations.migration_context.impl.execute(
        operation.sqltext, execution_options=operation.execution_options
    )


def _given(**options: Any) -> dict[str, Any]:
    # Impls of users and third parties may be older than an option that nobody asked for.
    return {name: value for name, value in options.items() if value is not None}


def _separate_constraints(table: Table, column: Column[Any], *, inline: bool) -> list[Constraint]:
    inline_reference = inline and has_sole_foreign_key(column)
    return [
        constraint
        for constraint in in_order_of_creation(table.constraints)
        if not isinstance(constraint, PrimaryKeyConstraint)
        and not (inline_reference and isinstance(constraint, ForeignKeyConstraint))
    ]
