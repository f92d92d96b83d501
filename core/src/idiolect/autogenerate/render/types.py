"""Renders types, with the imports that they need.

Tried in this order: the user's ``render_item``, the hook ``render_type`` (whose default is the
impl), and the code here.
"""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import types as sqltypes
from sqlalchemy.exc import CompileError
from sqlalchemy.types import TypeDecorator, TypeEngine

from idiolect.autogenerate.render.expressions import user_defined_render
from idiolect.autogenerate.render.imports import prefix_of, sqlalchemy_prefix
from idiolect.hooks.dialects import hooks_for
from idiolect.util.compat import signature_of

if TYPE_CHECKING:
    from idiolect.autogenerate.context import AutogenContext

#: The MetaData of a type, shown by SQLAlchemy 2.0; useless in revisions.
_METADATA = re.compile(r", metadata=MetaData\(\)")
_KEYWORD = re.compile(r"(?<=[(\s])(\w+)=")


def repr_type(
    type_: TypeEngine[Any], autogen_context: AutogenContext, _skip_variants: bool = False
) -> str:
    """Return the code that creates a type.

    Args:
        type_: the type.
        autogen_context: the context; receives the imports.
        _skip_variants: omit variants for other dialects.
    """
    rendered = user_defined_render("type", type_, autogen_context)
    if rendered is not False:
        return str(rendered)
    if type_._variant_mapping and not _skip_variants:  # noqa: SLF001 - no public name
        return _with_variants(type_, autogen_context)
    dialect = autogen_context.dialect
    if dialect is not None:
        answer = hooks_for(dialect.name, subpackage="autogenerate").render_type(
            type_, autogen_context
        )
        if answer is not None:
            return answer
    return plain_type(type_, autogen_context)


def plain_type(type_: TypeEngine[Any], autogen_context: AutogenContext) -> str:
    """Return the code that creates a type, from its ``repr()``, without calling users or plugins.

    Nested types, such as the item type of an array, are rendered like any other type.
    """
    text = repr(type_)
    if isinstance(type_, TypeDecorator) and not _can_be_made(type_, text):
        # A revision needs the database's type, which is the decorated one.
        decorated = _decorated(type_, autogen_context)
        if decorated is not None:
            return repr_type(decorated, autogen_context)
    prefix = prefix_of(autogen_context, type_)
    name = type(type_).__name__
    if not type(type_).__module__.startswith("sqlalchemy."):
        return prefix + text
    if prefix == sqlalchemy_prefix(autogen_context) and _is_only_in_types(name):
        prefix += "types."
    for inner in _inner_types(type_, text):
        text = _with_inner(text, inner, autogen_context)
    return prefix + _METADATA.sub("", text)


def type_with_subtype(
    type_: TypeEngine[Any],
    autogen_context: AutogenContext,
    attrname: str,
    regexp: str,
    prefix: str | None = None,
) -> str | None:
    """Return the code of a type that contains another.

    Args:
        type_: the type.
        autogen_context: the context.
        attrname: the attribute with the other type.
        regexp: its only group matches the text before the other type in ``repr()``.
        prefix: the prefix of the type's name; None: determined by its module.

    Returns:
        The code; None if the pattern does not match.
    """
    inner = getattr(type_, attrname)
    pattern = re.compile(regexp + re.escape(repr(inner)))
    outer = repr(type_)
    if pattern.match(outer) is None:
        return None
    code = repr_type(inner, autogen_context)
    text = pattern.sub(lambda match: match[1] + code, outer)
    return (prefix_of(autogen_context, type_) if prefix is None else prefix) + text


def _with_variants(type_: TypeEngine[Any], autogen_context: AutogenContext) -> str:
    text = repr_type(type_, autogen_context, _skip_variants=True)
    for dialect in sorted(type_._variant_mapping):  # noqa: SLF001 - as above
        variant = repr_type(type_._variant_mapping[dialect], autogen_context)  # noqa: SLF001
        text += f".with_variant({variant}, {dialect!r})"
    return text


def _inner_types(type_: TypeEngine[Any], text: str) -> list[TypeEngine[Any]]:
    """Return the types that a type contains: passed to it, or its class's defaults."""
    own = vars(type_)
    named = {name: getattr(type_, name, None) for name in _KEYWORD.findall(text)}
    return [value for value in {**named, **own}.values() if isinstance(value, TypeEngine)]


def _with_inner(text: str, inner: TypeEngine[Any], autogen_context: AutogenContext) -> str:
    """Replace a type that occurs as an argument in ``text``."""
    argument = re.compile(
        r"(?<=[(=])" + re.escape(repr(inner)) + r"|(?<=, )" + re.escape(repr(inner))
    )
    if argument.search(text) is None:
        return text
    code = repr_type(inner, autogen_context)
    return argument.sub(lambda _match: code, text, count=1)


def _decorated(
    type_: TypeDecorator[Any], autogen_context: AutogenContext
) -> TypeEngine[Any] | None:
    """Return the type for the dialect; the generic type if that has no public name.

    None if the dialect has SQL of its own for the class, such as CrateDB for its vectors.
    """
    dialect = autogen_context.dialect
    native: TypeEngine[Any] = type_.load_dialect_impl(dialect)
    try:
        has_own_sql = type_.compile(dialect) != native.compile(dialect)
    except CompileError:  # such as a text that needs a length
        has_own_sql = False
    if has_own_sql:
        return None
    package = ".".join(type(native).__module__.split(".")[:3])
    if not hasattr(sys.modules[package], type(native).__name__):
        return native.as_generic()
    return native


def _can_be_made(type_: TypeDecorator[Any], text: str) -> bool:
    """Return whether the class accepts the arguments in its ``repr()``.

    SQLAlchemy shows those of the decorated type, unless the class defines ``__repr__``.
    """
    if type(type_).__repr__ is not TypeDecorator.__repr__:
        return True
    try:
        call = ast.parse(text, mode="eval").body
        if not isinstance(call, ast.Call):
            return True
        keywords = {one.arg: None for one in call.keywords if one.arg}
        signature_of(type(type_)).bind(*call.args, **keywords)
    except (SyntaxError, ValueError):
        return True
    except TypeError:
        return False
    return True


def _is_only_in_types(name: str) -> bool:
    return not hasattr(sqlalchemy, name) and hasattr(sqltypes, name)
