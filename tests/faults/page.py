"""The page on reliability: what the fault matrix said of both sides, as a table.

`tools/write_reliability_page.py` plays and writes; a test holds the page to what is stored.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.at_once import section
from tests.faults.matrix import DATABASES, histories_for

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "reliability.md"
RESULTS = Path(__file__).with_name("results.json")
HEADINGS = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
SIDES = ("Idiolect", "Alembic")
#: Fault -> what it is called in the page.
FAULTS = {
    "kill": "SIGKILL after each statement and each commit",
    "moment": "SIGKILL at a random moment",
    "terminate": "the server ends the session",
    "full": "the disk is full",
}
_BEFORE = """\
# Reliability

What becomes of a database when a run is cut off in the middle of a revision, and `upgrade` or
`downgrade` is run again. The table is written from tests ({Idiolect} cases of Idiolect, {Alembic}
of Alembic, which sends fewer statements). Each history is run once undisturbed, and then once for
each fault, in a process that really dies or on a session that the server really ends. A case counts
as finished where the second run ends well and leaves the same definitions, rows and version as the
undisturbed one.

SQLite {sqlite_version}, PostgreSQL {postgresql_version} and MariaDB {mariadb_version}; Alembic
{alembic_version}. The faults: {faults}.

"""
_AFTER = """
What Idiolect does not finish by itself it tells ("told"): a revision that reads the database
before it writes, cut off where DDL cannot be rolled back. What it read may be different now, so
the second run stops before any change and says how far the first one got and what to choose from:
see [Resume an interrupted migration](../how-to/resume-a-migration.md). What a batch reads of
its table and what a write returns is recorded, and answered to the second run as it was. All other
cases that are not finished end in an error, most of them at a statement that had been carried out
before.

Numbers that AUTO_INCREMENT or a sequence gave to rows that were rolled back are not given again.

## How

On SQLite and PostgreSQL all of a run, or all of a revision, is one transaction. On MariaDB and
MySQL, and around `autocommit_block()` and commits of a revision's own, a journal of statements is
kept in a table beside the version table while the revision runs.
"""


def text_of(results: dict[str, Any]) -> str:
    """Return the page."""
    cells = results["cells"]
    totals = {
        side: sum(sum(each[side].values()) for row in cells.values() for each in row.values())
        for side in SIDES
    }
    faults = "; ".join(FAULTS.values())
    lines = [
        "| revision | " + " | ".join(HEADINGS.values()) + " |",
        "|---|" + "---|" * len(HEADINGS),
        *(
            f"| {name} | " + " | ".join(_cell(row.get(each)) for each in DATABASES) + " |"
            for name, row in cells.items()
        ),
    ]
    before = _BEFORE.format(faults=faults, **totals, **results["versions"])
    return before + "\n".join(lines) + "\n" + _AFTER + section.text_of(section.stored())


def _cell(sides: dict[str, dict[str, int]] | None) -> str:
    if sides is None:
        return ""
    return "; ".join(f"{side} {_told(sides[side])}" for side in SIDES)


def _told(outcomes: dict[str, int]) -> str:
    total = sum(outcomes.values())
    told = f", told {outcomes['told']}" if outcomes.get("told") else ""
    return f"{outcomes.get('same', 0)} of {total}{told}"


def names() -> list[str]:
    """Return the names of all histories, in the order of the page."""
    return list(dict.fromkeys(each.name for name in DATABASES for each in histories_for(name)))


def stored() -> dict[str, Any]:
    """Return the results that the page was written from."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found
