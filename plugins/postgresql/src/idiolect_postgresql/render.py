"""Renders PostgreSQL-specific objects: domains, EXCLUDE constraints, indexed expressions.

Used by the impl and the plugin while a revision is generated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column
from sqlalchemy.sql.elements import Case, ColumnClause, Grouping, UnaryExpression

from idiolect_postgresql.shared import DOMAIN_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.dialects.postgresql import DOMAIN, ENUM, ExcludeConstraint
    from sqlalchemy.sql.elements import ClauseElement

    from idiolect.autogenerate.context import AutogenContext
    from idiolect_postgresql.operations import CreateExcludeConstraintOp

_OF_EXCLUDE = ("where", "deferrable", "initially", "using", "ops")


def in_brackets(expression: ClauseElement) -> ClauseElement:
    """Return an expression as CREATE INDEX requires it: in parentheses, except columns and calls.

    Source: "CREATE INDEX" in PostgreSQL's manual, parameter *expression*.
    """
    if isinstance(expression, ColumnClause):
        return expression
    if isinstance(expression, Case):
        return Grouping(expression)
    if isinstance(expression, UnaryExpression) and expression.modifier is not None:
        # DESC and NULLS FIRST follow the parentheses.
        inner: Any = in_brackets(expression.element)
        return UnaryExpression(inner, modifier=expression.modifier)
    return expression.self_group()


def render_domain(type_: DOMAIN, autogen_context: AutogenContext) -> str:
    """Return the code of a domain, whose ``repr()`` only shows its name and type."""
    from idiolect.autogenerate import render

    prefix = render.dialect_prefix(autogen_context, "postgresql")
    arguments = [repr(render.ident(type_.name)), render.repr_type(type_.data_type, autogen_context)]
    for name in DOMAIN_OPTIONS:
        value = getattr(type_, name, None)
        if value is not None and value is not False:
            code = render.value_text(
                value,
                autogen_context,
                wrap_in_element=name != "check",
                is_server_default=name == "default",
            )
            arguments.append(f"{name}={code}")
    if not type_.create_type:
        arguments.append("create_type=False")
    return f"{prefix}DOMAIN({', '.join(arguments)})"


def render_enum(type_: ENUM, autogen_context: AutogenContext) -> str:
    """Return the code of an enum type with create_type=False, which SQLAlchemy 2.0 omits."""
    from idiolect.autogenerate import render

    text: str = render.plain_type(type_, autogen_context)
    return text if "create_type=" in text else f"{text.removesuffix(')')}, create_type=False)"


def render_exclude(constraint: ExcludeConstraint, autogen_context: AutogenContext) -> str | None:
    """Return the code of an EXCLUDE constraint inside of a table; None omits it."""
    from idiolect.autogenerate import render

    given = render.user_defined_render("exclude", constraint, autogen_context)
    if given is not False:
        return given
    rendered: Any = constraint._render_exprs  # noqa: SLF001 - its elements in order, nowhere public
    pairs = [(expression, operator) for expression, _name, operator in rendered]
    options = {name: getattr(constraint, name, None) for name in _OF_EXCLUDE}
    arguments = [*_pairs(pairs, autogen_context), *_options(options, autogen_context)]
    if isinstance(constraint.name, str):
        arguments.append(f"name={render.name_text(autogen_context, constraint.name)}")
    prefix = render.dialect_prefix(autogen_context, "postgresql")
    return f"{prefix}ExcludeConstraint({', '.join(arguments)})"


def render_create_exclude(
    op: CreateExcludeConstraintOp, autogen_context: AutogenContext
) -> list[str]:
    """Return the code that adds an EXCLUDE constraint."""
    from idiolect.autogenerate import render

    in_batch = autogen_context._has_batch  # noqa: SLF001 - the context's state for renderers
    arguments = [render.name_text(autogen_context, op.constraint_name)]
    if not in_batch:
        arguments.append(repr(render.ident(op.table_name)))
    arguments += _pairs(op.elements, autogen_context)
    options = {"where": op.where, **op.kw}
    arguments += _options({name: options.get(name) for name in _OF_EXCLUDE}, autogen_context)
    if op.schema and not in_batch:
        arguments.append(f"schema={render.ident(op.schema)!r}")
    prefix = render.directive_prefix(autogen_context)
    return [f"{prefix}create_exclude_constraint({', '.join(arguments)})"]


def _pairs(pairs: Iterable[tuple[Any, str]], autogen_context: AutogenContext) -> list[str]:
    return [f"({_element(what, autogen_context)}, {operator!r})" for what, operator in pairs]


def _element(what: Any, autogen_context: AutogenContext) -> str:
    from idiolect.autogenerate import render

    if isinstance(what, (Column, ColumnClause)):
        name = render.ident(what.name)
        element = "literal_column" if getattr(what, "is_literal", False) else "column"
        return f"{render.sqlalchemy_prefix(autogen_context)}{element}({name!r})"
    return render.value_text(what, autogen_context)


def _options(options: dict[str, Any], autogen_context: AutogenContext) -> list[str]:
    from idiolect.autogenerate import render

    given = {
        name: value
        for name, value in options.items()
        if value is not None and value not in ({}, "")
    }
    return render.keyword_items(autogen_context, given)
