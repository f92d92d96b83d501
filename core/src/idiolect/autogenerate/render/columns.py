"""Renders columns, their defaults and the operations on them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Computed, DefaultClause, Identity
from sqlalchemy.schema import FetchedValue
from sqlalchemy.sql.elements import ClauseElement

from idiolect.autogenerate.render.constraints import render_constraint
from idiolect.autogenerate.render.expressions import (
    ident,
    keyword_items,
    user_defined_render,
    value_text,
)
from idiolect.autogenerate.render.imports import directive_prefix, sqlalchemy_prefix
from idiolect.autogenerate.render.types import repr_type
from idiolect.ddl.base import in_order_of_creation

if TYPE_CHECKING:
    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.altercolumn import AlterColumnOp
    from idiolect.operations.ops.columns import AddColumnOp, DropColumnOp

#: Keyword arguments of Identity, in SQLAlchemy's order.
_IDENTITY_OPTIONS = tuple(inspect.signature(Identity).parameters)
#: Dialect options since SQLAlchemy 2.1.
_FORMER_OPTIONS = ("on_null", "order")


def render_column(
    column: Column[Any], autogen_context: AutogenContext, *, with_checks: bool = False
) -> str | None:
    """Return the code of a column; None if the user omits it.

    Its foreign keys and constraints are rendered with the table, its index as an operation.

    Args:
        column: the column.
        autogen_context: the context.
        with_checks: include the checks given to the column.
    """
    rendered = user_defined_render("column", column, autogen_context)
    if rendered is not False:
        return rendered
    keywords: list[str] = []
    default = render_server_default(column.server_default, autogen_context)
    args = [repr(ident(column.name)), repr_type(column.type, autogen_context)]
    if default and is_positional(column.server_default):
        args.append(default)
    elif default:
        keywords.append(f"server_default={default}")
    for check in in_order_of_creation(column.constraints) if with_checks else ():
        args += filter(None, [render_constraint(check, autogen_context, None)])
    if column.autoincrement != "auto":
        keywords.append(f"autoincrement={column.autoincrement!r}")
    if column.nullable is not None:
        keywords.append(f"nullable={column.nullable!r}")
    if column.system:
        keywords.append(f"system={column.system!r}")
    if column.comment is not None:
        keywords.append(f"comment={column.comment!r}")
    keywords += keyword_items(autogen_context, column.dialect_kwargs)
    return f"{sqlalchemy_prefix(autogen_context)}Column({', '.join([*args, *keywords])})"


def is_positional(server_default: Any) -> bool:
    """Return whether a default is a positional argument of Column."""
    return isinstance(server_default, (Computed, Identity))


def render_server_default(
    default: Any, autogen_context: AutogenContext, repr_: bool = True
) -> str | None:
    """Return the code of a server default.

    Args:
        default: a column's ``server_default``, or a valid value for it.
        autogen_context: the context.
        repr_: quote a string; otherwise it is returned unchanged.

    Returns:
        The code; None if there is no default, or the user omits it.
    """
    if default is None:
        return None
    rendered = user_defined_render("server_default", default, autogen_context)
    if rendered is not False:
        return rendered
    if isinstance(default, Computed):
        return render_computed(default, autogen_context)
    if isinstance(default, Identity):
        return render_identity(default, autogen_context)
    if isinstance(default, DefaultClause):
        default = default.arg
    if isinstance(default, str):
        return repr(ident(default)) if repr_ else default
    if isinstance(default, ClauseElement):
        return value_text(default, autogen_context, is_server_default=True)
    if isinstance(default, FetchedValue):
        return render_fetched_value(autogen_context)
    return repr(default)


def render_fetched_value(autogen_context: AutogenContext) -> str:
    """Return the code of a FetchedValue default."""
    return f"{sqlalchemy_prefix(autogen_context)}FetchedValue()"


def render_computed(computed: Computed, autogen_context: AutogenContext) -> str:
    """Return the code of a computed column's expression."""
    sql = value_text(computed.sqltext, autogen_context, wrap_in_element=False)
    stored = "" if computed.persisted is None else f"persisted={computed.persisted}"
    return f"{sqlalchemy_prefix(autogen_context)}Computed({sql}, {stored})"


def render_identity(identity: Identity, autogen_context: AutogenContext) -> str:
    """Return the code of a column's identity."""
    by_dialect = getattr(identity, "dialect_kwargs", None)
    passed = () if by_dialect is None else _FORMER_OPTIONS
    options = {
        name: getattr(identity, name, None) for name in _IDENTITY_OPTIONS if name not in passed
    }
    keywords = [
        f"{name}={value!r}"
        for name, value in options.items()
        if value is not None or name == "always"
    ]
    keywords += keyword_items(autogen_context, by_dialect or {})
    return f"{sqlalchemy_prefix(autogen_context)}Identity({', '.join(keywords)})"


