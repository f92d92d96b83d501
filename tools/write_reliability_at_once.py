"""Write the sections of docs/explanation/reliability.md on concurrent runs and bad input.

Needs POSTGRESQL_URL and MARIADB_URL, and fetches the real Alembic into a separate virtual
environment. Takes about thirty minutes; parts may be named: `at_once`, `threads`, `bad_input`. The
rest of the page is written by `write_reliability_page.py`; tests compare the page to the stored
results of both.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "servers")]


def main() -> None:
    """Play all of both sides, or the parts that are named, and write the page."""
    from tests.faults import page

    parts = {"at_once": at_once, "threads": threads, "bad_input": bad_input}
    for name in sys.argv[1:] or parts:
        parts[name]()
    page.PAGE.write_text(page.text_of(page.stored()), encoding="utf-8")
    print(f"Written: {page.PAGE}")


def at_once() -> None:
    """Run many processes at the same moment."""
    from tests.at_once.matrix import CELLS, DATABASES, play, summary

    cells: dict[str, dict[str, Any]] = {name: defaultdict(dict) for name in CELLS}
    for database in DATABASES:
        for side, python in _sides().items():
            with tempfile.TemporaryDirectory() as folder, _empty(database, folder) as url:
                for cell in CELLS:
                    played = play(url, Path(folder) / "project", cell, python)
                    cells[cell][database][side] = summary(played)
                    print(database, side, cell, summary(played), flush=True)
    _keep("cells", cells)


def threads() -> None:
    """Run threads with a database each."""
    from tests.at_once.matrix import play_threads, summary

    found = {}
    for side, python in _sides().items():
        with tempfile.TemporaryDirectory() as folder:
            found[side] = summary(play_threads(Path(folder) / "project", python))
    _keep("threads", found)


def bad_input() -> None:
    """Run the rows of bad input that both command lines take."""
    from tests.bad_input.both import compare

    with tempfile.TemporaryDirectory() as folder:
        _keep("bad_input", compare(Path(folder), _sides()["Alembic"], _empty))


def _sides() -> dict[str, str]:
    from tests.differential.reference import reference_python

    return {"Idiolect": sys.executable, "Alembic": str(reference_python())}


def _keep(part: str, found: Any) -> None:
    from tests.at_once.section import RESULTS, stored

    results = {**(stored() if RESULTS.exists() else {}), part: found}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _empty(database: str, folder: str) -> Any:
    import contextlib

    from server_fixtures import empty_database

    if database == "sqlite":
        return contextlib.nullcontext(f"sqlite:///{folder}/database.db")
    return empty_database(database, os.environ[f"{database.upper()}_URL"])


if __name__ == "__main__":
    main()
