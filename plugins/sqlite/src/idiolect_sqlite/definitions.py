"""Parses the CREATE statements that SQLite stores.

Used by rebuilds. Works on text only; the database is not queried.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Tokens that are not words of SQL: strings, quoted names, comments.
QUOTED = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\] | --[^\n]* | /\*.*?\*/""",
    re.DOTALL | re.VERBOSE,
)
_COMMENTS = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_GENERATED = re.compile(r"\bAS\s*\(", re.IGNORECASE)
_MADE = re.compile(r"(CREATE\s+(?:UNIQUE\s+)?(?:INDEX|TRIGGER)\s+)", re.IGNORECASE)


def definitions(sql: str) -> Iterator[str]:
    """Yield the definitions of columns and constraints in a CREATE TABLE, without leading comments.

    Also splits the columns in the parentheses of a constraint.
    """
    start = depth = 0
    quoted = [match.span() for match in QUOTED.finditer(sql)]
    inside = {place for begin, end in quoted for place in range(begin, end)}
    for place, character in enumerate(sql):
        if place in inside:
            continue
        if character == "(":
            depth += 1
            start = place + 1 if depth == 1 else start
        elif character in ",)" and depth == 1:
            yield _COMMENTS.sub("", sql[start:place], count=1).strip()
            start = place + 1
        depth -= character == ")"


def name_of(definition: str) -> str:
    """Return the first word of a definition, without its quotes."""
    found = QUOTED.match(definition)
    if found is None:
        return re.split(r"[^\w$]", definition, maxsplit=1)[0]
    return unquoted(found.group())


def rest_of(definition: str) -> str:
    """Return the text after the first word of a definition, without comments."""
    found = QUOTED.match(definition) or re.match(r"[\w$]+", definition)
    rest = definition[found.end() if found else 0 :]
    return " ".join(re.sub(r"--[^\n]*|/\*.*?\*/", " ", rest, flags=re.DOTALL).split())


def unquoted(name: str) -> str:
    """Return a name without quotes, if it has any."""
    return name[1:-1].replace('""', '"') if name[:1] in {'"', "`", "["} else name


def blanked(sql: str) -> str:
    """Return SQL with strings, quoted names and comments replaced by spaces of the same length."""
    return QUOTED.sub(lambda quoted: " " * len(quoted.group()), sql)


def expression_of(definition: str) -> str | None:
    """Return the expression of a computed column; None for a plain column.

    Source: "Generated Columns" in SQLite's documentation: GENERATED ALWAYS is optional.
    """
    bare = blanked(definition)
    found = _GENERATED.search(bare)
    if found is None:
        return None
    depth = 0
    for place in range(found.end() - 1, len(bare)):
        depth += {"(": 1, ")": -1}.get(bare[place], 0)
        if depth == 0:
            return definition[found.end() : place].strip()
    return None


def in_schema(sql: str, schema: str) -> str:
    """Qualify the name in a stored CREATE INDEX or CREATE TRIGGER with its schema.

    Args:
        sql: the statement, which SQLite stores without schema.
        schema: quoted and with a dot; empty for the main one.
    """
    return _MADE.sub(lambda made: f"{made.group()}{schema}", sql, count=1)
