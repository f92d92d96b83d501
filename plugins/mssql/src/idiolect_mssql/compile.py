"""SQL Server's SQL for the core's constructs, and additional constructs.

Registered when the module is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from idiolect.ddl import base
from idiolect.ddl.base import (
    AddColumn,
    AlterColumn,
    ColumnComment,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
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

_BY_COLUMN = """\
select @const_name = QUOTENAME([name]) from {catalogue}
where parent_object_id = object_id({table})
and col_name(parent_object_id, parent_column_id) = {column}"""
_FOREIGN_KEY = """\
select @const_name = QUOTENAME([name]) from
sys.foreign_keys fk join sys.foreign_key_columns fkc
on fk.object_id=fkc.constraint_object_id
where fkc.parent_object_id = object_id({table})
and col_name(fkc.parent_object_id, fkc.parent_column_id) = {column}"""
#: Queries for the name of a constraint on a column, by kind.
QUERIES = {
    "default": _BY_COLUMN.replace("{catalogue}", "sys.default_constraints"),
    "check": _BY_COLUMN.replace("{catalogue}", "sys.check_constraints"),
    "foreign_key": _FOREIGN_KEY,
}


class DropConstraintOfColumn(AlterColumn):
    """Drop a constraint on a column whose name the server has generated.

    Args:
        name: the table.
        column_name: the column.
        kind: one of :data:`QUERIES`.
        kw: see :class:`idiolect.ddl.base.AlterColumn`.
    """

    def __init__(self, name: str, column_name: str, kind: str, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.kind = kind


@compiles(DropConstraintOfColumn, "mssql")
def visit_drop_constraint_of_column(
    element: DropConstraintOfColumn, compiler: DDLCompiler, **kw: Any
) -> str:
    """Render a batch that looks up the name, then drops the constraint.

    Source: "sys.default_constraints" and related views in the T-SQL reference. A name may have
    128 characters, and brackets around it.
    """
    table = format_table_name(compiler, element.table_name, element.schema)
    found = QUERIES[element.kind].format(
        table=_literal(compiler, table), column=_literal(compiler, element.column_name)
    )
    command = _literal(compiler, f"alter table {table} drop constraint ")
    return f"declare @const_name varchar(256)\n{found}\nexec({command} + @const_name)"


class Unless(DDLElement):
    """Send a statement unless the object exists that it creates.

    Args:
        statement: a CREATE TABLE, CREATE INDEX or ALTER TABLE ADD with ``IF NOT EXISTS``.
    """

    def __init__(self, statement: CreateTable | CreateIndex | AddColumn) -> None:
        self.statement = statement


def conditional(statement: Any) -> Any:
    """Wrap a statement with ``IF NOT EXISTS`` in a form that T-SQL supports."""
    asked = isinstance(statement, (CreateTable, CreateIndex, AddColumn)) and statement.if_not_exists
    return Unless(statement) if asked else statement


@compiles(Unless, "mssql")
def visit_unless(element: Unless, compiler: DDLCompiler, **kw: Any) -> str:
    """Render a condition before the statement; T-SQL has no IF NOT EXISTS inside of one.

    Source: "IF...ELSE", "OBJECT_ID", "sys.indexes" and "sys.columns" in the T-SQL reference.
    """
    statement = element.statement
    statement.if_not_exists = False
    if isinstance(statement, CreateTable):
        place = compiler.preparer.format_table(statement.element)
        condition = f"object_id({_literal(compiler, place)}, 'U') is null"
    else:
        condition = f"not exists ({_lookup(statement, compiler)})"
    return f"if {condition}\n{compiler.process(statement, **kw).strip()}"


def _lookup(statement: CreateIndex | AddColumn, compiler: DDLCompiler) -> str:
    if isinstance(statement, AddColumn):
        catalogue, name = "sys.columns", str(statement.column.name)
        place = format_table_name(compiler, statement.table_name, statement.schema)
    else:
        catalogue, name = "sys.indexes", str(statement.element.name)
        table: Any = statement.element.table
        place = compiler.preparer.format_table(table)
    holder, wanted = (_literal(compiler, each) for each in (place, name))
    return f"select 1 from {catalogue} where object_id = object_id({holder}) and [name] = {wanted}"  # noqa: S608 - literals


@compiles(AddColumn, "mssql")
def visit_add_column(element: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the column and its inline constraints; T-SQL has no keyword COLUMN here.

    Source: "ALTER TABLE", ADD, in the T-SQL reference.
    """
    clause = mssql_add_column(
        compiler,
        element.column,
        inline_references=element.inline_references,
        inline_primary_key=element.inline_primary_key,
        **kw,
    )
    return f"{alter_table(compiler, element.table_name, element.schema)} {clause}"


