"""Defaults of SQLite's columns as Python text: SQLite wants brackets around expressions.

The impl comes in. Nothing here knows of autogenerate.
"""

from __future__ import annotations

import re

_LITERAL = re.compile(r"'(?:[^']|'')*'|\d+")
_STRING = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")


def bracketed(sql: str) -> str:
    """Return a default's SQL in brackets, unless it is a literal or has them.

    Source: "CREATE TABLE" in SQLite's SQL manual, section 3.2: an expression stands in brackets.
    """
    if _LITERAL.fullmatch(sql) or _is_in_brackets(sql):
        return sql
    return f"({sql})"


def _is_in_brackets(sql: str) -> bool:
    bare = _STRING.sub("", sql)
    if not bare.startswith("(") or not sql.endswith(")"):
        return False
    depth = 0
    for place, character in enumerate(bare):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return place == len(bare) - 1
    return False
