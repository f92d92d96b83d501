"""Compares two types by the text that a dialect renders for them.

Used by impls in ``compare_type``. A type is split into words and the arguments in parentheses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column
    from sqlalchemy.engine import Dialect

_PARENTHESES = re.compile(r"\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*")
_SETTING = re.compile(r"^\w+\s*=\s*.+$")
_QUOTES = "`'\""


class TypeWords(NamedTuple):
    """The parsed text of a type.

    Attributes:
        first: its first word, in lower case.
        words: the other words outside of parentheses.
        arguments: the arguments in parentheses.
        settings: those of the form ``name=value``.
    """

    first: str
    words: tuple[str, ...]
    arguments: tuple[str, ...]
    settings: dict[str, str]

    @property
    def base(self) -> str:
        """All words, separated by spaces."""
        return " ".join((self.first, *self.words))


def words_of(text: str, extract: Iterable[str] = ()) -> TypeWords:
    """Parse the text of a type.

    Args:
        text: the type as compiled by the dialect.
        extract: regular expressions with one group: additional words that count as arguments.
    """
    rest = text.lower()
    given: list[str] = []
    for pattern in extract:
        found = re.search(pattern, rest)
        if found:
            given.append(found.group(1))
            rest = rest.replace(found.group(0), " ")
    inside: list[str] = []
    for match in _PARENTHESES.finditer(rest):
        if match.group(1):
            inside.extend(part.strip() for part in match.group(1).split(","))
    first, *words = _PARENTHESES.sub(" ", rest).split() or [""]
    settings = {
        name.strip(): value.strip()
        for name, _, value in (part.partition("=") for part in inside if _SETTING.match(part))
    }
    given[:0] = [part.strip(_QUOTES) for part in inside if not _SETTING.match(part)]
    return TypeWords(first, tuple(words), tuple(given), settings)


def text_of_type(column: Column[Any], dialect: Dialect, *, in_table: bool = True) -> str:
    """Return a column's type as rendered by the dialect.

    Args:
        column: the column.
        dialect: renders the type.
        in_table: render it as in a column definition. Some dialects add a length or a character
            set there that they do not reflect.
    """
    given = {"type_expression": column} if in_table else {}
    return dialect.type_compiler_instance.process(column.type, **given)


def same_types(
    reflected: TypeWords, model: TypeWords, synonyms: Iterable[set[str]], *, whole: bool
) -> bool:
    """Return whether two types have the same words, or synonyms, and no different arguments.

    Args:
        reflected: the type in the database.
        model: the type in the model.
        synonyms: sets of equivalent names.
        whole: whether the database reports all words and settings of a type.
    """
    is_same = same_words(reflected, model, synonyms)
    if whole:
        return is_same and same_arguments(reflected, model)
    if not is_same and len(reflected.words) != len(model.words):
        is_same = same_words(reflected._replace(words=()), model._replace(words=()), synonyms)
    return is_same and same_arguments(reflected._replace(settings={}), model)


def same_words(one: TypeWords, other: TypeWords, synonyms: Iterable[set[str]]) -> bool:
    """Return whether two types have the same words, or synonyms."""
    if one.base == other.base:
        return True
    for names in synonyms:
        meaning = {name.lower() for name in names}
        if one.base in meaning and other.base in meaning:
            return True
        if one.first in meaning and other.first in meaning and one.words == other.words:
            return True
    return False


def same_arguments(reflected: TypeWords, model: TypeWords) -> bool:
    """Return whether two types have the same arguments, ignoring those given on one side only."""
    for before, after in zip(reflected.arguments, model.arguments, strict=False):
        if before != after:
            return False
    shared = reflected.settings.keys() & model.settings.keys()
    return all(reflected.settings[name] == model.settings[name] for name in shared)
