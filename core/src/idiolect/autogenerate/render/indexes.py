"""Renders operations on indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column

from idiolect.autogenerate.render.expressions import (
    ident,
    keyword_items,
    name_text,
    value_text,
)
from idiolect.autogenerate.render.imports import directive_prefix
from idiolect.operations.schemaobj import NamedText

if TYPE_CHECKING:
    from sqlalchemy import Index

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.indexes import CreateIndexOp, DropIndexOp


def add_index(autogen_context: AutogenContext, op: CreateIndexOp) -> str:
    """Return the code that creates an index; expressions are rendered as SQL.

    Uses the operation's ``to_index()``, which subclasses may override.
    """
    in_batch = autogen_context._has_batch  # noqa: SLF001 - the context's state for renderers
    index = op.to_index()
    name, schema = op.table_name, op.schema
    if index.table is not None:
        name, schema = index.table.name, index.table.schema
    arguments = [name_text(autogen_context, index.name)]
    if not in_batch:
        arguments.append(repr(ident(name)))
    arguments.append(f"[{', '.join(rendered_expressions(index, autogen_context))}]")
    arguments.append(f"unique={index.unique or False!r}")
    if schema and not in_batch:
        arguments.append(f"schema={ident(schema)!r}")
    others = {key: op.kw[key] for key in op.kw if key in {"quote", "info"}}
    arguments += keyword_items(autogen_context, {**index.kwargs, **others})
    if op.if_not_exists is not None:
        arguments.append(f"if_not_exists={op.if_not_exists!r}")
    return f"{directive_prefix(autogen_context)}create_index({', '.join(arguments)})"


def drop_index(autogen_context: AutogenContext, op: DropIndexOp) -> str:
    """Return the code that drops an index."""
    arguments = [name_text(autogen_context, op.index_name)]
    if not autogen_context._has_batch:  # noqa: SLF001 - as above
        arguments.append(f"table_name={ident(op.table_name)!r}")
        if op.schema:
            arguments.append(f"schema={ident(op.schema)!r}")
    # Dropping an index needs none of its options, except those of dialects.
    options = {name: value for name, value in op.kw.items() if name != "unique"}
    arguments += keyword_items(autogen_context, options)
    if op.if_exists is not None:
        arguments.append(f"if_exists={op.if_exists!r}")
    return f"{directive_prefix(autogen_context)}drop_index({', '.join(arguments)})"


def rendered_expressions(index: Index, autogen_context: AutogenContext) -> list[str]:
    """Return the code of an index's elements: column names, or SQL."""
    return [_part(expression, autogen_context) for expression in index.expressions]


def _part(expression: Any, autogen_context: AutogenContext) -> str:
    if isinstance(expression, Column):
        return repr(ident(expression.name))
    if isinstance(expression, NamedText):
        expression = expression.text
    return value_text(expression, autogen_context, is_index=True)
