"""The page on reliability: the results of the fault matrix on both sides, as a table.

`tools/write_reliability_page.py` runs and writes; a test compares the page to the stored results.
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

This page shows what happens if a run is interrupted in the middle of a revision and `upgrade` or
`downgrade` is run again. The table is generated from tests ({Idiolect} cases of Idiolect, {Alembic}
of Alembic, which sends fewer statements). Each history is run once without a fault, and then once
for each fault, in a process that is really killed or on a session that the server really ends. A
case counts as completed if the second run succeeds and leaves the same definitions, rows and
version as the run without a fault.

SQLite {sqlite_version}, PostgreSQL {postgresql_version} and MariaDB {mariadb_version}; Alembic
{alembic_version}. The faults: {faults}.

"""
_AFTER = """
"Reported" cases are those that Idiolect does not complete automatically: a revision reads from the
database before it writes, and is interrupted on a database that cannot roll back DDL. The data that
it read may have changed, so the second run stops before any change. It reports how far the first
run got and which choices you have: see
[Resume an interrupted migration](../how-to/resume-a-migration.md). What a batch reflects and what a
write returns is recorded and replayed to the second run. All other cases that are not completed end
in an error, most of them at a statement that had already been executed.

Values of AUTO_INCREMENT or a sequence that were assigned to rolled-back rows are not assigned
again.

## How it works

On SQLite and PostgreSQL, a run or a revision is one transaction. On MariaDB and MySQL, and for
`autocommit_block()` and commits inside a revision, Idiolect keeps a journal of statements in a
table while the revision runs.
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
    told = f", reported {outcomes['told']}" if outcomes.get("told") else ""
    return f"{outcomes.get('same', 0)} of {total}{told}"


def names() -> list[str]:
    """Return the names of all histories, in the order of the page."""
    return list(dict.fromkeys(each.name for name in DATABASES for each in histories_for(name)))


def stored() -> dict[str, Any]:
    """Return the results that the page was written from."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found
