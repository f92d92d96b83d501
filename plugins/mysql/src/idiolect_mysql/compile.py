"""MySQL's and MariaDB's SQL for changing columns and dropping constraints.

Registered when the module is imported; the impl creates the statements.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import DropConstraint
from sqlalchemy.types import to_instance

from idiolect.ddl.base import (
    AddColumn,
    AlterColumn,
    ColumnComment,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    alter_column,
    alter_table,
    format_column_name,
    format_server_default,
    format_table_name,
    format_type,
    in_order_of_creation,
)
from idiolect.ddl.base import visit_add_column as visit_common_add_column
from idiolect.errors import OperationError

if TYPE_CHECKING:
    from typing import Literal

    from sqlalchemy.sql.compiler import DDLCompiler
    from sqlalchemy.types import TypeEngine

    from idiolect.ddl.base import ServerDefault

DIALECTS = ("mysql", "mariadb")


_NO_DEFAULT = re.compile(r"^DEFAULT NULL (?=ON UPDATE\b)", re.IGNORECASE)


class NotOnMySQLError(OperationError, NotImplementedError):
    """MySQL and MariaDB do not support the statement."""


class TypeMissingError(OperationError):
    """A column has to be redefined, but its type is not given."""


class MySQLAlterDefault(AlterColumn):
    """Set the default, or drop it (None), without redefining the column.

    Args:
        name: the table's name.
        column_name: the column.
        default: the new default.
        schema: the table's schema.
    """

    def __init__(
        self,
        name: str,
        column_name: str,
        default: ServerDefault | None,
        schema: str | None = None,
    ) -> None:
        super().__init__(name, column_name, schema=schema)
        self.default = default


class MySQLChangeColumn(AlterColumn):
    """Redefine the column, optionally with another name; properties not given are lost.

    Args:
        name: the table's name.
        column_name: the column's current name.
        schema: the table's schema.
        newname: the new name; None keeps it.
        type_: its type.
        nullable: whether to allow NULL; None uses the database's default, which is yes.
        default: its default, or a Computed; None and False are none.
        autoincrement: whether it is AUTO_INCREMENT.
        comment: its comment; None and False are none.

    Raises:
        TypeMissingError: there is no ``type_``.
    """

    def __init__(  # noqa: PLR0917 - documented order
        self,
        name: str,
        column_name: str,
        schema: str | None = None,
        newname: str | None = None,
        type_: TypeEngine[Any] | None = None,
        nullable: bool | None = None,
        default: ServerDefault | Literal[False] | None = False,
        autoincrement: bool | None = None,
        comment: str | Literal[False] | None = False,
    ) -> None:
        super().__init__(name, column_name, schema=schema)
        if type_ is None:
            raise TypeMissingError(
                "All MySQL CHANGE/MODIFY COLUMN operations require the existing type. Give "
                f"existing_type, or type_ (column {column_name!r} of table {name!r})."
            )
        self.newname = column_name if newname is None else newname
        self.type_ = to_instance(type_)
        self.nullable = nullable
        self.default = default
        self.autoincrement = autoincrement
        self.comment = comment


class MySQLModifyColumn(MySQLChangeColumn):
    """Redefine the column without renaming it."""


class MySQLDropConstraint(DropConstraint):
    """Drop a constraint with the syntax for its kind."""


@compiles(AddColumn, *DIALECTS)
def visit_add_column(element: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the column; for MariaDB, named checks follow it.

    Source: "CREATE TABLE" in MariaDB's documentation, Constraint Expressions: a CHECK inside of a
    column's definition has no name.
    """
    text = visit_common_add_column(element, compiler, **kw)
    if not is_mariadb(compiler):
        return text
    for check in in_order_of_creation(element.column.constraints):
        clause = compiler.process(check)
        if clause.startswith("CONSTRAINT "):
            text = f"{text.replace(f' {clause}', '', 1)}, ADD {clause}"
    return text


@compiles(MySQLAlterDefault, *DIALECTS)
def visit_alter_default(element: MySQLAlterDefault, compiler: DDLCompiler, **kw: Any) -> str:
    """Render only the default.

    Source: "ALTER TABLE Statement" in MySQL's reference manual, SET DEFAULT.
    """
    table = alter_table(compiler, element.table_name, element.schema)
    column = alter_column(compiler, element.column_name)
    if element.default is None:
        return f"{table} {column} DROP DEFAULT"
    return f"{table} {column} SET DEFAULT {format_server_default(compiler, element.default)}"


