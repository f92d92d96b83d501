"""Splits SQL text into tokens and statements, whatever database it is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRING: Final = r"'(?:[^']|'')*'"
_ESCAPED_STRING: Final = r"'(?:[^'\\]|''|\\.)*'"
_PATTERN: Final = r"""
    (?P<blank> \s+ | --[^\n]* | /\*.*?\*/ )
  | (?P<dollar> \$(?P<tag>\w*)\$ .*? \$(?P=tag)\$ )
  | (?P<string> [eE]'(?:[^'\\]|''|\\.)*' | [nN]?STRING )
  | (?P<quoted> "(?:[^"]|"")*" | `(?:[^`]|``)*` | (?<![\w\])"`])\[[^\]\d:][^\]]*\] )
  | (?P<number> \d[\w.]* )
  | (?P<word> [^\W\d][\w$\#]* )
  | (?P<sign> . )
"""
_LITERAL: Final = frozenset({"string", "number", "dollar"})
#: First words of statements whose bodies contain semicolons.
_WITH_BODY: Final = re.compile(
    r"(?:CREATE|ALTER)(?: OR (?:REPLACE|ALTER))?(?: \w+)* (?:FUNCTION|PROCEDURE|PROC|TRIGGER"
    r"|PACKAGE|EVENT)\b|BEGIN\b(?! ?(?:$|TRANSACTION|WORK))|DECLARE\b"
)


class Token(NamedTuple):
    """A word, name, literal or sign.

    Attributes:
        kind: ``word``, ``quoted`` (a name), ``string``, ``number``, ``dollar`` or ``sign``.
        text: as written; of a quoted name, without its quotes.
    """

    kind: str
    text: str

    @property
    def keyword(self) -> str:
        """The word in capitals; of a sign, the sign; ``""`` for names in quotes and literals."""
        return self.text.upper() if self.kind in {"word", "sign"} else ""

    @property
    def is_literal(self) -> bool:
        """Whether it is a constant."""
        return self.kind in _LITERAL


def _compiled(string: str) -> re.Pattern[str]:
    return re.compile(_PATTERN.replace("STRING", string), re.VERBOSE | re.DOTALL)


_PATTERNS: Final = {False: _compiled(_STRING), True: _compiled(_ESCAPED_STRING)}


def statements(sql: str, *, escapes: bool = False) -> Iterator[list[Token]]:
    """Yield the tokens of each statement in a text, without comments.

    What follows the beginning of a procedure or a block belongs to it up to the end of the text.

    Args:
        sql: one or several statements.
        escapes: whether a backslash escapes a quote in the dialect's literals.
    """
    current: list[Token] = []
    for match in _PATTERNS[escapes].finditer(sql):
        kind = match.lastgroup or ""
        if match["blank"] is not None:
            continue
        kind = "dollar" if kind == "tag" else kind
        if match.group() == ";" and not _has_body(current):
            if current:
                yield current
            current = []
            continue
        current.append(Token(kind, _unquoted(match.group()) if kind == "quoted" else match.group()))
    if current:
        yield current


def _unquoted(name: str) -> str:
    quote = name[-1]
    return name[1:-1].replace(quote * 2, quote)


def _has_body(tokens: list[Token]) -> bool:
    beginning = " ".join(token.keyword for token in tokens[:6])
    return bool(_WITH_BODY.match(beginning))
