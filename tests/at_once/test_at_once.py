"""Twenty processes begin at the same moment: one works, the others wait and find nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.at_once.matrix import CELLS, ROUNDS, play, play_threads, summary

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'x.db'}"
    found: str = request.getfixturevalue(f"fresh_{request.param}")
    return found


@pytest.mark.parametrize(
    ("cell", "rounds"),
    [
        pytest.param("slow, from empty", 1, id="a sample"),
        *(pytest.param(cell, ROUNDS, id=cell, marks=pytest.mark.full) for cell in CELLS),
    ],
)
def test_processes(url: str, tmp_path: Path, cell: str, rounds: int) -> None:
    """None fails, and each row exists once; every second round uses a transaction per revision."""
    played = play(url, tmp_path / "project", cell, rounds=rounds)
    assert {"rounds": rounds, "good": rounds, "failed": 0, "wrong": 0} == summary(played), played


def test_threads(tmp_path: Path) -> None:
    """Threads with different databases do not see each other's."""
    played = play_threads(tmp_path / "project", rounds=3)
    assert {"rounds": 3, "good": 3, "failed": 0, "wrong": 0} == summary(played), played
