"""Adapts statements to clients that split scripts at GO.

Used by the impl when it writes a script. Works on text only.
"""

from __future__ import annotations

import re

from idiolect.errors import OperationError

# Quoted names and comments are matched so that quotes inside of them do not start a literal.
_PIECES = re.compile(
    r"""(?P<literal>[Nn]?'(?:[^']|'')*') | "(?:[^"]|"")*" | \[(?:[^\]]|\]\])*\]
        | --[^\n]* | /\*.*?\*/""",
    re.VERBOSE | re.DOTALL,
)
_FIRST = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
    r"(?:CREATE|ALTER|CREATE\s+OR\s+ALTER)\s+"
    r"(?:VIEW|PROC|PROCEDURE|FUNCTION|TRIGGER|SCHEMA|RULE|DEFAULT)\b",
    re.IGNORECASE | re.DOTALL,
)
_CALL = re.compile(r"\s*EXEC(?:UTE)?\s+\w", re.IGNORECASE)


def must_stand_first(sql: str) -> bool:
    """Return whether SQL Server requires the statement to be the first of its batch.

    Source: "GO" and "CREATE VIEW" in the T-SQL reference, and related pages.
    """
    return _FIRST.match(sql) is not None


def without_separators(sql: str, separator: str) -> str:
    """Return the statement without lines that the client would treat as the separator.

    Such a line can only occur in a literal, which is replaced by the concatenation of its parts.

    Args:
        sql: one statement.
        separator: the word that ends a batch.

    Raises:
        OperationError: the literal is an argument of a procedure, which must not be an expression.
    """
    line = re.compile(
        rf"\r?\n(?=[ \t]*{re.escape(separator)}[ \t]*\d*[ \t]*(?:\r?\n|'|$))", re.IGNORECASE
    )

    def parted(match: re.Match[str]) -> str:
        literal = match.group("literal")
        if literal is None or line.search(literal) is None:
            return match.group()
        if _CALL.match(sql):
            raise OperationError(
                f"A string passed to a procedure contains the line {separator!r}, at which the "
                "script would be split: change the string, or set another mssql_batch_separator. "
                f"({sql[:60]!r} ...)"
            )
        prefix = literal[: literal.index("'")]
        return line.sub(
            lambda found: (
                f"' + {'CHAR(13) + ' if chr(13) in found.group() else ''}CHAR(10) + {prefix}'"
            ),
            literal,
        )

    return _PIECES.sub(parted, sql)
