"""SQLite's SQL for the core's constructs.

Registered when the module is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles

from idiolect.ddl.base import (
    ColumnName,
    RenameTable,
    alter_table,
    format_column_name,
    format_table_name,
)

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import DDLCompiler


@compiles(RenameTable, "sqlite")
def visit_rename_table(element: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new name without schema: a table stays in its database file.

    Source: "ALTER TABLE", RENAME TO, in SQLite's SQL manual.
    """
    old = alter_table(compiler, element.table_name, element.schema)
    return f"{old} RENAME TO {format_table_name(compiler, element.new_table_name, None)}"


@compiles(ColumnName, "sqlite")
def visit_column_name(element: ColumnName, compiler: DDLCompiler, **kw: Any) -> str:
    """Render both names, after the word COLUMN.

    Source: "ALTER TABLE", RENAME COLUMN, in SQLite's SQL manual; since 3.25.
    """
    table = alter_table(compiler, element.table_name, element.schema)
    old = format_column_name(compiler, element.column_name)
    return f"{table} RENAME COLUMN {old} TO {format_column_name(compiler, element.newname)}"
