"""Random sequences of operations on Oracle: SQL*Plus sends each statement once, and all parse."""

from __future__ import annotations

import re
import warnings

import pytest
from plsql_parser import mistakes
from sqlplus_reader import sent

from tests.differential import play

SEEDS = 60
FIRSTS = [0, *(pytest.param(first, marks=pytest.mark.full) for first in range(SEEDS, 1200, SEEDS))]

PAST_ORACLE = {
    "condition": r"\bIF (NOT )?EXISTS\b",
    "type": r"\bTIME\b",
    "temporary table": r"^CREATE TEMPORARY",
    "operator": " % ",
    "foreign key": r"\b(MATCH (FULL|SIMPLE)|ON DELETE (RESTRICT|no action))\b",
    "part of a name": r'\ba\.b\.[\w"]',
    "query of no table": r"^\s*select (?!.*from)",
    "row without columns": r"\(\) VALUES \(\)",
    "list that is bound": "POSTCOMPILE",
    "schema": "^(CREATE|DROP) SCHEMA",
    "text that is no SQL": r"^a\n",
}
"""What is drawn for every dialect, and what Oracle, or the parser of its 12.2, does not have."""


@pytest.mark.parametrize("first", FIRSTS)
def test_random_scripts(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every script is parsed as intended, and its Oracle syntax is valid."""
    monkeypatch.setattr(play, "OPTIONS", {})
    statements: list[str] = []
    for seed in range(first, first + SEEDS):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            script = play.play("idiolect", seed, "oracle")["text"]
        # What no database takes is no statement to SQL*Plus either.
        script = script.replace("a\n    b\n\n/\n\n", "")
        found = list(sent(script))
        assert script.count("\n\n/\n\n") == len(found)
        statements += found
    past = re.compile("|".join(PAST_ORACLE.values()), re.IGNORECASE | re.MULTILINE)
    assert [] == mistakes([statement for statement in statements if not past.search(statement)])
