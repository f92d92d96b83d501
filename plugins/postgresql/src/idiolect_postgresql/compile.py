"""PostgreSQL's own text for the core's constructs.

Registered when the plugin is loaded; nothing is called from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles

from idiolect.ddl.base import RenameTable, alter_table, format_table_name

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import DDLCompiler


@compiles(RenameTable, "postgresql")
def visit_rename_table(element: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new name alone: a schema there is a syntax error.

    Source: "ALTER TABLE", RENAME TO, in PostgreSQL's manual, SQL Commands.
    """
    old = alter_table(compiler, element.table_name, element.schema)
    return f"{old} RENAME TO {format_table_name(compiler, element.new_table_name, None)}"
