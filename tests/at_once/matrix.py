"""Many runs at once: the cells of the matrix, and what came of each on one side."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from driving import answer_of

DRIVER = Path(__file__).with_name("driver.py")
DATABASES = ("sqlite", "postgresql", "mariadb")
PROCESSES, ROUNDS, THREADS = 20, 10, 4
SECONDS = 3000
#: Cell -> where the database is, and whether the first revision that is due is slow.
CELLS: dict[str, dict[str, Any]] = {
    "fast, from empty": {"begin": "empty", "slow": False},
    "slow, from empty": {"begin": "empty", "slow": True},
    "fast, from the middle": {"begin": "middle", "slow": False},
    "slow, from the middle": {"begin": "middle", "slow": True},
}


def play(
    url: str,
    folder: Path,
    cell: str,
    python: str = sys.executable,
    *,
    rounds: int = ROUNDS,
    processes: int = PROCESSES,
) -> list[dict[str, Any]]:
    """Run a cell; see `driver.py` for the outcome of a round.

    Args:
        url: a database that may be emptied.
        folder: where the project is created, again for each round.
        cell: one of CELLS.
        python: the side's interpreter.
        rounds: the number of rounds.
        processes: the number of processes.
    """
    request = {"what": "processes", "url": url, "processes": processes, **CELLS[cell]}
    return _driven(request, folder, rounds, python)


def play_threads(
    folder: Path, python: str = sys.executable, *, rounds: int = ROUNDS
) -> list[dict[str, Any]]:
    """Run threads of one process, each on a separate database."""
    return _driven({"what": "threads", "threads": THREADS}, folder, rounds, python)


def summary(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a cell's rounds come to."""
    return {
        "rounds": len(rounds),
        "good": sum(each["right"] and not each["failed"] + each["hung"] for each in rounds),
        "failed": sum(each["failed"] + each["hung"] for each in rounds),
        "wrong": sum(not each["right"] for each in rounds),
    }


def _driven(
    request: dict[str, Any], folder: Path, rounds: int, python: str
) -> list[dict[str, Any]]:
    wanted = {**request, "folder": str(folder), "rounds": rounds}
    found: list[dict[str, Any]] = answer_of(DRIVER, wanted, python, SECONDS)
    return found
