"""Finds columns in SQL text: of reflected checks, computed columns and index expressions.

Used by :mod:`idiolect.operations.batch.rebuild`. Text is only split into words; the neighbours of a
word determine whether it is a column.
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
#: Followed by the name of a collation or a type.
_NO_COLUMN = re.compile(r"(?:\b(?:collate|as)|::)\s*$", re.IGNORECASE)
_CALL = re.compile(r"\s*\(")


def columns_in(sql: str) -> set[str]:
    """Return the words of an expression that may be column names, in lower case."""
    return {name.lower() for _match, name in _names(sql)}


def renamed(sql: str, names: Mapping[str, str]) -> str:
    """Return an expression with renamed columns.

    Args:
        sql: the expression; names in it are case-insensitive.
        names: old name in lower case -> new name, quoted for the database.
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