@compiles(ColumnNullable, "mssql")
def visit_column_nullable(element: ColumnNullable, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the type too, which ALTER COLUMN requires."""
    type_ = element.existing_type
    shown = "" if type_ is None else f" {format_type(compiler, type_)}"
    return f"{_alter_column(element, compiler)}{shown} {_null(element.nullable)}"


@compiles(ColumnType, "mssql")
def visit_column_type(element: ColumnType, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new type, and the nullability if known.

    Source: "ALTER TABLE", ALTER COLUMN: without NULL or NOT NULL the column becomes nullable.
    """
    known = element.existing_nullable
    null = "" if known is None else f" {_null(known)}"
    return f"{_alter_column(element, compiler)} {format_type(compiler, element.type_)}{null}"


@compiles(ColumnDefault, "mssql")
def visit_column_default(element: ColumnDefault, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new default, which is a constraint; the old one is dropped separately."""
    default = format_server_default(compiler, element.default)
    column = format_column_name(compiler, element.column_name)
    table = alter_table(compiler, element.table_name, element.schema)
    return f"{table} ADD DEFAULT {default} FOR {column}"


@compiles(ColumnName, "mssql")
def visit_column_name(element: ColumnName, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the call of sp_rename, whose first argument is a bracketed name in quotes."""
    table = format_table_name(compiler, element.table_name, element.schema)
    old = f"{table}.{format_column_name(compiler, element.column_name)}"
    new = format_column_name(compiler, element.newname)
    return f"EXEC sp_rename {_literal(compiler, old)}, {new}, 'COLUMN'"


@compiles(RenameTable, "mssql")
def visit_rename_table(element: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the call of sp_rename; a table stays in its schema."""
    old = format_table_name(compiler, element.table_name, element.schema)
    new = format_table_name(compiler, element.new_table_name, None)
    return f"EXEC sp_rename {_literal(compiler, old)}, {new}"


@compiles(ColumnComment, "mssql")
def visit_column_comment(element: ColumnComment, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the call that sets, changes or removes the comment's extended property.

    Source: "sp_addextendedproperty": it fails if the property exists, and
    "sp_updateextendedproperty" if it does not.
    """
    schema = element.schema or compiler.dialect.default_schema_name or "dbo"
    place = (
        f"'schema', {compiler.preparer.quote_schema(schema)}, "
        f"'table', {format_table_name(compiler, element.table_name, None)}, "
        f"'column', {format_column_name(compiler, element.column_name)}"
    )
    if element.comment is None:
        return f"exec sp_dropextendedproperty 'MS_Description', {place}"
    does = "add" if element.existing_comment is None else "update"
    comment = compiler.sql_compiler.render_literal_value(element.comment, String())
    return f"exec sp_{does}extendedproperty 'MS_Description', N{comment}, {place}"


def mssql_add_column(
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


def _alter_column(element: AlterColumn, compiler: DDLCompiler) -> str:
    table = alter_table(compiler, element.table_name, element.schema)
    return f"{table} ALTER COLUMN {format_column_name(compiler, element.column_name)}"


def _null(takes: bool) -> str:
    return "NULL" if takes else "NOT NULL"


def _literal(compiler: DDLCompiler, text: str) -> str:
    """Return text as a literal, with the prefix N if it has non-ASCII characters.

    Source: "Constants" in the T-SQL reference: without N, characters that are not in the code page
    of the database become question marks.
    """
    literal = compiler.sql_compiler.render_literal_value(text, String())
    return literal if text.isascii() else f"N{literal}"
