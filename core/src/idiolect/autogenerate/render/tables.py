"""Renders operations on tables and their comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column

from idiolect.autogenerate.render.columns import render_column
from idiolect.autogenerate.render.constraints import render_constraint
from idiolect.autogenerate.render.expressions import ident, value_text
from idiolect.autogenerate.render.imports import directive_prefix
from idiolect.operations.ops.tables import CreateTableOp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.comments import CreateTableCommentOp, DropTableCommentOp
    from idiolect.operations.ops.tables import DropTableOp, RenameTableOp


def add_table(autogen_context: AutogenContext, op: CreateTableOp) -> str:
    """Return the code that creates a table, with one column, constraint or option per line.

    Its indexes are separate operations. Uses the operation's ``to_table()``, which subclasses may
    override.
    """
    table = op.to_table()
    parts = _columns(autogen_context, op, table) + _constraints(autogen_context, op, table)
    items = ",\n".join(parts)
    # Programs set MAX_PYTHON_ARGS in the package.
    from idiolect.autogenerate import render

    if len(parts) > render.MAX_PYTHON_ARGS:
        items = f"*[{items}]"
    lines = ",\n".join(filter(None, [items, *_table_options(autogen_context, op, table)]))
    prefix = directive_prefix(autogen_context)
    return f"{prefix}create_table({ident(op.table_name)!r},\n{lines}\n)"


def _columns(autogen_context: AutogenContext, op: CreateTableOp, table: Table) -> list[str]:
    columns: Iterable[Any] = table.columns
    if type(op).to_table is CreateTableOp.to_table:
        # Not the copies: SQLAlchemy copies an Enum without its variants.
        columns = (item for item in op.columns if isinstance(item, Column))
    rendered = [render_column(column, autogen_context) for column in columns]
    return [code for code in rendered if code]


def _constraints(autogen_context: AutogenContext, op: CreateTableOp, table: Table) -> list[str]:
    """Return the constraints of the table, sorted: SQLAlchemy keeps them in a set."""
    namespace = op._namespace_metadata  # noqa: SLF001 - made for this renderer
    if namespace is None:
        namespace = table.metadata
    of_columns = (constraint for column in table.c for constraint in column.constraints)
    rendered = [
        render_constraint(constraint, autogen_context, namespace)
        for constraint in (*table.constraints, *of_columns)
        if not getattr(constraint, "_type_bound", False)
    ]
    return sorted(code for code in rendered if code)


def _table_options(autogen_context: AutogenContext, op: CreateTableOp, table: Table) -> list[str]:
    options: list[str] = []
    if op.schema:
        options.append(f"schema={ident(op.schema)!r}")
    if table.comment is not None:
        options.append(f"comment={table.comment!r}")
    if table.info:
        options.append(f"info={table.info!r}")
    options += [
        f"{name.replace(' ', '_')}={value_text(op.kw[name], autogen_context)}"
        for name in sorted(op.kw)
    ]
    prefixes = table._prefixes  # noqa: SLF001 - SQLAlchemy has no other way
    if prefixes:
        options.append(f"prefixes={list(prefixes)!r}")
    if op.if_not_exists is not None:
        options.append(f"if_not_exists={op.if_not_exists!r}")
    return options


def drop_table(autogen_context: AutogenContext, op: DropTableOp) -> str:
    """Return the code that drops a table."""
    arguments = [repr(ident(op.table_name))]
    if op.schema:
        arguments.append(f"schema={ident(op.schema)!r}")
    if op.if_exists is not None:
        arguments.append(f"if_exists={op.if_exists!r}")
    return f"{directive_prefix(autogen_context)}drop_table({', '.join(arguments)})"


def rename_table(autogen_context: AutogenContext, op: RenameTableOp) -> str:
    """Return the code that renames a table; a batch has no such directive."""
    arguments = [repr(ident(op.table_name)), repr(ident(op.new_table_name))]
    if op.schema:
        arguments.append(f"schema={ident(op.schema)!r}")
    prefix = directive_prefix(autogen_context, in_batch=False)
    return f"{prefix}rename_table({', '.join(arguments)})"


def create_table_comment(autogen_context: AutogenContext, op: CreateTableCommentOp) -> str:
    """Return the code that sets a table's comment, with one argument per line."""
    comment = [("", op.comment)]
    return _comment(autogen_context, "create_table_comment", op, comment)


def drop_table_comment(autogen_context: AutogenContext, op: DropTableCommentOp) -> str:
    """Return the code that removes a table's comment, with one argument per line."""
    return _comment(autogen_context, "drop_table_comment", op, [])


def _comment(
    autogen_context: AutogenContext,
    directive: str,
    op: CreateTableCommentOp | DropTableCommentOp,
    new: list[tuple[str, Any]],
) -> str:
    arguments = [*new, ("existing_comment=", op.existing_comment)]
    if not autogen_context._has_batch:  # noqa: SLF001 - the context's state for renderers
        arguments = [("", ident(op.table_name)), *arguments, ("schema=", ident(op.schema))]
    lines = ",\n".join(f"    {name}{value!r}" for name, value in arguments)
    return f"{directive_prefix(autogen_context)}{directive}(\n{lines}\n)"
