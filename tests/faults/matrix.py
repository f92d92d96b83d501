"""The fault matrix: histories cut off on a database by one side, and what came of each case."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from driving import answer_of

from tests.faults.histories import HISTORIES, History

DRIVER = Path(__file__).with_name("driver.py")
DATABASES = ("sqlite", "postgresql", "mariadb")
SECONDS = 3000
SEED = 20
#: Fault -> at how many points it is played, 0 being all; in a sample, and in full.
SAMPLE: dict[str, dict[str, int]] = {
    "sqlite": {"kill": 3, "full": 1, "moment": 1},
    "postgresql": {"kill": 1, "terminate": 2},
    "mariadb": {"kill": 2, "terminate": 1},
}
FULL: dict[str, dict[str, int]] = {
    "sqlite": {"kill": 0, "full": 0, "moment": 5},
    "postgresql": {"kill": 0, "terminate": 8, "moment": 5},
    "mariadb": {"kill": 0, "terminate": 8, "moment": 5},
}


def histories_for(database: str) -> list[History]:
    """Return the histories that can run on a database."""
    return [history for history in HISTORIES if database in history.databases]


def play(
    url: str,
    folder: Path,
    histories: list[History],
    kinds: dict[str, int],
    python: str = sys.executable,
) -> dict[str, list[dict[str, Any]]]:
    """Interrupt histories and run them again.

    Args:
        url: a database that may be emptied.
        folder: where projects are created.
        histories: what to run.
        kinds: fault -> number of points; 0 is all.
        python: the side's interpreter.

    Returns:
        The cases of each history, by its name; see `driver.play`.
    """
    request = {
        "url": url,
        "folder": str(folder),
        "kinds": kinds,
        "seed": SEED,
        "histories": [_as_data(history) for history in histories],
    }
    answer = answer_of(DRIVER, request, python, SECONDS)
    return {found["history"]: found["cases"] for found in answer}


def counts(cases: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many cases had each outcome."""
    return dict(sorted(Counter(case["outcome"] for case in cases).items()))


def _as_data(history: History) -> dict[str, Any]:
    return {
        "name": history.name,
        "files": history.files(),
        "fixed_files": history.files(fixed=True) if history.fixed else {},
        "fixed": bool(history.fixed),
        "direction": history.direction,
        "per_migration": history.per_migration,
    }
