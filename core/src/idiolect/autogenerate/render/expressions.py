"""Renders values, names and SQL expressions; the basis of all renderers.

Expressions are rendered as SQL text by the context's impl, so that the code does not depend on the
models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Column, SchemaItem
from sqlalchemy.sql import column
from sqlalchemy.sql.elements import ClauseElement, Label, conv, quoted_name

from idiolect.autogenerate.render.imports import directive_prefix, sqlalchemy_prefix
from idiolect.errors import CommandError
from idiolect.util.colons import escape_colons

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from idiolect.autogenerate.context import AutogenContext


def user_defined_render(
    type_: str, object_: Any, autogen_context: AutogenContext
) -> str | Literal[False] | None:
    """Return the result of the user's ``render_item``.

    Args:
        type_: ``column``, ``type``, ``server_default``, ``primary_key``, ``foreign_key``,
            ``unique``, ``check`` or ``exclude``.
        object_: the object to render.
        autogen_context: has the options.

    Returns:
        The code; None omits the object; False if the user leaves it to the default.

    Raises:
        CommandError: it returns anything else.
    """
    render = autogen_context.opts.get("render_item")
    answer: Any = render(type_, object_, autogen_context) if render else False
    if answer is False or answer is None or isinstance(answer, str):
        return answer
    raise CommandError(
        f"render_item {getattr(render, '__qualname__', render)!r} returned {answer!r} for the "
        f"{type_} {object_!r}; expected: Python code as a string, None to leave it out, or False "
        "to let Idiolect render it."
    )


def ident(name: Any) -> Any:
    """Return a name whose ``repr()`` is the code to write."""
    return str(name) if type(name) is quoted_name else name


def name_text(autogen_context: AutogenContext, name: Any) -> str:
    """Return the code of a constraint's or index's name.

    Names created by a naming convention are marked with ``op.f()``, so that it is not applied
    again.
    """
    if isinstance(name, conv):
        return f"{directive_prefix(autogen_context)}f({str(name)!r})"
    return repr(ident(name)) if isinstance(name, str) else "None"


def sql_text(
    autogen_context: AutogenContext,
    expression: ClauseElement,
    *,
    is_server_default: bool = False,
    is_index: bool = False,
    escape: bool = True,
) -> str:
    r"""Return the SQL of an expression in the context's dialect.

    Args:
        autogen_context: its impl renders it.
        expression: anything that SQLAlchemy can compile.
        is_server_default: it is a column's default.
        is_index: it is an element of an index.
        escape: write ``\:`` where SQLAlchemy's text() would find a parameter.
    """
    kw = {"is_index": True} if is_index else {}
    sql = autogen_context.migration_context.impl.render_ddl_sql_expr(
        expression, is_server_default=is_server_default, **kw
    )
    return escape_colons(sql) if escape else sql


def value_text(
    value: Any,
    autogen_context: AutogenContext,
    *,
    wrap_in_element: bool = True,
    is_server_default: bool = False,
    is_index: bool = False,
) -> str:
    """Return the code of any value.

    Args:
        value: expressions become SQL; columns in a list become their names.
        autogen_context: the context.
        wrap_in_element: wrap SQL in ``sa.text(...)``, in an index ``sa.literal_column(...)``;
            otherwise it is rendered as a string.
        is_server_default: see :func:`sql_text`.
        is_index: see :func:`sql_text`.
    """
    if not isinstance(value, ClauseElement) or isinstance(value, SchemaItem):
        return repr(_plain(value))
    label = ""
    if is_index and isinstance(value, Label):
        label = f".label({str(value.name)!r})"
        value = value.element
    literal = is_index and wrap_in_element
    sql = sql_text(
        autogen_context,
        value,
        is_server_default=is_server_default,
        is_index=is_index,
        escape=not literal,
    )
    if not wrap_in_element:
        return repr(sql)
    element = "literal_column" if literal else "text"
    return f"{sqlalchemy_prefix(autogen_context)}{element}({sql!r}){label}"


def keyword_items(autogen_context: AutogenContext, keywords: Mapping[str, Any]) -> list[str]:
    """Return ``name=value`` strings for keyword arguments, in their order."""
    return [
        f"{name}={_option(_expression(value), autogen_context)}" for name, value in keywords.items()
    ]


def _expression(value: Any) -> Any:
    """Return a column that is a condition by itself as an expression, not as a name."""
    return column(value.name, value.type) if isinstance(value, Column) else value


def _option(value: Any, autogen_context: AutogenContext) -> str:
    if isinstance(value, dict) and _has_expression(value.values()):
        pairs = [f"{key!r}: {_option(one, autogen_context)}" for key, one in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, (list, tuple)) and _has_expression(value):
        items = ", ".join(_option(one, autogen_context) for one in value)
        if isinstance(value, tuple):
            return f"({items},)" if len(value) == 1 else f"({items})"
        return f"[{items}]"
    return value_text(value, autogen_context)


def _has_expression(values: Any) -> bool:
    return any(isinstance(value, (ClauseElement, list, tuple, dict)) for value in values)


def _plain(value: Any) -> Any:
    if isinstance(value, Column):
        return str(value.name)
    return ident(value)
