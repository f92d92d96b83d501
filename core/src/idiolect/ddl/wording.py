"""Compares expressions of models with those of the database, which may report them differently.

Used by impls while they compare, and before a comparison with all expressions that it needs, so
that the hook ``normalise_expressions`` is called for many at a time. SQL is not parsed here, apart
from what encloses a whole expression.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from idiolect.hooks.compared import Expression
from idiolect.hooks.dialects import hooks_for

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection, Dialect

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|[^'\"`]+|.", re.DOTALL)
#: A literal and nothing else, cast to the type of its column, as PostgreSQL reports it.
_LITERAL = re.compile(r"('(?:[^']|'')*')::[\w .\"]+(?:\([\d, ]+\))?[\w ]*(?:\[\])*")
_NUMBER = re.compile(r"'([-+]?\d+(?:\.\d+)?)'")


class Pair(NamedTuple):
    """An expression of the model and the corresponding one of the database.

    Attributes:
        kind: as in :class:`~idiolect.hooks.Expression`.
        table: the table in the database.
        column: the column of a default or computed value; "" for expressions of the table.
        model: the model's SQL.
        reflected: the database's SQL.
    """

    kind: str
    table: Table
    column: str
    model: str
    reflected: str

    def expression(self, text: str) -> Expression:
        """Return an Expression with ``text`` and the other attributes of this pair."""
        return Expression(self.kind, self.table, text, self.column)


class Wording:
    """The normalised expressions of one comparison.

    Args:
        connection: used to normalise; None if there is none.
        dialect: its plugin normalises.
    """

    def __init__(self, connection: Connection | None, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect
        self._known: dict[Hashable, bool | None] = {}

    def begin(self, pairs: Iterable[Pair]) -> None:
        """Clear the cache, and normalise the expressions of ``pairs`` at once."""
        self._known.clear()
        self.settle(pairs)

    def settle(self, pairs: Iterable[Pair]) -> None:
        """Normalise all of ``pairs`` whose texts differ.

        If they still differ, both sides are normalised a second time: the database may report an
        expression that it got in its own form, as from a dump, in yet another form.
        """
        unknown = {
            _key(pair): pair
            for pair in pairs
            if folded(pair.model) != folded(pair.reflected) and _key(pair) not in self._known
        }
        first = self._ask([pair.expression(pair.model) for pair in unknown.values()])
        again: list[tuple[Hashable, Pair, str]] = []
        for (key, pair), worded in zip(unknown.items(), first, strict=True):
            if worded is not None and folded(worded) != folded(pair.reflected):
                again.append((key, pair, worded))
            else:
                self._known[key] = None if worded is None else True
        both = [pair.expression(worded) for _, pair, worded in again]
        both += [pair.expression(pair.reflected) for _, pair, _ in again]
        answers = self._ask(both)
        for place, (key, _pair, _worded) in enumerate(again):
            model, reflected = answers[place], answers[place + len(again)]
            self._known[key] = model is not None and model == reflected

    def same(self, pair: Pair) -> bool | None:
        """Return whether both sides of ``pair`` are equal; None if they cannot be normalised."""
        if folded(pair.model) == folded(pair.reflected):
            return True
        self.settle([pair])
        return self._known[_key(pair)]

    def _ask(self, expressions: Sequence[Expression]) -> Sequence[str | None]:
        if not expressions or self._connection is None:
            return [None] * len(expressions)
        hooks = hooks_for(self._dialect.name)
        return hooks.normalise_expressions(self._dialect, self._connection, expressions)


def _key(pair: Pair) -> Hashable:
    """Return the cache key; for a default, which uses no other column, by the column's type."""
    if pair.kind == "server_default":
        return (pair.kind, repr(pair.table.c[pair.column].type), pair.model, pair.reflected)
    return pair


def folded(text: str) -> str:
    """Return SQL without enclosing white space and parentheses, and a literal without its cast.

    White space is collapsed, except in quotes.
    """
    tokens = (
        token if token[0] in "'\"`" else re.sub(r"\s+", " ", token)
        for token in _TOKEN.findall(text)
    )
    sql = without_brackets("".join(tokens).strip())
    cast = _LITERAL.fullmatch(sql)
    if cast is None:
        return sql
    # Negative numbers are reported as literals, too.
    return _NUMBER.sub(r"\1", cast[1])


def without_brackets(text: str) -> str:
    """Return SQL without the parentheses that enclose all of it."""
    while is_in_brackets(text):
        text = text[1:-1].strip()
    return text


def is_in_brackets(text: str) -> bool:
    """Return whether one pair of parentheses, outside of quotes, encloses an expression."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    bare = "".join(
        "x" * len(token) if token[0] in "'\"`" else token for token in _TOKEN.findall(text)
    )
    for place, character in enumerate(bare):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place == len(bare) - 1
    return False
