"""Oracle's SQL for the core's constructs.

Registered when the module is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles

from idiolect.ddl import base
from idiolect.ddl.base import (
    AddColumn,
    ColumnComment,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    IdentityColumnDefault,
    RenameTable,
    alter_table,
    format_column_name,
    format_server_default,
    format_table_name,
    format_type,
)

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.sql.compiler import DDLCompiler


@compiles(AddColumn, "oracle")
def visit_add_column(element: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the column and its inline constraints.

    Source: "ALTER TABLE", add_column_clause, in Oracle's SQL Language Reference.
    """
    clause = add_column(
        compiler,
        element.column,
        inline_references=element.inline_references,
        inline_primary_key=element.inline_primary_key,
        **kw,
    )
    return f"{alter_table(compiler, element.table_name, element.schema)} {clause}"


@compiles(ColumnNullable, "oracle")
def visit_column_nullable(element: ColumnNullable, compiler: DDLCompiler, **kw: Any) -> str:
    """Render only NULL or NOT NULL: MODIFY leaves unspecified properties unchanged.

    Source: "ALTER TABLE", modify_column_clauses, in Oracle's SQL Language Reference.
    """
    return f"{_modify(element, compiler)} {'NULL' if element.nullable else 'NOT NULL'}"


@compiles(ColumnType, "oracle")
def visit_column_type(element: ColumnType, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new type."""
    return f"{_modify(element, compiler)} {format_type(compiler, element.type_)}"


@compiles(ColumnDefault, "oracle")
def visit_column_default(element: ColumnDefault, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new default, or NULL for none.

    Source: "ALTER TABLE", modify_column_clauses, DEFAULT: there is no syntax to drop a default.
    """
    default = "NULL"
    if element.default is not None:
        default = format_server_default(compiler, element.default)
    return f"{_modify(element, compiler)} DEFAULT {default}"


@compiles(ColumnName, "oracle")
def visit_column_name(element: ColumnName, compiler: DDLCompiler, **kw: Any) -> str:
    """Render both names.

    Source: "ALTER TABLE", rename_column_clause, in Oracle's SQL Language Reference.
    """
    table = alter_table(compiler, element.table_name, element.schema)
    old = format_column_name(compiler, element.column_name)
    return f"{table} RENAME COLUMN {old} TO {format_column_name(compiler, element.newname)}"


@compiles(ColumnComment, "oracle")
def visit_column_comment(element: ColumnComment, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the comment as a separate statement; an empty one is none.

    Source: "COMMENT" in Oracle's SQL Language Reference: a comment is dropped by setting ''.
    """
    table = format_table_name(compiler, element.table_name, element.schema)
    column = format_column_name(compiler, element.column_name)
    comment = compiler.sql_compiler.render_literal_value(element.comment or "", String())
    return f"COMMENT ON COLUMN {table}.{column} IS {comment}"


@compiles(RenameTable, "oracle")
def visit_rename_table(element: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new name without schema: a table stays in its schema.

    Source: "ALTER TABLE", RENAME TO, in Oracle's SQL Language Reference.
    """
    old = alter_table(compiler, element.table_name, element.schema)
    return f"{old} RENAME TO {format_table_name(compiler, element.new_table_name, None)}"


@compiles(IdentityColumnDefault, "oracle")
def visit_identity_column(element: IdentityColumnDefault, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new identity, or drop it.

    Source: "ALTER TABLE", modify_col_properties, identity_clause and drop_identity_clause.
    """
    if element.default is None:
        return f"{_modify(element, compiler)} DROP IDENTITY"
    identity = compiler.visit_identity_column(element.default)  # type: ignore[no-untyped-call] # SQLAlchemy's
    return f"{_modify(element, compiler)} {identity}"


def add_column(
    compiler: DDLCompiler,
    column: Column[Any],
    inline_references: bool | None = None,
    inline_primary_key: bool | None = None,
    **kw: Any,
) -> str:
    """Return the clause that adds a column, including its inline constraints."""
    clause = base.add_column(
        compiler,
        column,
        inline_references=inline_references,
        inline_primary_key=inline_primary_key,
        **kw,
    )
    return clause.replace("ADD COLUMN", "ADD", 1)


def alter_column(compiler: DDLCompiler, name: str) -> str:
    """Return the clause that alters a column, up to the change itself."""
    return f"MODIFY {format_column_name(compiler, name)}"


def _modify(element: base.AlterColumn, compiler: DDLCompiler) -> str:
    table = alter_table(compiler, element.table_name, element.schema)
    return f"{table} {alter_column(compiler, element.column_name)}"
