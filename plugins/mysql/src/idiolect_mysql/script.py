"""Wraps statements that contain semicolons in DELIMITER commands, for scripts.

``DELIMITER`` is a command of the clients and never sent to a server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = re.compile(
    r"""'(?:[^'\\]|''|\\.)*' | "(?:[^"\\]|""|\\.)*" | `(?:[^`]|``)*` |
        (?:--\s|\#)[^\n]* | /\*(?!M?!).*?\*/""",
    re.VERBOSE | re.DOTALL,
)
#: Statements with a body: stored programs, and MariaDB's anonymous blocks.
_PROGRAM = re.compile(
    r"""\s*(?:
        CREATE\b (?:\s+OR\s+REPLACE)? (?:\s+DEFINER\s*=\s*\S+(?:\s*@\s*\S+)?)? (?:\s+AGGREGATE)?
            \s+(?:TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)\b
        | ALTER\s+EVENT\b
        | BEGIN\s+NOT\s+ATOMIC\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_DELIMITERS = ("$$", "//", "~~", "@@@")


def has_body(sql: str) -> bool:
    """Return whether a statement is a stored program that contains semicolons."""
    bare = _QUOTED.sub("''", sql).strip().removesuffix(";")
    return ";" in bare and _PROGRAM.match(bare) is not None


def delimited(sql: str) -> Iterator[str]:
    """Yield a statement between the two lines that make a client read it as one.

    Source: "Defining Stored Programs" in MySQL's reference manual; "Delimiters" in MariaDB's.
    """
    delimiter = next((word for word in _DELIMITERS if word not in sql), "$IDIOLECT$")
    yield f"DELIMITER {delimiter}"
    yield sql.rstrip().removesuffix(";") + delimiter
    yield "DELIMITER ;"
