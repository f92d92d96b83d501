"""Lets a dialect's SQL text serve another one, which differs in a few places.

Used by a plugin for a relative of a database when it is imported. SQLAlchemy finds text written
with ``@compiles`` by the dialect's name alone, whatever its class derives from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.ddl import ExecutableDDLElement

if TYPE_CHECKING:
    from collections.abc import Iterator


def compile_alike(dialect: str, like: str) -> None:
    """Let all DDL that has a text of its own for one dialect have it for another too.

    Text that is given for the new dialect afterwards takes the place of this.

    Args:
        dialect: SQLAlchemy's name of the new dialect.
        like: that of the other, whose plugin is imported already.
    """
    for construct in _below(ExecutableDDLElement):
        texts = getattr(construct.__dict__.get("_compiler_dispatcher"), "specs", {})
        if like in texts and dialect not in texts:
            compiles(construct, dialect)(texts[like])


def _below(construct: type[Any]) -> Iterator[type[Any]]:
    for each in construct.__subclasses__():
        yield each
        yield from _below(each)
