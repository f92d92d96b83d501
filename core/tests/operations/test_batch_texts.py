"""Columns are found in SQL text, and get other names there."""

from __future__ import annotations

import pytest

from idiolect.operations.batch.texts import columns_in, renamed

CASES = {
    "plain": ("a > 5", "b > 5"),
    "another case": ("A > 5", "b > 5"),
    "quoted": ('"a" > 5 AND `a` < [a]', "b > 5 AND b < b"),
    "string": ("a <> 'a' AND x <> 'it''s a'", "b <> 'a' AND x <> 'it''s a'"),
    "part of a word": ("aa > 5 AND a_ > a1", "aa > 5 AND a_ > a1"),
    "call": ("a(a) > a (5)", "a(b) > a (5)"),
    "type": ("CAST(a AS a) > 5 AND a::a <> a", "CAST(b AS a) > 5 AND b::a <> b"),
    "collation": ("a COLLATE a <> x", "b COLLATE a <> x"),
    "quote in a name": ('"a""x" > 5', '"a""x" > 5'),
    "of the table": ("t.a > 5", "t.b > 5"),
}


@pytest.mark.parametrize(("sql", "expected"), CASES.values(), ids=CASES)
def test_renamed(sql: str, expected: str) -> None:
    """Words that are columns, and nothing else."""
    assert expected == renamed(sql, {"a": "b"})


def test_names_change_places() -> None:
    """All at once, so that two can be exchanged."""
    assert "b > a" == renamed("a > b", {"a": "b", "b": "a"})


def test_columns_in() -> None:
    """In lower case, including keywords."""
    assert {"a", "größe", 'q"x', "and", "is", "null"} == columns_in(
        'lower(A) = \'x\' AND "q""x" IS NULL AND größe'
    )
