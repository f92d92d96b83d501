"""Write docs/explanation/reliability.md: interrupt revisions at each point, with both sides.

Needs POSTGRESQL_URL and MARIADB_URL, and fetches the real Alembic into a separate virtual
environment. Takes about fifteen minutes; with names of histories it runs only these. Run it after a
change to the histories in `tests/faults`, or to their expected results; a test compares the page to
the stored results.
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
    """Play all of both sides, or what is named, and write the page."""
    from tests.differential.reference import VERSION, reference_python
    from tests.faults.matrix import DATABASES, FULL, counts, histories_for, play
    from tests.faults.page import PAGE, RESULTS, names, stored, text_of

    chosen = sys.argv[1:] or names()
    before = stored()["cells"]
    cells: dict[str, dict[str, Any]] = {
        name: defaultdict(dict) if name in chosen else before[name] for name in names()
    }
    versions = {"alembic_version": VERSION}
    for database in DATABASES:
        for side, python in (("Idiolect", sys.executable), ("Alembic", str(reference_python()))):
            with tempfile.TemporaryDirectory() as folder, _empty(database, folder) as url:
                versions[f"{database}_version"] = _version(url)
                for number, history in enumerate(histories_for(database)):
                    if history.name not in chosen:
                        continue
                    place = Path(folder) / str(number)
                    played = play(url, place, [history], FULL[database], python)
                    cells[history.name][database][side] = counts(played[history.name])
                    print(database, side, history.name, cells[history.name][database][side])
    results = {"versions": versions, "cells": cells}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(text_of(results), encoding="utf-8")
    print(f"Written: {PAGE}")


def _empty(database: str, folder: str) -> Any:
    import contextlib

    from server_fixtures import empty_database

    if database == "sqlite":
        return contextlib.nullcontext(f"sqlite:///{folder}/faults.db")
    return empty_database(database, os.environ[f"{database.upper()}_URL"])


def _version(url: str) -> str:
    import sqlalchemy as sa

    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        found = connection.dialect.server_version_info or ()
    return ".".join(map(str, found[:3]))


if __name__ == "__main__":
    main()
