"""Prefixes of names in rendered code, and the imports that the names need.

Import statements are added to ``autogen_context.imports``, from where the revision's template takes
them; nothing is imported here.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from idiolect.autogenerate.context import AutogenContext

_DIALECT_MODULE = re.compile(r"sqlalchemy\.dialects\.(\w+)")


def directive_prefix(autogen_context: AutogenContext, *, in_batch: bool = True) -> str:
    """Return the prefix of a directive: ``op.``, or ``batch_op.`` inside of a batch.

    Args:
        autogen_context: has options and state.
        in_batch: whether batches have the directive; if not, ``op.`` is used there, too.
    """
    if in_batch and autogen_context._has_batch:  # noqa: SLF001 - the context's documented state for renderers
        return "batch_op."
    return autogen_context.opts.get("alembic_module_prefix") or ""


def sqlalchemy_prefix(autogen_context: AutogenContext) -> str:
    """Return the prefix of a name of SQLAlchemy, such as ``sa.``."""
    return autogen_context.opts.get("sqlalchemy_module_prefix") or ""


def dialect_prefix(autogen_context: AutogenContext, name: str) -> str:
    """Return the prefix of a name in one of SQLAlchemy's dialects, and add its import."""
    autogen_context.imports.add(f"from sqlalchemy.dialects import {name}")
    return f"{name}."


def user_prefix(autogen_context: AutogenContext, target: object) -> str:
    """Return the prefix of a class that is not SQLAlchemy's.

    Args:
        autogen_context: its ``user_module_prefix`` is used if set; the template then has to
            import it.
        target: an instance of the class, whose module is otherwise the prefix and is imported.
    """
    given: str | None = autogen_context.opts.get("user_module_prefix")
    if given is not None:
        return given
    module = type(target).__module__
    if module in sys.modules and module != "__main__":
        autogen_context.imports.add(f"import {module}")
    return f"{module}.{_outer_classes(type(target))}"


def _outer_classes(cls: type) -> str:
    """Return the classes in which a class is nested, each followed by a dot."""
    outer, dot, _name = cls.__qualname__.rpartition(".")
    return "" if "<locals>" in outer else outer + dot


def prefix_of(autogen_context: AutogenContext, target: Any) -> str:
    """Return the prefix of an object's class, whether SQLAlchemy's or the user's."""
    module = type(target).__module__
    dialect = _DIALECT_MODULE.match(module)
    if dialect is not None:
        return dialect_prefix(autogen_context, dialect[1])
    if module.startswith("sqlalchemy."):
        return sqlalchemy_prefix(autogen_context)
    return user_prefix(autogen_context, target)
