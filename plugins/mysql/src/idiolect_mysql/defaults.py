"""Compares defaults of columns as reported by MySQL or MariaDB.

MySQL quotes numbers, puts parentheses around expressions and adds character sets; MariaDB uses
other names of functions. Used by the impl. No database is queried here.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sqlalchemy.types import Boolean, Float, Integer, Numeric

if TYPE_CHECKING:
    from sqlalchemy import Column

_NUMBERS = (Boolean, Float, Integer, Numeric)
_TOKEN = re.compile(r"'(?:[^'\\]|''|\\.)*'|`[^`]*`|\"[^\"]*\"|[^'`\"]+", re.DOTALL)
_CHARSET = re.compile(r"_\w+$")
_AROUND = re.compile(r" ?([^\w ]) ?")
_VALUES = {"true": "1", "false": "0"}
#: Synonyms of CURRENT_TIMESTAMP; a number in parentheses is its precision.
_MOMENT = re.compile(r"\b(?:current_timestamp|now|localtimestamp|localtime)\b(?: ?\( ?(\d*) ?\))?")
_DAY = re.compile(r"\b(?:curdate ?\( ?\)|current_date\b(?: ?\( ?\))?)")
_CLOCK = re.compile(r"\b(?:curtime|current_time)\b(?: ?\( ?(\d*) ?\))?")


def differ(column: Column[Any], model: str | None, reflected: str | None) -> bool:
    """Return whether a model's default differs from the database's.

    Args:
        column: the model's; its type determines whether a quoted number is a number.
        model: the model's default as SQL; None if it has none.
        reflected: the database's default as SQL.
    """
    wanted, there = plain(model), plain(reflected)
    if wanted == there:
        return False
    if wanted is None or there is None:
        return True
    if column.type._type_affinity in _NUMBERS:  # noqa: SLF001 - SQLAlchemy's own notion
        return _number(wanted) != _number(there)
    if _is_quoted(wanted) is _is_quoted(there):
        return True
    # A date, or a numeric string: the model may leave quoting to SQLAlchemy.
    return _value(wanted) != _value(there)


def may_go_on(default: str) -> bool:
    """Return whether a default may be longer than what SQLAlchemy's pattern has matched."""
    text = default.strip()
    return "(" in text and not _is_quoted(text) and _MOMENT.fullmatch(text.lower()) is None


def plain(default: str | None) -> str | None:
    """Return a default in a normalised form for both servers and the model.

    NULL is no default; percent signs and backslashes may have been doubled for the driver.

    Source: "Data Type Default Values" in MySQL's reference manual.
    """
    if default is None:
        return None
    parts: list[str] = []
    for token in _TOKEN.findall(default.strip().replace("%%", "%")):
        if token[0] == "'":
            if parts:
                parts[-1] = _CHARSET.sub("", parts[-1])
            parts.append(token.replace("\\\\", "\\"))
        else:
            parts.append(_plain_words(token))
    text = _without_brackets("".join(parts))
    text = _VALUES.get(text, text)
    return None if text == "null" else text


def _plain_words(words: str) -> str:
    text = " ".join(words.replace("`", "").lower().split())
    text = _MOMENT.sub(lambda found: _function("current_timestamp", found[1]), text)
    text = _CLOCK.sub(lambda found: _function("current_time", found[1]), text)
    return _AROUND.sub(r"\1", _DAY.sub("current_date", text))


def _function(name: str, precision: str | None) -> str:
    return f"{name}({precision})" if precision and precision != "0" else name


def _without_brackets(text: str) -> str:
    while text.startswith("(") and text.endswith(")") and _is_one_group(text):
        text = text[1:-1]
    return text


def _is_one_group(text: str) -> bool:
    depth = 0
    bare = "".join("x" * len(token) if token[0] == "'" else token for token in _TOKEN.findall(text))
    for place, character in enumerate(bare):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return place == len(bare) - 1
    return False


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] == "'"


def _value(text: str) -> str:
    return _plain_words(text[1:-1]) if _is_quoted(text) else text


def _number(text: str) -> Decimal | str:
    bare = text[1:-1] if _is_quoted(text) else text
    try:
        return Decimal(_VALUES.get(bare, bare))
    except InvalidOperation:
        return bare
