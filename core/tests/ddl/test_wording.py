"""Pairs of expressions are settled by text where that is enough, else by the dialect's plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine

from idiolect.ddl.wording import Pair, Wording, folded
from idiolect.hooks import hookimpl
from idiolect.hooks.manager import get_manager

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TABLE = Table("t", MetaData(), Column("a", Integer), Column("b", Integer), Column("s", String(9)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(" a  +\n b ", "a + b", id="white space"),
        pytest.param("((a + b))", "a + b", id="brackets around all"),
        pytest.param("(a) + (b)", "(a) + (b)", id="brackets around parts"),
        pytest.param("('a  b' || ')')", "'a  b' || ')'", id="literals"),
        pytest.param("'it''s'::character varying(20)", "'it''s'", id="literal with its cast"),
        pytest.param("'{}'::text[]", "'{}'", id="literal with its cast to an array"),
        pytest.param("'-1'::integer", "-1", id="number below zero"),
        pytest.param("'-1'", "'-1'", id="number that is text"),
        pytest.param("'a::text'", "'a::text'", id="cast within a literal"),
        pytest.param("'a'::text || 'b'", "'a'::text || 'b'", id="more than a literal"),
    ],
)
def test_folded(text: str, expected: str) -> None:
    """Blanks and brackets around all of it go, and so does the cast of a literal."""
    assert expected == folded(text)


class Shouting:
    """A plugin that normalises to capitals, and on the second call adds a full stop."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    @hookimpl
    def normalise_expressions(self, expressions: Sequence[Any]) -> list[str | None]:
        """Answer, but not about what is unspeakable."""
        self.asked.append([one.text for one in expressions])
        return [None if "?" in one.text else _shouted(one.text) for one in expressions]


def _shouted(text: str) -> str:
    return text.upper() if text != text.upper() else f"{text.rstrip('.')}."


@pytest.fixture
def plugin() -> Iterator[Shouting]:
    """The plugin, registered."""
    given = Shouting()
    manager = get_manager()
    name = manager.register(given)
    yield given
    manager.unregister(name)


def pair(model: str, reflected: str, kind: str = "check", column: str = "") -> Pair:
    """Return a pair of the table."""
    return Pair(kind, TABLE, column, model, reflected)


@pytest.mark.parametrize(
    ("given", "expected", "asked"),
    [
        pytest.param(pair("a", "(a)"), True, [], id="by text"),
        pytest.param(pair("a", "A"), True, [["a"]], id="by one question"),
        pytest.param(pair("a", "A."), True, [["a"], ["A", "A."]], id="told twice"),
        pytest.param(pair("a", "B"), False, [["a"], ["A", "B"]], id="different"),
        pytest.param(pair("a ?", "A"), None, [["a ?"]], id="unknown"),
        pytest.param(pair("a", "?"), False, [["a"], ["A", "?"]], id="of the database's words none"),
    ],
)
def test_same(plugin: Shouting, given: Pair, expected: bool | None, asked: list[list[str]]) -> None:
    """The plugin is called only if texts differ, a second time for both sides, and no more."""
    with create_engine("sqlite://").connect() as connection:
        wording = Wording(connection, connection.dialect)
        assert expected is wording.same(given)
        assert expected is wording.same(given)
    assert asked == plugin.asked


def test_many_at_once(plugin: Shouting) -> None:
    """All expressions are normalised at once, a default once for columns of one type."""
    pairs = [
        pair("a", "A"),
        pair("b", "C"),
        pair("x", "X", "server_default", "a"),
        pair("x", "X", "server_default", "b"),
        pair("x", "X", "server_default", "s"),
    ]
    with create_engine("sqlite://").connect() as connection:
        wording = Wording(connection, connection.dialect)
        wording.begin(pairs)
        assert [True, False, True, True, True] == [wording.same(one) for one in pairs]
    assert [["a", "b", "x", "x"], ["B", "C"]] == plugin.asked


def test_begin_forgets(plugin: Shouting) -> None:
    """Another comparison normalises again: the database may have changed."""
    with create_engine("sqlite://").connect() as connection:
        wording = Wording(connection, connection.dialect)
        wording.begin([pair("a", "A")])
        wording.begin([pair("a", "A")])
    assert [["a"], ["a"]] == plugin.asked


def test_without_a_connection(plugin: Shouting) -> None:
    """Nothing can be normalised."""
    wording = Wording(None, create_engine("sqlite://").dialect)
    assert wording.same(pair("a", "A")) is None
    assert [] == plugin.asked
