"""What the documentation of operations shows does the same with both tools, everywhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.differential.databases import databases
from tests.differential.harness import SECONDS
from tests.differential.reference import reference_python

ROOT = Path(__file__).resolve().parents[2]
COMMENTS = "SQL Server's comments without a schema fail with Alembic in a script"
QUESTIONS = "T-SQL has no IF NOT EXISTS, and Alembic leaves it out"
REFUSED = "SQLite cannot do it: it is refused, and Alembic writes what SQLite does not take"
QUOTED = "names are quoted inside of object_id()"
INLINE = "Alembic leaves the foreign key out"
FOLLOWS = "checks follow the renaming of a column; Alembic's batch fails"
PERCENT = "a percent sign is written once into scripts"

#: What differs, and why; each is on the page of differences.
ALLOWED = {
    **dict.fromkeys(
        (
            *(
                "add_comment mssql script",
                "alter_comment mssql script",
                "create_table mssql script",
            ),
            *("table_comment mssql script", "no_table_comment mssql script"),
            "batch_comment mssql script",
        ),
        COMMENTS,
    ),
    **dict.fromkeys(("add_if_not_exists mssql script", "index_options mssql script"), QUESTIONS),
    **dict.fromkeys(
        (
            *("alter_nullable sqlite script", "alter_type sqlite script"),
            *("alter_using sqlite script", "alter_default sqlite script"),
            *("alter_no_default sqlite script", "alter_all sqlite script"),
            *("alter_from_boolean sqlite script", "table_comment sqlite script"),
            *("no_table_comment sqlite script", "batch_never sqlite script"),
        ),
        REFUSED,
    ),
    **dict.fromkeys(
        ("drop_mssql mssql script", "alter_no_default mssql script", "alter_all mssql script"),
        QUOTED,
    ),
    **{
        f"{name} {dialect} script": PERCENT
        for name in ("alter_comment", "table_comment", "check_text", "escaped_colon")
        for dialect in ("postgresql", "mysql", "mariadb")
    },
    "add_inline_references mssql script": INLINE,
    "add_inline_references oracle script": INLINE,
    "alter_comment oracle script": "Alembic does not quote names in a column's comment",
    "batch_reflect_args sqlite database": FOLLOWS,
    "batch_reflect_kwargs sqlite database": FOLLOWS,
}


def test_scripts_and_sqlite() -> None:
    """Scripts for all dialects and a SQLite database are the same, except as allowed."""
    expected, found = _both("sqlite://")

    assert {name: ALLOWED.get(name) for name in _differing(expected, found)} == ALLOWED


@pytest.mark.full
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_servers(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """On servers, schema and rows are the same after every example."""
    with databases(request, kind, tmp_path) as new:
        expected, found = _both(new())

    assert [] == [name for name in _differing(expected, found) if name.endswith(" database")]


def _both(url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    expected = _done(str(reference_python()), "alembic", url)
    found = _done(sys.executable, "idiolect", url)
    assert expected.keys() == found.keys()
    return expected, found


def _done(python: str, tool: str, url: str) -> dict[str, Any]:
    done = subprocess.run(
        [python, "-m", "tests.differential.documented", tool, url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def _differing(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    return [name for name in expected if _settled(expected[name]) != _settled(found[name])]


def _settled(outcome: Any) -> Any:
    """Return an outcome without the text of errors and the order of indexes."""
    if not isinstance(outcome, str):
        return outcome
    if outcome.startswith("refused: "):
        return "refused"
    made = iter(sorted(re.findall(r"^CREATE INDEX .*$", outcome, re.MULTILINE)))
    return re.sub(r"^CREATE INDEX .*$", lambda _found: next(made), outcome, flags=re.MULTILINE)
