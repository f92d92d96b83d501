"""DDL constructs that SQLAlchemy lacks, rendered as most databases accept them.

Impls execute them; plugins override the rendering with ``@compiles(..., "<dialect>")``. The
``format_*`` and clause functions are shared by both. Nothing is executed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String
from sqlalchemy.exc import CompileError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import Column
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.types import to_instance

from idiolect.ddl.lookup import import_compilers
from idiolect.errors import OperationError
from idiolect.util.langhelpers import not_none

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal, TypeAlias

    from sqlalchemy import Computed, FetchedValue, ForeignKey, Identity
    from sqlalchemy.sql.compiler import Compiled, DDLCompiler
    from sqlalchemy.sql.elements import ColumnElement, TextClause
    from sqlalchemy.types import TypeEngine

    from idiolect.ddl.impl import DefaultImpl

    ServerDefault: TypeAlias = FetchedValue | str | TextClause | ColumnElement[Any]


class AlterTable(ExecutableDDLElement):
    """A statement about a table that is only known by name.

    Args:
        table_name: the table's current name.
        schema: its schema; None is the connection's default schema.
    """

    def __init__(self, table_name: str, schema: str | None = None) -> None:
        self.table_name = table_name
        self.schema = schema


class RenameTable(AlterTable):
    """``ALTER TABLE ... RENAME TO``; the table stays in its schema."""

    def __init__(self, old_table_name: str, new_table_name: str, schema: str | None = None) -> None:
        super().__init__(old_table_name, schema=schema)
        self.new_table_name = new_table_name


class AddColumn(AlterTable):
    """``ALTER TABLE ... ADD COLUMN``.

    Args:
        name: the table's name.
        column: the new column, attached to a table whose metadata contains the tables it refers
            to.
        schema: the table's schema.
        if_not_exists: render ``IF NOT EXISTS``.
        inline_references: render a sole foreign key as part of the column's definition.
        inline_primary_key: render ``PRIMARY KEY`` as part of the definition of a primary key
            column.
    """

    def __init__(  # noqa: PLR0917 - documented order
        self,
        name: str,
        column: Column[Any],
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        super().__init__(name, schema=schema)
        self.column = column
        self.if_not_exists = if_not_exists
        self.inline_references = inline_references
        self.inline_primary_key = inline_primary_key


class DropColumn(AlterTable):
    """``ALTER TABLE ... DROP COLUMN``.

    Args:
        name: the table's name.
        column: the column; only its name is used.
        schema: the table's schema.
        if_exists: render ``IF EXISTS``.
    """

    def __init__(
        self,
        name: str,
        column: Column[Any],
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        super().__init__(name, schema=schema)
        self.column = column
        self.if_exists = if_exists


class AlterColumn(AlterTable):
    """A statement about a column of a table that is only known by name.

    Args:
        name: the table's name.
        column_name: the column's current name.
        schema: the table's schema.
        existing_type: the current type, if known.
        existing_nullable: whether NULL is allowed at present, if known.
        existing_server_default: the current default, if known.
        existing_comment: the current comment, if known.
    """

    def __init__(  # noqa: PLR0917 - documented order
        self,
        name: str,
        column_name: str,
        schema: str | None = None,
        existing_type: TypeEngine[Any] | None = None,
        existing_nullable: bool | None = None,
        existing_server_default: ServerDefault | Literal[False] | None = None,
        existing_comment: str | None = None,
    ) -> None:
        super().__init__(name, schema=schema)
        self.column_name = column_name
        self.existing_type = None if existing_type is None else to_instance(existing_type)
        self.existing_nullable = existing_nullable
        self.existing_server_default = existing_server_default
        self.existing_comment = existing_comment


class ColumnNullable(AlterColumn):
    """Allow or forbid NULL; for the other arguments see :class:`AlterColumn`."""

    def __init__(self, name: str, column_name: str, nullable: bool, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.nullable = nullable


class ColumnType(AlterColumn):
    """Change the type; for the other arguments see :class:`AlterColumn`."""

    def __init__(self, name: str, column_name: str, type_: TypeEngine[Any], **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.type_ = to_instance(type_)


class ColumnName(AlterColumn):
    """Rename the column; for the other arguments see :class:`AlterColumn`."""

    def __init__(self, name: str, column_name: str, newname: str, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.newname = newname


class ColumnDefault(AlterColumn):
    """Set the default, or drop it (None); for the other arguments see :class:`AlterColumn`."""

    def __init__(
        self, name: str, column_name: str, default: ServerDefault | None, **kw: Any
    ) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default


class ComputedColumnDefault(AlterColumn):
    """Set the computed expression, or drop it (None); see :class:`AlterColumn`."""

    def __init__(self, name: str, column_name: str, default: Computed | None, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default


class IdentityColumnDefault(AlterColumn):
    """Set, change or drop (None) the identity of a column.

    Args:
        name: the table's name.
        column_name: the column.
        default: the new identity.
        impl: the impl of the database.
        kw: see :class:`AlterColumn`.
    """

    def __init__(
        self, name: str, column_name: str, default: Identity | None, impl: DefaultImpl, **kw: Any
    ) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default
        self.impl = impl


class ColumnComment(AlterColumn):
    """Set the comment, or drop it (None); for the other arguments see :class:`AlterColumn`."""

    def __init__(self, name: str, column_name: str, comment: str | None, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.comment = comment


@compiles(RenameTable)
def visit_rename_table(element: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new name with its schema, as most databases accept it."""
    old = alter_table(compiler, element.table_name, element.schema)
    new = format_table_name(compiler, element.new_table_name, element.schema)
    return f"{old} RENAME TO {new}"


