"""The rows of bad input on both command lines, for the page on reliability.

The project is broken as usual; for Alembic the tool's name is then replaced in all of its files.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.bad_input.outcome import (
    IDIOLECT,
    MOST_LINES,
    Side,
    can_be_powerless,
    run,
    secret_faults,
    wrongly_changed,
)
from tests.bad_input.sound import copy_sound, make_sound
from tests.bad_input.table import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.bad_input.outcome import Outcome
    from tests.bad_input.row import Project, Row

COMMANDS = {
    *("branches", "check", "current", "downgrade", "edit", "ensure_version", "heads", "history"),
    *("init", "list_templates", "merge", "revision", "show", "stamp", "upgrade"),
}
_NOT_TAKEN = ("unrecognized arguments", "invalid choice")


def compare(
    folder: Path,
    alembic: str,
    empty: Callable[[str, str], AbstractContextManager[str]],
) -> dict[str, Any]:
    """Run the rows that both command lines accept.

    Args:
        folder: where projects are created.
        alembic: an interpreter with the real Alembic.
        empty: returns the URL of an empty database of a kind.

    Returns:
        The number of rows, the number that ran on both, and the numbers of each outcome per side.
    """
    (folder / "sound").mkdir()
    sound = make_sound(folder / "sound")
    sides = {"Idiolect": IDIOLECT, "Alembic": Side((alembic, "-m", "alembic"), _renamed)}

    def one(row: Row) -> dict[str, set[str]]:
        found = {}
        for name, side in sides.items():
            with empty(row.needs or "sqlite", str(folder)) as url:
                project = copy_sound(sound, folder / name / row.id, url if row.needs else "")
                as_named = row if name == "Idiolect" else _for_alembic(row)
                found[name] = _outcomes(row, project, run(as_named, project, side))
        return found

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        played = list(pool.map(one, [row for row in ROWS if _may_be_taken(row)]))
    taken = [each for each in played if "not taken" not in each["Alembic"] - each["Idiolect"]]
    counts = {name: Counter(word for each in taken for word in each[name]) for name in sides}
    return {"rows": len(ROWS), "both": len(taken), **counts}


def _may_be_taken(row: Row) -> bool:
    words = row.command.split()
    return (
        any(word in COMMANDS for word in words)
        and not any(name.startswith("IDIOLECT_") for name, _ in row.env)
        # About Idiolect's name for Alembic: there is nothing wrong for the real one.
        and not row.id.startswith("real-alembic")
        and (not row.powerless or can_be_powerless())
    )


def _outcomes(row: Row, project: Project, outcome: Outcome) -> set[str]:
    """Return what of `section.OUTCOMES` came of a row."""
    found = set()
    if any(words in outcome.err for words in _NOT_TAKEN):
        found.add("not taken")
    if not row.fails_in and not row.raw:
        if "Traceback (most recent call last)" in outcome.err + outcome.out:
            found.add("traceback")
        if len(outcome.err.splitlines()) > MOST_LINES:
            found.add("long")
    if (row.status != 0 and outcome.status == 0) or wrongly_changed(row, outcome):
        found.add("wrong")
    if [*secret_faults(project, outcome)]:
        found.add("secret")
    return found


def _for_alembic(row: Row) -> Row:
    return replace(
        row,
        # The spoiling is of our files, before they are renamed.
        command=row.command.replace("idiolect", "alembic"),
        changes=tuple(each.replace("idiolect", "alembic") for each in row.changes),
    )


def _renamed(project: Project) -> None:
    """Put Alembic's name for ours, in names of files and in what they hold."""
    for path in sorted(project.folder.rglob("*"), reverse=True):
        if path.is_file() and not path.is_symlink() and path.suffix != ".db":
            mode = path.stat().st_mode
            path.chmod(0o600)
            path.write_bytes(path.read_bytes().replace(b"idiolect", b"alembic"))
            path.chmod(mode)
        if "idiolect" in path.name:
            path.rename(path.with_name(path.name.replace("idiolect", "alembic")))
