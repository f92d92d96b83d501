"""The part of the page on reliability about concurrent runs and bad input.

`tools/write_reliability_at_once.py` runs and stores; `tests/faults/page.py` writes the page.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.at_once.matrix import CELLS, DATABASES, PROCESSES, ROUNDS, THREADS

RESULTS = Path(__file__).with_name("results.json")
HEADINGS = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
SIDES = ("Idiolect", "Alembic")
_BEFORE = """
## Concurrent runs

{processes} processes start `upgrade head` at the same moment, {rounds} times for each cell, half of
them with `transaction_per_migration`. A round is good if no process fails and each of the four
revisions is applied exactly once. "Slow": the first pending revision takes two seconds. "From the
middle": two of the four revisions were applied before.

"""
_THREADS = """
{threads} threads of one process, each with its own database, are in the middle of a revision at the
same time: {told}. A round is good if no thread fails and each database has all rows exactly once.
"""
_BAD = """
## Invalid input

{rows} commands were run on projects with an error: in config files, URLs, `env.py`, revision files,
version tables, folders that cannot be written, and servers that refuse. {both} of them use commands
and options that both tools have, and were run with both. Of these:

| outcome | Idiolect | Alembic |
|---|---|---|
"""
#: Outcome -> what it is called in the page.
OUTCOMES = {
    "traceback": "a traceback, although no code of the project failed",
    "long": "more than 12 lines, although no code of the project failed",
    "wrong": "exits with status 0, or changes something, where the other tool refuses",
    "secret": "shows the password",
}


def text_of(results: dict[str, Any]) -> str:
    """Return the part of the page."""
    cells = results["cells"]
    lines = [
        "| first revision | " + " | ".join(HEADINGS.values()) + " |",
        "|---|" + "---|" * len(HEADINGS),
        *(
            f"| {cell} | " + " | ".join(_cell(cells[cell][each]) for each in DATABASES) + " |"
            for cell in CELLS
        ),
    ]
    threads = "; ".join(
        f"{side} good in {results['threads'][side]['good']} of "
        f"{results['threads'][side]['rounds']} rounds"
        for side in SIDES
    )
    bad = results["bad_input"]
    return (
        _BEFORE.format(processes=PROCESSES, rounds=ROUNDS)
        + "\n".join(lines)
        + "\n"
        + _THREADS.format(threads=THREADS, told=threads)
        + _BAD.format(**bad)
        + "".join(
            f"| {words} | {bad['Idiolect'].get(name, 0)} | {bad['Alembic'].get(name, 0)} |\n"
            for name, words in OUTCOMES.items()
        )
    )


def _cell(sides: dict[str, dict[str, int]]) -> str:
    return "; ".join(f"{side} {_told(sides[side])}" for side in SIDES)


def _told(found: dict[str, int]) -> str:
    begin = f"{found['good']} of {found['rounds']} good"
    more = []
    if found["failed"]:
        more.append(f"{found['failed']} of {found['rounds'] * PROCESSES} processes failed")
    if found["wrong"]:
        more.append(f"{found['wrong']} times wrong rows")
    return begin + (f" ({', '.join(more)})" if more else "")


def stored() -> dict[str, Any]:
    """Return the results that the page was written from."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found
