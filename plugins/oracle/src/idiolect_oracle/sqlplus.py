"""Formats a statement so that SQL*Plus reads it whole, and runs it once.

SQL*Plus reads a script by lines, whether in quotes or not: a blank line ends a statement, a
semicolon at the end of a line runs it, a slash on a separate line runs it again, ``&`` prompts for
a value. Literals are composed of harmless pieces instead; the database gets the same value.
Used by the impl for scripts only; nothing here uses SQLAlchemy.

Source: "SQL*Plus Basics", Running SQL Commands and Running PL/SQL Blocks, and the commands
``SET SQLBLANKLINES``, ``SET DEFINE`` and ``SET SQLPREFIX``, in the SQL*Plus User's Guide.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: SQL*Plus ignores longer lines (SP2-0027).
LONGEST_LINE = 2499
#: Maximum characters of a literal's piece on one line.
LONGEST_PIECE = 1000
#: SQL accepts no literals, and no concatenations of them, of more bytes (ORA-01704, ORA-01489).
LONGEST_TEXT = 4000

_TOKEN = re.compile(
    r"""
      (?P<quoted>(?<![\w$\#])n?q'(?:\[.*?\]|\{.*?\}|<.*?>|\(.*?\)|(?P<mark>\S).*?(?P=mark))')
    | (?P<literal>(?:(?<![\w$\#])n)?'(?:[^']|'')*')
    | (?P<name>"[^"]*")
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_BLOCK = re.compile(
    r"""
    (?: declare | begin | with\s+(?:function|procedure)
      | create \s+ (?:or\s+replace\s+)? (?:and\s+(?:resolve|compile)\s+)?
        (?:(?:non)?editionable\s+)?
        (?:function|procedure|package|trigger|type|java)
    )\b | <<
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: Statements that contain another language than PL/SQL: its quotes and comments differ.
_JAVA = re.compile(r"create\b[\w\s]*\bjava\b", re.IGNORECASE)
_COMMENT_ON = re.compile(r"comment\s+on\b", re.IGNORECASE)
_OWN_SEPARATOR = re.compile(r"\n[ \t]*/[ \t]*\Z")
_CONTINUED = re.compile(r"-[ \t]*\r?\n")
_BLANK_LINES = re.compile(r"\n(?:[ \t\r]*\n)+")
_ALONE = frozenset({"", "/", "."})
_CODES = {"\n": "CHR(10)", "\r": "CHR(13)", "&": "CHR(38)"}
_CODED = re.compile(r"([\r&])")


def is_plain(sql: str) -> bool:
    """Return whether nothing can be misread, which is the case for most rows of a long script."""
    if not sql or len(sql) > LONGEST_LINE or sql[-1] in ";/-" or sql[0] in "#@":
        return False
    return not any(mark in sql for mark in ("\n", "&", "--", "/*"))


def script_text(sql: str) -> str:
    """Return a statement or PL/SQL block for a script, without what would run it.

    Args:
        sql: its text as for a driver; a final ``/`` line, or the semicolon of a statement that
            is not a block, is removed.
    """
    text = sql.strip()
    while _OWN_SEPARATOR.search(text):
        text = _OWN_SEPARATOR.sub("", text).rstrip()
    if _JAVA.match(text):
        return text
    if is_block(text):
        return "".join(_block_part(kind, part) for kind, part in _parts(text))
    text = _without_semicolon(text)
    if _COMMENT_ON.match(_code(text)) and _has_misread(text):
        # COMMENT ON does not accept an expression, but a block can execute the text.
        return f"BEGIN\n  EXECUTE IMMEDIATE {concatenated(text, in_block=True)};\nEND;"
    return _statement(text)


def is_block(sql: str) -> bool:
    """Return whether SQL*Plus reads ``sql`` up to a slash, including semicolons and blank lines."""
    return _BLOCK.match(_code(sql)) is not None


def has_code(sql: str) -> bool:
    """Return whether there is anything besides comments."""
    return bool(_code(sql).strip())


def asks_for_value(text: str) -> bool:
    """Return whether SQL*Plus would prompt for a value: ``&`` in a quoted name."""
    return "&" in text


def concatenated(value: str, prefix: str = "", *, in_block: bool = False) -> str:
    """Return a string as SQL that is harmless on every line, as a CLOB if it is too long.

    Args:
        value: the string.
        prefix: ``N`` for national characters.
        in_block: it is for PL/SQL, where strings may be longer.
    """
    pieces: list[str] = []
    for run in _runs(value):
        for part in [run] if run == "\n" else _CODED.split(run):
            if part in _CODES:
                pieces.append(_CODES[part])
            else:
                pieces.extend(f"{prefix}'{short}'" for short in _short(part))
    pieces = pieces or [f"{prefix}''"]
    if not in_block and _is_long(value):
        pieces[0] = f"TO_{prefix}CLOB({pieces[0]})"
    lines = [""]
    for piece in pieces:
        if len(lines[-1]) + len(piece) > LONGEST_PIECE and lines[-1]:
            lines.append("")
        lines[-1] += f"||{piece}"
    return "\n".join(lines).removeprefix("||")


def _runs(value: str) -> Iterator[str]:
    """Yield runs of lines that can be in one literal, and line ends that cannot."""
    lines = value.split("\n")
    run = [lines[0]]
    for before, after in pairwise(lines):
        if _is_ordinary(before) and _is_ordinary(after):
            run.append(after)
        else:
            yield "\n".join(run)
            yield "\n"
            run = [after]
    yield "\n".join(run)


def _is_ordinary(line: str) -> bool:
    word = line.strip()
    return word not in _ALONE and word[0] not in "#@" and word[-1] not in ";-"


def _short(text: str) -> Iterator[str]:
    """Yield a string in pieces as they are written between quotes."""
    for start in range(0, len(text), LONGEST_PIECE):
        yield text[start : start + LONGEST_PIECE].replace("'", "''")


def _parts(sql: str) -> Iterator[tuple[str, str]]:
    """Yield a statement in parts: ``code``, ``literal``, ``name`` and ``comment``."""
    end = 0
    for found in _TOKEN.finditer(sql):
        if found.start() > end:
            yield "code", sql[end : found.start()]
        kind = "quoted" if found["quoted"] else str(found.lastgroup)
        yield ("literal" if kind == "quoted" else kind), found.group()
        end = found.end()
    if end < len(sql):
        yield "code", sql[end:]


def _code(sql: str) -> str:
    """Return a statement from its first word on, without comments."""
    return "".join(part for kind, part in _parts(sql) if kind != "comment").lstrip()


def _without_semicolon(sql: str) -> str:
    """Remove the final semicolon, which would run the statement before the slash does."""
    parts = list(_parts(sql))
    for place in reversed(range(len(parts))):
        kind, part = parts[place]
        if kind == "comment" or not part.strip():
            continue
        if kind == "code":
            space = part[len(part.rstrip()) :]
            parts[place] = (kind, part.rstrip("; \n\r\t") + space)
        break
    return "".join(part for _, part in parts).rstrip()


def _statement(sql: str) -> str:
    parts = [(kind, _statement_part(kind, part)) for kind, part in _parts(sql)]
    text = "".join(part for _, part in parts)
    if any(len(line) > LONGEST_LINE for line in text.split("\n")):
        text = "".join(
            part.replace(", ", ",\n") if kind == "code" else part for kind, part in parts
        )
    return _BLANK_LINES.sub("\n", text).strip()


def _statement_part(kind: str, part: str) -> str:
    if kind == "code":
        return _CONTINUED.sub("- ", part)
    if kind == "comment":
        return _plain_comment(part)
    return _harmless(part, in_block=False) if kind == "literal" else part


def _has_misread(sql: str) -> bool:
    return any(
        kind == "literal" and _is_misread(part, in_block=False) for kind, part in _parts(sql)
    )


def _block_part(kind: str, part: str) -> str:
    if kind == "literal":
        return _harmless(part, in_block=True)
    return part.replace("&", "+") if kind == "comment" else part


def _harmless(literal: str, *, in_block: bool) -> str:
    """Return a literal unchanged, or as an expression if SQL*Plus would misread it."""
    if not _is_misread(literal, in_block=in_block):
        return literal
    prefix = "N" if literal[0] in "nN" else ""
    rest = literal[len(prefix) :]
    value = rest[3:-2] if rest[0] in "qQ" else rest[1:-1].replace("''", "'")
    return f"({concatenated(value, prefix, in_block=in_block)})"


def _is_long(text: str) -> bool:
    return len(text.encode()) > LONGEST_TEXT


def _is_misread(literal: str, *, in_block: bool) -> bool:
    lines = literal.split("\n")
    if not in_block and _is_long(literal):
        return True
    if "&" in literal or any(len(line) > 2 * LONGEST_PIECE for line in lines):
        return True
    if any(line.startswith("#") for line in lines[1:]):
        return True
    ends = ("-",) if in_block else ("-", ";")
    if any(line.rstrip().endswith(ends) for line in lines[:-1]):
        return True
    alone = _ALONE - {""} if in_block else _ALONE
    return any(line.strip() in alone for line in lines[1:-1])


def _plain_comment(comment: str) -> str:
    """Return a comment without what SQL*Plus would treat as a command; may be empty."""
    if comment.startswith("--"):
        words = comment[2:].replace("&", "+").rstrip(" \t\r;-")
        return f"--{words}" if words.strip() else ""
    words = comment[2:-2].replace("&", "+")
    lines = [line.rstrip(" \t\r;-") for line in words.split("\n")]
    if len(lines) == 1:
        return f"/*{words}*/"
    kept = "\n".join(line for line in lines if line.strip() not in _ALONE)
    return f"/*{kept} */"
