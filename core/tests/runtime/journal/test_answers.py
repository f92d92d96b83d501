"""Results of statements are serialised as text and restored."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from idiolect.runtime.journal.answers import (
    LONGEST_ANSWERS,
    MOST_ROWS,
    Answers,
    Rows,
    answers_from,
)

COLUMNS = [("a", 23, None, None, None, None, None)]


def kept(*values: Any) -> list[Any] | None:
    """Return the values of rows with one column after they were a text; None if they cannot be."""
    text = Answers(Rows(COLUMNS, [(value,) for value in values])).text()
    if text is None:
        return None
    rows = answers_from(text).own
    assert rows is not None
    return [row[0] for row in rows.rows]


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        1.5,
        "\u00e9",
        b"\x00\xff",
        Decimal("1.20"),
        uuid.UUID(int=5),
        dt.datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC),
        dt.date(2024, 1, 2),
        dt.time(3, 4, 5),
        ["a", [1, None], b"c"],
        ("a", 1),
        {"a": [1, {"b": Decimal(2)}], 3: None},
        ["dict", [["a", 1]]],
    ],
    ids=lambda value: f"{type(value).__name__} {value}"[:30],
)
def test_values(value: Any) -> None:
    """Each comes back as the same value of the same type."""
    found = kept(value)
    assert found is not None
    assert (value, type(value)) == (found[0], type(found[0]))


@pytest.mark.parametrize(
    "values",
    [(object(),), ("x" * LONGEST_ANSWERS,), range(MOST_ROWS + 1)],
    ids=["unknown type", "long", "many"],
)
def test_what_cannot_be_kept(values: Any) -> None:
    """There is no text then, as half an answer would be a wrong one."""
    assert kept(*values) is None


def test_reads() -> None:
    """Their order and column names are preserved, and simple types."""
    rows = Rows([("a", object(), 1, 2, 3, 4, 5), ("b", "int")], [(1, "x")])
    found = answers_from(Answers(None, [("k", rows), ("l", Rows(COLUMNS, []))]).text() or "")
    assert found.own is None
    assert ["k", "l"] == [key for key, _rows in found.reads]
    first = found.reads[0][1]
    assert first is not None
    assert [("a", None), ("b", "int")] == [tuple(each[:2]) for each in first.description]
    assert [(1, "x")] == first.rows
    assert Answers(None, [("k", None)]).text() is None
    assert "" == Answers().text()