@compiles(AddColumn)
def visit_add_column(element: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the column and its inline constraints."""
    table = alter_table(compiler, element.table_name, element.schema)
    clause = add_column(
        compiler,
        element.column,
        if_not_exists=element.if_not_exists,
        inline_references=element.inline_references,
        inline_primary_key=element.inline_primary_key,
        **kw,
    )
    return f"{table} {clause}"


@compiles(DropColumn)
def visit_drop_column(element: DropColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the column's name."""
    table = alter_table(compiler, element.table_name, element.schema)
    clause = drop_column(compiler, element.column.name, if_exists=element.if_exists, **kw)
    return f"{table} {clause}"


@compiles(ColumnNullable)
def visit_column_nullable(element: ColumnNullable, compiler: DDLCompiler, **kw: Any) -> str:
    """Render SET or DROP NOT NULL."""
    word = "DROP" if element.nullable else "SET"
    return f"{_alter(element, compiler)} {word} NOT NULL"


@compiles(ColumnType)
def visit_column_type(element: ColumnType, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new type."""
    return f"{_alter(element, compiler)} TYPE {format_type(compiler, element.type_)}"


@compiles(ColumnName)
def visit_column_name(element: ColumnName, compiler: DDLCompiler, **kw: Any) -> str:
    """Render both names."""
    table = alter_table(compiler, element.table_name, element.schema)
    old = format_column_name(compiler, element.column_name)
    return f"{table} RENAME {old} TO {format_column_name(compiler, element.newname)}"


@compiles(ColumnDefault)
def visit_column_default(element: ColumnDefault, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the new default."""
    if element.default is None:
        return f"{_alter(element, compiler)} DROP DEFAULT"
    return f"{_alter(element, compiler)} SET DEFAULT " + format_server_default(
        compiler, element.default
    )


@compiles(ComputedColumnDefault)
def visit_computed_column(element: ComputedColumnDefault, compiler: DDLCompiler, **kw: Any) -> str:
    """Raise: there is no standard SQL to make an existing column computed, or to undo it."""
    raise CompileError(
        'Adding or removing a "computed" construct, e.g. GENERATED ALWAYS AS, to or from an '
        "existing column is not supported. Drop the column and add it again."
    )


@compiles(IdentityColumnDefault)
def visit_identity_column(element: IdentityColumnDefault, compiler: DDLCompiler, **kw: Any) -> str:
    """Raise: there is no standard SQL for it."""
    raise CompileError(
        'Adding, removing or modifying an "identity" construct, e.g. GENERATED AS IDENTITY, to or '
        "from an existing column is not supported in this dialect."
    )


@compiles(ColumnComment)
def visit_column_comment(element: ColumnComment, compiler: DDLCompiler, **kw: Any) -> str:
    """Render the comment as a separate statement."""
    table = format_table_name(compiler, element.table_name, element.schema)
    column = format_column_name(compiler, element.column_name)
    comment = "NULL"
    if element.comment is not None:
        comment = compiler.sql_compiler.render_literal_value(element.comment, String())
    return f"COMMENT ON COLUMN {table}.{column} IS {comment}"


def alter_column(compiler: DDLCompiler, name: str) -> str:
    """Return the clause that alters a column, up to the change itself."""
    return f"ALTER COLUMN {format_column_name(compiler, name)}"


def _alter(element: AlterColumn, compiler: DDLCompiler) -> str:
    table = alter_table(compiler, element.table_name, element.schema)
    return f"{table} {alter_column(compiler, element.column_name)}"


def alter_table(compiler: Compiled, name: str, schema: str | None) -> str:
    """Return the beginning of a statement that alters a table."""
    return f"ALTER TABLE {format_table_name(compiler, name, schema)}"


def add_column(
    compiler: DDLCompiler,
    column: Column[Any],
    if_not_exists: bool | None = None,
    inline_references: bool | None = None,
    inline_primary_key: bool | None = None,
    **kw: Any,
) -> str:
    """Return the clause that adds a column, including its inline constraints."""
    parts = ["ADD COLUMN", *(["IF NOT EXISTS"] if if_not_exists else [])]
    parts.append(compiler.get_column_specification(column, first_pk=bool(inline_primary_key), **kw))
    if inline_primary_key and column.primary_key:
        parts.append("PRIMARY KEY")
    if inline_references and has_sole_foreign_key(column):
        parts.append(_references(compiler, next(iter(column.foreign_keys))))
    parts.extend(compiler.process(check) for check in in_order_of_creation(column.constraints))
    return " ".join(parts)


def drop_column(compiler: DDLCompiler, name: str, if_exists: bool | None = None, **kw: Any) -> str:
    """Return the clause that drops a column."""
    condition = "IF EXISTS " if if_exists else ""
    return f"DROP COLUMN {condition}{format_column_name(compiler, name)}"


def has_sole_foreign_key(column: Column[Any]) -> bool:
    """Return whether ``column`` has exactly one foreign key; only such a key can be inline."""
    return len(column.foreign_keys) == 1


def in_order_of_creation(items: Any) -> list[Any]:
    """Return schema items in the order of their creation; SQLAlchemy keeps them in sets."""
    return sorted(items, key=lambda item: item._creation_order)  # noqa: SLF001 - as SQLAlchemy sorts


def format_table_name(compiler: Compiled, name: str, schema: str | None) -> str:
    """Return a table's name, quoted if needed and qualified by its schema, if any."""
    quote = compiler.preparer.quote
    if not schema:
        return str(quote(name))
    return f"{quote_dotted(schema, quote)}.{quote(name)}"


def quote_dotted(name: str, quote: Callable[[str], str]) -> str:
    """Return a dotted name with each part quoted if needed.

    A ``quoted_name`` is treated as one part, including its dots.
    """
    if isinstance(name, quoted_name):
        return quote(name)
    return ".".join(quote(part) for part in name.split("."))


def format_column_name(compiler: Compiled, name: str) -> str:
    """Return a column's name, quoted if needed."""
    return str(compiler.preparer.quote(name))


def format_server_default(compiler: DDLCompiler, default: ServerDefault | None) -> str:
    """Return the expression after ``DEFAULT``.

    Args:
        compiler: of the dialect.
        default: the default as SQLAlchemy accepts it for a column.

    Raises:
        OperationError: there is none, as for ``FetchedValue()``.
    """
    column = Column("x", Integer, server_default=default)
    found = compiler.get_column_default_string(column)
    if found is None:
        raise OperationError(
            f"No default can be written as SQL: {default!r} is not one. If the operation drops a "
            f"default, the rules of the dialect {compiler.dialect.name!r} have no SQL for that: "
            "use op.execute()."
        )
    return found


def format_type(compiler: DDLCompiler, type_: TypeEngine[Any]) -> str:
    """Return a type as rendered by the dialect."""
    return compiler.dialect.type_compiler_instance.process(type_)


def _references(compiler: DDLCompiler, foreign_key: ForeignKey) -> str:
    # The foreign key of a table's column always has one.
    constraint = not_none(foreign_key.constraint)
    remote = foreign_key.column
    preparer = compiler.preparer
    define: Any = compiler.define_constraint_remote_table
    table = define(constraint, remote.table, preparer)
    text = f"REFERENCES {table} ({preparer.quote(remote.name)})"
    text += compiler.define_constraint_match(constraint)
    text += compiler.define_constraint_cascades(constraint)
    return text + compiler.define_constraint_deferrability(constraint)


# At the end, because the modules import what is defined above.
import_compilers()
