"""Errors are raised by programs, too, in the ways in which any exception may be."""

from __future__ import annotations

import pickle

import pytest

from idiolect.errors import CommandError, DatabaseNotAtHead


@pytest.mark.parametrize(
    ("given", "shown"),
    [((), ""), (("no such table",), "no such table"), (("a", 1), "('a', 1)")],
    ids=["nothing", "message", "more"],
)
def test_arguments_are_those_of_an_exception(given: tuple[object, ...], shown: str) -> None:
    """Positional arguments are in ``args`` and in the text, as for ``Exception``."""
    error = CommandError(*given)  # type: ignore[arg-type]

    assert (given, shown) == (error.args, str(error))


def test_the_bare_class_can_be_raised() -> None:
    """``raise CommandError`` without a call has an empty message."""
    with pytest.raises(DatabaseNotAtHead) as caught:
        raise DatabaseNotAtHead

    assert caught.value.message == ""


def test_facts_survive_pickling() -> None:
    """A copy out of another process has the message and the facts."""
    error = CommandError("gone", revision="a1")

    copy = pickle.loads(pickle.dumps(error))

    assert ("gone", "a1") == (copy.message, copy.revision)
