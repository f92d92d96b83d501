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

WITHOUT_DATABASE = [
    "history",
    "history -v",
    "history -r b2:a7",
    "history -r :c3",
    "history -r a7:",
    "history -r-2:",
    "history -r base:billing@head",
    "heads",
    "heads -v",
    "heads --resolve-dependencies",
    "branches",
    "branches -v",
    "show a7",
    "show heads",
    "show billing",
    "show nothing",
]
WITH_DATABASE = ["current", "current -v", "history -i", "history -r current:", "show current"]
APPLIED = ["", "b2", "e5 c9", "heads"]


@pytest.mark.parametrize("command", WITHOUT_DATABASE)
def test_listings_are_the_same(command: str, history: Path) -> None:
    """What is read from the scripts alone is printed alike, and the status is the same."""
    assert_same_text(history, command.split(), ALLOWED)


@pytest.mark.parametrize("command", WITH_DATABASE)
@pytest.mark.parametrize("applied", APPLIED, ids=lambda applied: applied or "nothing")
def test_listings_of_a_database_are_the_same(command: str, applied: str, project: Path) -> None:
    """What is read from scripts and version table is printed alike."""
    use_database(project, "sqlite:///listed.db")
    for revision in applied.split():
        alembic().must(project, "upgrade", revision)
    assert_same_text(project, command.split(), ALLOWED)
