"""The harness itself: it must detect differences."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.differential.harness import Allowed, alembic, idiolect, rewritten, snapshot
from tests.differential.history import HISTORY
from tests.differential.reference import VERSION

if TYPE_CHECKING:
    from pathlib import Path

BASE = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5) DEFAULT 'x', b INT); "


def test_the_reference_is_the_pinned_alembic(tmp_path: Path) -> None:
    """The reference is the version of Alembic whose API is provided."""
    assert f"alembic {VERSION}\n" == alembic().must(tmp_path, "--version").replace(
        "__main__.py", "alembic"
    )


def test_the_measured_tool_is_idiolect(tmp_path: Path) -> None:
    """What is measured is another program than the measure."""
    assert idiolect().must(tmp_path, "--version").startswith("idiolect ")


def test_the_generated_history_is_complete(history: Path) -> None:
    """Each step has a file with its id, and there are no other ids."""
    found = {path.name.partition("_")[0] for path in (history / "migrations/versions").glob("*.py")}

    assert {step.rev_id for step in HISTORY} == found


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE t ADD COLUMN c INT",
        "CREATE INDEX i ON t (a)",
        "CREATE TABLE u (id INTEGER)",
        "INSERT INTO t (b) VALUES (1)",
        "DROP TABLE t; CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(6) DEFAULT 'x', b INT)",
        "DROP TABLE t; CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5) DEFAULT 'y', b INT)",
        "DROP TABLE t; CREATE TABLE t (id INTEGER, a VARCHAR(5) DEFAULT 'x', b INT)",
        BASE.replace("CREATE", "DROP TABLE t; CREATE").replace("b INT)", "b INT UNIQUE)"),
        BASE.replace("CREATE", "DROP TABLE t; CREATE").replace("b INT)", "b INT NOT NULL)"),
        BASE.replace("CREATE", "DROP TABLE t; CREATE").replace("b INT)", "b INT CHECK (b > 0))"),
        BASE.replace("CREATE", "DROP TABLE t; CREATE").replace("b INT)", "b INT REFERENCES t(id))"),
    ],
)
def test_a_snapshot_sees_each_kind_of_change(change: str, tmp_path: Path) -> None:
    """Two databases that differ in one thing have different snapshots, equal ones equal."""
    shots = []
    for number, script in enumerate([BASE, BASE, BASE + change]):
        path = tmp_path / f"{number}.db"
        connection = sqlite3.connect(path)
        connection.executescript(script)
        connection.close()
        shots.append(snapshot(f"sqlite:///{path}"))

    assert shots[0] == shots[1]
    assert shots[0] != shots[2]


def test_allowed_differences_are_taken_out() -> None:
    """Only what a table allows is rewritten before texts are compared."""
    allowed = (Allowed("the word is another", r"^(one|two)$", "number"),)

    assert rewritten("one\nthree", allowed) == rewritten("two\nthree", allowed)
    assert rewritten("one\nthree", allowed) != rewritten("one\nfour", allowed)
