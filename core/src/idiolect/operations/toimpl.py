"""The implementations of the core's operations: each calls methods of the impl.

Used by :meth:`Operations.invoke`. Replacements registered with ``implementation_for(...,
replace=True)`` may call these functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint
from sqlalchemy.sql.selectable import TableClause

from idiolect.ddl.base import has_sole_foreign_key, in_order_of_creation
from idiolect.ddl.impl import in_order_of_name, is_wanted
from idiolect.hooks.journal import Reader, reading_for
from idiolect.operations.arguments import (
    column_name_of,
    column_of,
    comment_of,
    server_default_of,
    table_name_of,
    type_of,
    warn_unknown_options,
)
from idiolect.operations.base import Operations
from idiolect.operations.explain import ArgumentTypeError, describe, explained_arguments
from idiolect.operations.ops.altercolumn import AlterColumnOp
from idiolect.operations.ops.columns import AddColumnOp, DropColumnOp
from idiolect.operations.ops.comments import CreateTableCommentOp, DropTableCommentOp
from idiolect.operations.ops.constraints import AddConstraintOp, DropConstraintOp
from idiolect.operations.ops.data import BulkInsertOp, ExecuteSQLOp
from idiolect.operations.ops.indexes import CreateIndexOp, DropIndexOp
from idiolect.operations.ops.tables import CreateTableOp, DropTableOp, RenameTableOp

if TYPE_CHECKING:
    from typing import Literal

    from sqlalchemy import Column, Constraint, Table
    from sqlalchemy.types import TypeEngine

#: The arguments of alter_column, to suggest one for a misspelt name.
_ALTER_COLUMN = (
    "nullable",
    "comment",
    "server_default",
    "new_column_name",
    "type_",
    "existing_type",
    "existing_server_default",
    "existing_nullable",
    "existing_comment",
    "autoincrement",
    "existing_autoincrement",
    "insert_before",
    "insert_after",
)


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
    """Add the column, then whatever cannot be part of its definition."""
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
        **operation.kw,
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
    warn_unknown_options(operation, operation.kw, "if_exists", "existing_type")
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


@Operations.implementation_for(AlterColumnOp)
def alter_column(operations: Operations, operation: AlterColumnOp) -> None:
    """Change the column; first drop, then add the checks that its types create."""
    if "name" in operation.kw:  # an argument of the impl; the directive has another name for it
        raise ArgumentTypeError(f"{describe(operation)}: unknown argument 'name'")
    warn_unknown_options(operation, operation.kw, *_ALTER_COLUMN)
    name = table_name_of(operation)
    column = column_name_of(operation)
    existing_type = type_of(operation, "existing_type")
    new_type = type_of(operation, "modify_type")
    arguments = {
        "nullable": operation.modify_nullable,
        "server_default": server_default_of(operation, "modify_server_default"),
        "name": operation.modify_name,
        # As given: a dialect may treat a class, which says less, differently from an instance.
        "type_": operation.modify_type,
        "existing_type": operation.existing_type,
        "existing_server_default": server_default_of(operation, "existing_server_default"),
        "existing_nullable": operation.existing_nullable,
        "comment": _comment_to_set(operation),
        "existing_comment": operation.existing_comment,
    }
    if new_type is not None:
        for constraint in _checks_of_type(operations, operation, column, existing_type):
            operations.impl.drop_constraint(constraint)
    operations.impl.alter_column(name, column, schema=operation.schema, **arguments, **operation.kw)
    new_name = operation.modify_name or column
    for constraint in _checks_of_type(operations, operation, new_name, new_type):
        operations.impl.add_constraint(constraint)


@Operations.implementation_for(CreateTableCommentOp)
def create_table_comment(operations: Operations, operation: CreateTableCommentOp) -> None:
    """Set the table's comment."""
    operations.impl.create_table_comment(operation.to_table(operations.migration_context))


@Operations.implementation_for(DropTableCommentOp)
def drop_table_comment(operations: Operations, operation: DropTableCommentOp) -> None:
    """Remove the table's comment."""
    operations.impl.drop_table_comment(operation.to_table(operations.migration_context))


@Operations.implementation_for(AddConstraintOp)
def create_constraint(operations: Operations, operation: AddConstraintOp) -> None:
    """Add the constraint, of whatever kind."""
    operations.impl.add_constraint(operation.to_constraint(operations.migration_context))


@Operations.implementation_for(DropConstraintOp)
def drop_constraint(operations: Operations, operation: DropConstraintOp) -> None:
    """Drop the constraint."""
    with explained_arguments(operation):
        constraint = operations.schema_obj.generic_constraint(
            operation.constraint_name,
            table_name_of(operation),
            operation.constraint_type,
            schema=operation.schema,
        )
    operations.impl.drop_constraint(constraint, **_given(if_exists=operation.if_exists))


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
    context = operations.migration_context
    with reading_for(Reader.NOBODY, context):
        context.impl.execute(operation.sqltext, execution_options=operation.execution_options)


def _given(**options: Any) -> dict[str, Any]:
    # Third-party impls may predate an option that is not given here.
    return {name: value for name, value in options.items() if value is not None}


def _comment_to_set(operation: AlterColumnOp) -> str | Literal[False] | None:
    return False if operation.modify_comment is False else comment_of(operation, "modify_comment")


def _checks_of_type(
    operations: Operations,
    operation: AlterColumnOp,
    column_name: str,
    type_: TypeEngine[Any] | None,
) -> list[Constraint]:
    """Return the constraints that a type creates and that this database needs."""
    if type_ is None:
        return []
    make = operations.schema_obj
    table = make.table(
        table_name_of(operation), make.column(column_name, type_), schema=operation.schema
    )
    return [
        constraint
        for constraint in in_order_of_creation(table.constraints)
        if getattr(constraint, "_type_bound", False) and is_wanted(constraint, operations.impl)
    ]


def _separate_constraints(table: Table, column: Column[Any], *, inline: bool) -> list[Constraint]:
    inline_reference = inline and has_sole_foreign_key(column)
    return [
        constraint
        for constraint in in_order_of_creation(table.constraints)
        if not isinstance(constraint, PrimaryKeyConstraint)
        and not (inline_reference and isinstance(constraint, ForeignKeyConstraint))
    ]
