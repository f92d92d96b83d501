"""Columns named in SQL text: in a CHECK that was read, in a computed column, in part of an index.

Used by :mod:`idiolect.operations.batch.rebuild`. Text is only split into words: the words around
one decide whether it is a column.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORD = re.compile(
    r"""
    (?P<text>   ' (?: [^'] | '' )* ' )
    | " (?P<quoted> (?: [^"] | "" )* ) "
    | ` (?P<ticked> (?: [^`] | `` )* ) `
    | \[ (?P<bracketed> [^\]]* ) \]
    | (?P<bare> [^\W\d] [\w$]* )
    """,
    re.VERBOSE,
)
_QUOTES = {"quoted": '"', "ticked": "`"}
#: After these comes the name of a collation or a type.
_NO_COLUMN = re.compile(r"(?:\b(?:collate|as)|::)\s*$", re.IGNORECASE)
_CALL = re.compile(r"\s*\(")


def columns_in(sql: str) -> set[str]:
    """Return what may be names of columns in an expression, in lower case."""
    return {name.lower() for _match, name in _names(sql)}


def renamed(sql: str, names: Mapping[str, str]) -> str:
    """Return an expression in which columns have other names.

    Args:
        sql: the expression; names in it count whatever their case.
        names: from the former names in lower case to the new ones, quoted as the database wants.
    """
    parts = []
    end = 0
    for match, name in _names(sql):
        if name.lower() in names:
            parts += [sql[end : match.start()], names[name.lower()]]
            end = match.end()
    return "".join([*parts, sql[end:]])


def _names(sql: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _WORD.finditer(sql):
        kind = match.lastgroup
        if kind is None or kind == "text" or _NO_COLUMN.search(sql, 0, match.start()):
            continue
        if kind == "bare" and _CALL.match(sql, match.end()):
            continue
        quote = _QUOTES.get(kind, "")
        yield match, match[kind].replace(quote * 2, quote) if quote else match[kind]
