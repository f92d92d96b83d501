"""``history``, ``heads``, ``branches``, ``show`` and ``current``: both tools print the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.differential.harness import alembic, assert_same_text
from tests.differential.history import use_database

if TYPE_CHECKING:
    from pathlib import Path

    from tests.differential.harness import Allowed

ALLOWED: tuple[Allowed, ...] = ()
"""What may differ, with the reason."""

SAMPLE = ["history -v", "heads -v", "branches", "show a7", "show nothing"]
LONG = [
    "history",
    "history -r b2:a7",
    "history -r :c3",
    "history -r a7:",
    "history -r-2:",
    "history -r base:billing@head",
    "heads",
    "heads --resolve-dependencies",
    "branches -v",
    "show heads",
    "show billing",
]
WITHOUT_DATABASE = [
    *SAMPLE,
    *(pytest.param(command, marks=pytest.mark.full) for command in LONG),
]
WITH_DATABASE = ["current -v", "history -i", "history -r current:", "show current", "current"]
APPLIED = [
    "e5 c9",
    *(pytest.param(word, marks=pytest.mark.full) for word in ("", "b2", "heads")),
]


@pytest.mark.parametrize("command", WITHOUT_DATABASE)
def test_listings_are_the_same(command: str, history: Path) -> None:
    """Output read from the scripts alone is the same, and so is the exit status."""
    assert_same_text(history, command.split(), ALLOWED)


@pytest.mark.parametrize("command", WITH_DATABASE)
@pytest.mark.parametrize("applied", APPLIED, ids=lambda applied: applied or "nothing")
def test_listings_of_a_database_are_the_same(command: str, applied: str, project: Path) -> None:
    """Output read from scripts and version table is the same."""
    use_database(project, "sqlite:///listed.db")
    for revision in applied.split():
        alembic().must(project, "upgrade", revision)
    assert_same_text(project, command.split(), ALLOWED)
