"""A table of SQLite made anew by a batch, beside the same written by hand in SQL.

Used by the suite. Three programs do one thing to copies of one database: Alembic, Idiolect, and a
Python program that sends the statements of SQLite's own recipe through ``sqlite3``.
"""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

from benchmarks import projects, report
from benchmarks.measure import Cost, median, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.sides import Side

_COLUMNS = """
    id INTEGER NOT NULL,
    name VARCHAR(50){null},
    made DATETIME,
    amount NUMERIC(10, 2),
    parent INTEGER,
    CONSTRAINT pk PRIMARY KEY (id),
    CONSTRAINT uq UNIQUE (made, id),
    CONSTRAINT fk FOREIGN KEY(parent) REFERENCES large (id)
"""
_INDEX = "CREATE INDEX ix ON large (name)"
_ROWS = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
    INSERT INTO large
    SELECT i, 'name ' || (i * 7919 % {count}), datetime(i, 'unixepoch'), i / 4.0, max(1, i / 2)
    FROM n
"""
_BY_HAND = (
    "BEGIN IMMEDIATE",
    f"CREATE TABLE new ({_COLUMNS.format(null=' NOT NULL')})",
    "INSERT INTO new SELECT id, name, made, amount, parent FROM large",
    "DROP TABLE large",
    "ALTER TABLE new RENAME TO large",
    _INDEX,
    "COMMIT",
)
_PROGRAM = f"""\
import sqlite3
connection = sqlite3.connect("data.db", isolation_level=None)
for statement in {_BY_HAND!r}:
    connection.execute(statement)
"""
_BATCH = """\
    with op.batch_alter_table('large') as batch:
        batch.alter_column('name', nullable=False)"""
_COMMAND = "upgrade head"


def rows(
    sides: tuple[Side, Side], folder: Path, sizes: Sequence[int], *, repeats: int, limit: float
) -> list[report.Rebuild]:
    """Measure all three on tables of these sizes, in turns.

    Args:
        sides: the tools.
        folder: made here; holds everything.
        sizes: numbers of rows; the first is small, and what is taken off as the cost of starting.
        repeats: how often each is run; a first round is not counted.
        limit: seconds by the clock after which a command is ended.
    """
    programs = {side.name: [side.command, *_COMMAND.split()] for side in sides}
    programs["by hand"] = [str(sides[1].python), "hand.py"]
    costs: dict[int, dict[str, list[Cost]]] = {}
    for size in sizes:
        kept: dict[str, list[Cost]] = {name: [] for name in programs}
        costs[size] = kept
        full = _table(folder / str(size), size)
        for name in programs:
            _project(folder / str(size) / name)
        for number in range(repeats + 1):
            for name, words in programs.items():
                place = folder / str(size) / name
                shutil.copy(full, place / "data.db")
                cost = run(words, place, limit=limit)
                if number:
                    kept[name].append(cost)
    least = {name: median(found) for name, found in costs[sizes[0]].items()}
    return [
        report.Rebuild(
            size, name, cost, least[name], median(costs[size]["by hand"]), least["by hand"]
        )
        for size in sizes[1:]
        for name, cost in ((each, median(found)) for each, found in costs[size].items())
    ]


def _table(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True)
    path = folder / "full.db"
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE large ({_COLUMNS.format(null='')})")
    connection.execute(_ROWS.format(count=count))
    connection.execute(_INDEX)
    connection.commit()
    connection.close()
    return path


def _project(folder: Path) -> None:
    """Write a project with one revision, and the program beside it."""
    projects.write_project(folder, projects.linear(1), url="sqlite:///data.db")
    (revision,) = (folder / "migrations" / "versions").glob("*.py")
    text = revision.read_text(encoding="utf-8").replace("    pass", _BATCH, 1)
    revision.write_text(text, encoding="utf-8")
    (folder / "hand.py").write_text(_PROGRAM, encoding="utf-8")
