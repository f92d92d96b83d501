"""Whether an expression of a model is the one of the database, which tells it in its own words.

Used by impls while they compare, and by the comparison before it begins, with all that it will ask:
the hook ``normalise_expressions`` is called for many at a time. Nothing here reads SQL but what
stands around a whole expression.
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
#: A literal and nothing else, cast to the type of its column as PostgreSQL tells it.
_LITERAL = re.compile(r"('(?:[^']|'')*')::[\w .\"]+(?:\([\d, ]+\))?[\w ]*(?:\[\])*")
_NUMBER = re.compile(r"'([-+]?\d+(?:\.\d+)?)'")


class Pair(NamedTuple):
    """An expression as the model has it, and as the database tells it.

    Attributes:
        kind: as of :class:`~idiolect.hooks.Expression`.
        table: the table as it is in the database.
        column: the column whose default or computed value it is; "" for what is of the table.
        model: the model's SQL.
        reflected: the database's SQL.
    """

    kind: str
    table: Table
    column: str
    model: str
    reflected: str

    def expression(self, text: str) -> Expression:
        """Return ``text`` as an expression in this one's place."""
        return Expression(self.kind, self.table, text, self.column)


class Wording:
    """What is known of expressions during one comparison.

    Args:
        connection: the one to ask; None where nobody can be asked.
        dialect: whose plugin is asked.
    """

    def __init__(self, connection: Connection | None, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect
        self._known: dict[Hashable, bool | None] = {}

    def begin(self, pairs: Iterable[Pair]) -> None:
        """Forget what was found out, and find out about ``pairs`` in one go."""
        self._known.clear()
        self.settle(pairs)

    def settle(self, pairs: Iterable[Pair]) -> None:
        """Find out about all of ``pairs`` that text alone does not show to be the same.

        Those that still differ are worded a second time on both sides: what a database was told
        in its own words, as by a dump, it may tell in others again.
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
        """Return whether both sides of ``pair`` are equal; None: the database cannot be asked."""
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
    """Return what the answer depends on: of a default, which knows no other column, its type."""
    if pair.kind == "server_default":
        return (pair.kind, repr(pair.table.c[pair.column].type), pair.model, pair.reflected)
    return pair


def folded(text: str) -> str:
    """Return SQL without white space and brackets around it, and a literal without its cast.

    White space within is one blank each, but for what stands in quotes.
    """
    tokens = (
        token if token[0] in "'\"`" else re.sub(r"\s+", " ", token)
        for token in _TOKEN.findall(text)
    )
    sql = without_brackets("".join(tokens).strip())
    cast = _LITERAL.fullmatch(sql)
    if cast is None:
        return sql
    # A number below zero is told as a literal, too.
    return _NUMBER.sub(r"\1", cast[1])


def without_brackets(text: str) -> str:
    """Return SQL without the parentheses around all of it."""
    while is_in_brackets(text):
        text = text[1:-1].strip()
    return text


def is_in_brackets(text: str) -> bool:
    """Return whether one pair of parentheses encloses all of an expression; quotes count."""
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
