"""DuckDB's SQL for the core's constructs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles

from idiolect.ddl.base import RenameTable, alter_table, format_table_name

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import DDLCompiler


@compiles(RenameTable, "duckdb")
def visit_rename_table(element: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new name without schema, which DuckDB does not accept."""
    old = alter_table(compiler, element.table_name, element.schema)
    return f"{old} RENAME TO {format_table_name(compiler, element.new_table_name, None)}"
