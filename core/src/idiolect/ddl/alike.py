"""Makes the SQL of one dialect available to another that differs in a few places.

Called by the plugin of a related database when it is imported, because SQLAlchemy looks up
``@compiles`` functions by the dialect's name, not by its class hierarchy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.ddl import ExecutableDDLElement

import idiolect.ddl.base  # noqa: F401 - brings the registered compiler functions

if TYPE_CHECKING:
    from collections.abc import Iterator


def compile_alike(dialect: str, like: str) -> None:
    """Register all ``@compiles`` functions of one dialect's DDL for another dialect.

    Functions registered for the new dialect afterwards override these.

    Args:
        dialect: SQLAlchemy's name of the new dialect.
        like: the name of the existing one, whose plugin must be imported.
    """
    for construct in _below(ExecutableDDLElement):
        texts = getattr(construct.__dict__.get("_compiler_dispatcher"), "specs", {})
        if like in texts and dialect not in texts:
            compiles(construct, dialect)(texts[like])


def _below(construct: type[Any]) -> Iterator[type[Any]]:
    for each in construct.__subclasses__():
        yield each
        yield from _below(each)
