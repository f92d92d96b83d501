"""Helpers about values and names."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest

from idiolect.util.langhelpers import (
    EMPTY_DICT,
    Dispatcher,
    asbool,
    dedupe_tuple,
    immutabledict,
    memoized_property,
    nearest,
    not_none,
    rev_id,
    shown,
    to_list,
    to_tuple,
    unique_list,
)

TUPLES: list[tuple[Any, Any, Any]] = [
    (None, None, None),
    (None, (), ()),
    ("text", None, ("text",)),
    (5, None, (5,)),
    ([1, 2], None, (1, 2)),
    ((), ("x",), ()),
    ({"a": 1}, None, ("a",)),
]


@pytest.mark.parametrize(("value", "default", "expected"), TUPLES)
def test_to_tuple(value: Any, default: Any, expected: Any) -> None:
    """A single object becomes a tuple of one, an iterable is copied, None is the default."""
    assert expected == to_tuple(value, default)


def test_to_list() -> None:
    """As to_tuple(), and None is an empty list."""
    assert [] == to_list(None)
    assert ["x"] == to_list(None, ["x"])
    assert ["text"] == to_list("text")


def test_lists_without_repetition() -> None:
    """The first appearance counts."""
    assert ["b", "a"] == unique_list(["b", "a", "b"])
    assert ("b", "a") == dedupe_tuple(("b", "a", "b"))


def test_revision_ids() -> None:
    """Twelve hexadecimal digits, hardly ever twice."""
    ids = {rev_id() for _ in range(1000)}
    assert 1000 == len(ids)
    assert all(re.fullmatch("[0-9a-f]{12}", each) for each in ids)


BOOLS = [
    *[(word, True) for word in ("true", " Yes", "ON", "y", "t", "1", True, 1)],
    *[(word, False) for word in ("false", "no ", "Off", "n", "f", "0", False, 0, None)],
]


@pytest.mark.parametrize(("value", "expected"), BOOLS)
def test_asbool(value: Any, expected: bool) -> None:
    """Words of either truth in any case."""
    assert expected is asbool(value)


@pytest.mark.parametrize("value", ["", "maybe", "2"])
def test_asbool_of_anything_else(value: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="Not a boolean"):
        asbool(value)


def test_not_none() -> None:
    """Values other than None are returned, even empty ones."""
    assert not not_none("")
    with pytest.raises(AssertionError):
        not_none(None)


def test_nearest() -> None:
    """The best match first; nothing if nothing is similar."""
    assert ["upgrade"] == nearest("upgrad", ["downgrade", "upgrade"], limit=1)
    assert [] == nearest("zzz", ["downgrade", "upgrade"])


CHANGES = {
    "set": lambda each: each.__setitem__("a", 2),
    "del": lambda each: each.__delitem__("a"),
    "clear": lambda each: each.clear(),
    "pop": lambda each: each.pop("a"),
    "popitem": lambda each: each.popitem(),
    "setdefault": lambda each: each.setdefault("b", 1),
    "update": lambda each: each.update(b=1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_an_immutable_dict(change: Any) -> None:
    """Every change is rejected."""
    each = immutabledict(a=1)
    with pytest.raises(TypeError, match="cannot be changed"):
        change(each)
    assert {"a": 1} == each


def test_the_union_of_immutable_dicts() -> None:
    """It is a new one, the latter entries over the former."""
    each = immutabledict(a=1, b=1)
    assert {"a": 1, "b": 2, "c": 3} == each.union({"b": 2}, c=3)
    assert {"a": 1, "b": 1} == each
    assert isinstance(each.union(), immutabledict)
    assert {} == EMPTY_DICT


def test_a_memoized_property() -> None:
    """It is computed once per object and keeps name and docstring."""
    calls: list[int] = []

    class Thing:
        @memoized_property
        def value(self) -> int:
            """A number."""
            calls.append(1)
            return len(calls)

    thing, other = Thing(), Thing()
    assert (1, 1, 2) == (thing.value, thing.value, other.value)
    assert ("value", "A number.") == (Thing.value.__name__, Thing.value.__doc__)


class Base:
    """A class that something is registered for."""


class Derived(Base):
    """A class of it."""


def test_a_dispatcher() -> None:
    """The nearest base's function, a dialect's before the general one of the same class."""
    dispatcher = Dispatcher()
    dispatcher.dispatch_for(Base)(lambda: "base")
    dispatcher.dispatch_for(Base, qualifier="special")(lambda: "special base")
    dispatcher.dispatch_for("name")(lambda: "name")
    assert "base" == dispatcher.dispatch(Derived())()
    assert "base" == dispatcher.dispatch(Derived)()
    assert "special base" == dispatcher.dispatch(Derived(), "special")()
    assert "base" == dispatcher.dispatch(Derived(), "other")()
    assert "name" == dispatcher.dispatch("name")()
    with pytest.raises(ValueError, match="no dispatch function for object: 5"):
        dispatcher.dispatch(5)


def test_a_dispatcher_keeps_what_it_has() -> None:
    """Replacing is said, and a branch does not reach back."""
    dispatcher = Dispatcher()
    dispatcher.dispatch_for(Base)(lambda: "one")
    with pytest.raises(ValueError, match="use replace=True"):
        dispatcher.dispatch_for(Base)(lambda: "two")
    branch = dispatcher.branch()
    branch.dispatch_for(Base, replace=True)(lambda: "two")
    branch.dispatch_for(Derived)(lambda: "derived")
    assert ("one", "one") == (dispatcher.dispatch(Base())(), dispatcher.dispatch(Derived())())
    assert ("two", "derived") == (branch.dispatch(Base())(), branch.dispatch(Derived())())


def test_a_class_is_shown_under_its_documented_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package nearest to the top that offers it counts, by Alembic's name under the alias."""
    from idiolect import operations
    from idiolect.operations import ops

    monkeypatch.delitem(sys.modules, "alembic.operations", raising=False)
    assert "<class 'idiolect.operations.ops.CreateTableOp'>" == shown(ops.CreateTableOp)

    monkeypatch.setitem(sys.modules, "alembic.operations", operations)
    assert "<class 'alembic.operations.ops.CreateTableOp'>" == shown(ops.CreateTableOp)
    assert "'text'" == shown("text")