@compiles(MySQLChangeColumn, *DIALECTS)
def visit_change_column(element: MySQLChangeColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Render both names and the whole definition.

    Source: "ALTER TABLE Statement" in MySQL's reference manual, CHANGE.
    """
    names = f"{_column(element, compiler)} {format_column_name(compiler, element.newname)}"
    return f"{_table(element, compiler)} CHANGE {names} {_definition(element, compiler)}"


@compiles(MySQLModifyColumn, *DIALECTS)
def visit_modify_column(element: MySQLModifyColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the name and the whole definition.

    Source: "ALTER TABLE Statement" in MySQL's reference manual, MODIFY.
    """
    column = _column(element, compiler)
    return f"{_table(element, compiler)} MODIFY {column} {_definition(element, compiler)}"


def _table(element: AlterColumn, compiler: DDLCompiler) -> str:
    return alter_table(compiler, element.table_name, element.schema)


def _column(element: AlterColumn, compiler: DDLCompiler) -> str:
    return format_column_name(compiler, element.column_name)


def _definition(element: MySQLChangeColumn, compiler: DDLCompiler) -> str:
    """Return a column's definition without its name."""
    parts = [format_type(compiler, element.type_)]
    if isinstance(element.default, Computed):
        parts.append(compiler.process(element.default))
        if element.nullable is False and not is_mariadb(compiler):
            parts.append("NOT NULL")
    else:
        parts.append("NOT NULL" if element.nullable is False else "NULL")
        if element.autoincrement:
            parts.append("AUTO_INCREMENT")
        if element.default is not None and element.default is not False:
            default = f"DEFAULT {format_server_default(compiler, element.default)}"
            # A reflected ON UPDATE without a default comes after NULL.
            parts.append(_NO_DEFAULT.sub("", default) if element.nullable is False else default)
    if isinstance(element.comment, str):
        literal = compiler.sql_compiler.render_literal_value(element.comment, String())
        parts.append(f"COMMENT {literal}")
    return " ".join(parts)


def is_mariadb(compiler: DDLCompiler) -> bool:
    """Return whether the server, if known, is MariaDB: URLs may use mysql for it.

    MariaDB does not accept NOT NULL after a generated column, and has no DROP CHECK.
    """
    return bool(getattr(compiler.dialect, "is_mariadb", False))


@compiles(MySQLDropConstraint, *DIALECTS)
def visit_drop_constraint(element: MySQLDropConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the syntax for the kind of constraint.

    Source: "ALTER TABLE Statement" in MySQL's reference manual, version 8.0.16, DROP CHECK; "ALTER
    TABLE" in MariaDB's, DROP CONSTRAINT.

    Raises:
        NotOnMySQLError: the kind is unknown.
    """
    constraint: Any = element.element
    schema = constraint.table.schema
    table = f"ALTER TABLE {format_table_name(compiler, constraint.table.name, schema)}"
    preparer: Any = compiler.preparer
    if_exists = "IF EXISTS " if element.if_exists and is_mariadb(compiler) else ""
    if isinstance(constraint, PrimaryKeyConstraint):
        if if_exists:
            # DROP PRIMARY KEY does not accept IF EXISTS; the key has this name in every table.
            return f"{table} DROP CONSTRAINT IF EXISTS {preparer.quote_identifier('PRIMARY')}"
        return f"{table} DROP PRIMARY KEY"
    name = preparer.format_constraint(constraint)
    return f"{table} DROP {_kind(constraint, compiler)} {if_exists}{name}"


def _kind(constraint: Any, compiler: DDLCompiler) -> str:
    if isinstance(constraint, ForeignKeyConstraint):
        return "FOREIGN KEY"
    if isinstance(constraint, UniqueConstraint):
        return "INDEX"
    if isinstance(constraint, CheckConstraint):
        return "CONSTRAINT" if is_mariadb(compiler) else "CHECK"
    raise NotOnMySQLError(
        "No generic 'DROP CONSTRAINT' in MySQL - please specify constraint type (constraint "
        f"{constraint.name!r} on table {constraint.table.name!r}: type_ is 'check', 'foreignkey', "
        "'primary' or 'unique')"
    )


@compiles(ColumnNullable, *DIALECTS)
@compiles(ColumnName, *DIALECTS)
@compiles(ColumnDefault, *DIALECTS)
@compiles(ColumnType, *DIALECTS)
@compiles(ColumnComment, *DIALECTS)
def refuse_single_change(element: AlterColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Raise: the impl redefines the column as a whole instead.

    Raises:
        NotOnMySQLError: always.
    """
    raise NotOnMySQLError(
        "Individual alter column constructs not supported by MySQL (column "
        f"{element.column_name!r} of table {element.table_name!r}): alter_column() uses MODIFY "
        "and CHANGE"
    )