def add_column(autogen_context: AutogenContext, op: AddColumnOp) -> str:
    """Return the code that adds a column; empty if the user omits the column."""
    column = render_column(op.column, autogen_context, with_checks=True)
    if column is None:
        return ""
    keywords: dict[str, Any] = {
        "if_not_exists": op.if_not_exists,
        "inline_references": op.inline_references,
        "inline_primary_key": op.inline_primary_key,
    }
    return _call(autogen_context, "add_column", op, [column], keywords)


def drop_column(autogen_context: AutogenContext, op: DropColumnOp) -> str:
    """Return the code that drops a column."""
    name = repr(ident(op.column_name))
    return _call(autogen_context, "drop_column", op, [name], {"if_exists": op.if_exists, **op.kw})


def _call(
    autogen_context: AutogenContext,
    directive: str,
    op: AddColumnOp | DropColumnOp,
    args: list[str],
    keywords: dict[str, Any],
) -> str:
    if not autogen_context._has_batch:  # noqa: SLF001 - the context's state for renderers
        args = [repr(ident(op.table_name)), *args]
        if op.schema:
            args.append(f"schema={ident(op.schema)!r}")
        args += [f"{name}={value!r}" for name, value in keywords.items() if value is not None]
    return f"{directive_prefix(autogen_context)}{directive}({', '.join(args)})"


def alter_column(autogen_context: AutogenContext, op: AlterColumnOp) -> str:
    """Return the code that changes a column, with one argument per line."""
    in_batch = autogen_context._has_batch  # noqa: SLF001 - as above
    place = [] if in_batch else [repr(ident(op.table_name))]
    lines = [", ".join([*place, repr(ident(op.column_name))])]
    for name, value in _changes(autogen_context, op):
        lines.append(f"{name}={value}")
    if op.schema and not in_batch:
        lines.append(f"schema={ident(op.schema)!r}")
    arguments = ",\n           ".join(lines)
    return f"{directive_prefix(autogen_context)}alter_column({arguments})"


def _changes(autogen_context: AutogenContext, op: AlterColumnOp) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if op.existing_type is not None:
        found.append(("existing_type", repr_type(op.existing_type, autogen_context)))
    if op.modify_server_default is not False:
        default = render_server_default(op.modify_server_default, autogen_context)
        found.append(("server_default", str(default)))
    return found + _new_facts(autogen_context, op) + _options(autogen_context, op)


def _new_facts(autogen_context: AutogenContext, op: AlterColumnOp) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if op.modify_name is not None:
        found.append(("new_column_name", repr(ident(op.modify_name))))
    if op.modify_type is not None:
        found.append(("type_", repr_type(op.modify_type, autogen_context)))
    if op.modify_nullable is not None:
        found.append(("nullable", repr(op.modify_nullable)))
    if op.modify_comment is not False:
        found.append(("comment", repr(op.modify_comment)))
    if op.existing_comment is not None:
        found.append(("existing_comment", repr(op.existing_comment)))
    if op.modify_nullable is None and op.existing_nullable is not None:
        found.append(("existing_nullable", repr(op.existing_nullable)))
    if "autoincrement" in op.kw:
        found.append(("autoincrement", repr(op.kw["autoincrement"])))
    if op.modify_server_default is False or op.names_existing_default or _was_identity(op):
        default = _existing_default(autogen_context, op)
        found += [("existing_server_default", default)] if default else []
    return found


def _was_identity(op: AlterColumnOp) -> bool:
    """Return whether an identity is changed or dropped; this is not rendered like a default.

    Comparisons know whether the column allows NULL; for other operations nothing is added.
    """
    if not isinstance(op.existing_server_default, Identity):
        return False
    return op.modify_server_default is not None or op.existing_nullable is not None


def _existing_default(autogen_context: AutogenContext, op: AlterColumnOp) -> str | None:
    if op.existing_server_default is None or op.existing_server_default is False:
        return None
    return render_server_default(op.existing_server_default, autogen_context)


def _options(autogen_context: AutogenContext, op: AlterColumnOp) -> list[tuple[str, str]]:
    """Return the dialect options among the operation's other arguments."""
    own = ("autoincrement", "existing_", "modify_")
    return [
        (name, value_text(value, autogen_context))
        for name, value in op.kw.items()
        if not name.startswith(own)
    ]
