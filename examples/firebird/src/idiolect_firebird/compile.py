"""Firebird's SQL for the core's constructs: the syntax of its ALTER TABLE is different.

Source: "ALTER TABLE" in the Firebird 3.0 Language Reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import CompileError
from sqlalchemy.ext.compiler import compiles

from idiolect.ddl.base import (
    AddColumn,
    ColumnName,
    DropColumn,
    RenameTable,
    add_column,
    alter_column,
    alter_table,
    format_column_name,
)

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import DDLCompiler

_DIALECT = "firebird.firebird"


@compiles(AddColumn, _DIALECT)
def visit_add_column(element: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Render ``ADD`` without ``COLUMN``, which Firebird does not accept."""
    if element.if_not_exists:
        message = "Firebird 3 has no ADD ... IF NOT EXISTS."
        raise CompileError(message)
    clause = add_column(
        compiler,
        element.column,
        inline_references=element.inline_references,
        inline_primary_key=element.inline_primary_key,
    )
    table = alter_table(compiler, element.table_name, element.schema)
    return f"{table} {clause.replace('ADD COLUMN', 'ADD', 1)}"


@compiles(DropColumn, _DIALECT)
def visit_drop_column(element: DropColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Render ``DROP`` without ``COLUMN``."""
    if element.if_exists:
        message = "Firebird 3 has no DROP ... IF EXISTS."
        raise CompileError(message)
    table = alter_table(compiler, element.table_name, element.schema)
    return f"{table} DROP {format_column_name(compiler, element.column.name)}"


@compiles(ColumnName, _DIALECT)
def visit_column_name(element: ColumnName, compiler: DDLCompiler, **kw: Any) -> str:
    """Render ``ALTER COLUMN old TO new``."""
    table = alter_table(compiler, element.table_name, element.schema)
    new = format_column_name(compiler, element.newname)
    return f"{table} {alter_column(compiler, element.column_name)} TO {new}"


@compiles(RenameTable, _DIALECT)
def visit_rename_table(element: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    """Raise: a table cannot be renamed."""
    raise CompileError(
        f"Firebird cannot rename a table ({element.table_name!r}): make a new one, copy the rows, "
        "drop the old one."
    )
