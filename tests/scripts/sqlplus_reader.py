"""Reads a script like SQL*Plus: line by line, regardless of quotes.

Used by the tests of scripts. Source: SQL*Plus User's Guide, "SQL*Plus Basics", and the commands
``SET DEFINE``, ``SET SQLBLANKLINES``, ``SET SQLPREFIX`` and ``SET SQLTERMINATOR``, with defaults.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 2499
_SQL = re.compile(
    r"(alter|analyze|audit|begin|call|comment|commit|create|declare|delete|drop|grant|insert|lock"
    r"|merge|noaudit|purge|rename|revoke|rollback|savepoint|select|set\s+transaction|truncate"
    r"|update|with)\b",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"(declare|begin)\b|create\s+(or\s+replace\s+)?((non)?editionable\s+)?"
    r"(function|procedure|package|trigger|type)\b|with\s+(function|procedure)\b",
    re.IGNORECASE,
)
_PIECE = r"(?:N?'(?:[^']|'')*'|CHR\(\d+\))"
_EXPRESSION = re.compile(rf"(?:TO_N?CLOB\({_PIECE}\)|{_PIECE})(?:\s*\|\|\s*{_PIECE})*")


class Misread(Exception):
    """SQL*Plus would prompt for a value, or execute a line as one of its commands."""


def sent(script: str) -> Iterator[str]:
    """Yield what is sent to the database, in order.

    Raises:
        Misread: SQL*Plus would do something else than sending statements.
    """
    buffer = ""
    lines: list[str] = []
    joined = ""
    for raw in script.split("\n"):
        line = joined + raw
        joined = ""
        word = line.strip()
        is_block = _BLOCK.match("\n".join(lines)) is not None
        if "&" in line or len(line) > LONGEST_LINE or (lines and line.startswith("#")):
            raise Misread(line)
        if not lines and (not word or word.startswith("--")):
            continue
        if word in {"/", "."} or (not word and not is_block):
            buffer = "\n".join(lines) or buffer
            lines = []
            if word == "/":
                yield _known(buffer)
        elif word.endswith("-") and not is_block and not word.startswith("--"):
            joined = line.rstrip()[:-1]
        elif word.endswith(";") and not (is_block or _BLOCK.match("\n".join([*lines, word]))):
            buffer = "\n".join([*lines, line.rstrip()[:-1]])
            lines = []
            yield _known(buffer)
        else:
            lines.append(line)
    if lines:
        raise Misread("\n".join(lines))


def _known(statement: str) -> str:
    if not _SQL.match(statement.lstrip()):
        raise Misread(statement)
    return statement


def values(sql: str) -> list[str]:
    """Return the values of a statement's literals, those put together as one, in order."""
    return [_value(found.group()) for found in _EXPRESSION.finditer(sql)]


def _value(expression: str) -> str:
    value = ""
    for piece in re.findall(_PIECE, expression):
        if piece.startswith("CHR("):
            value += chr(int(piece[4:-1]))
        else:
            value += piece.removeprefix("N")[1:-1].replace("''", "'")
    return value
