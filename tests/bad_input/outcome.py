"""Runs a row's command as a real process, and reports what is wrong with its outcome."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import urllib.parse
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.bad_input.row import Project, Row

SECONDS = 300
MOST_LINES = 12
_FRAME = re.compile(r'^ *File "(.*?)", line \d+', re.MULTILINE)
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NO_TABLES = "BEGIN TRANSACTION;\nCOMMIT;"
_UNWATCHED = ("*__pycache__*", "*.db-journal", "*.db-wal", "*.db-shm")
# Without these, root is asked for permissions like everybody else.
_POWERLESS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row's command did.

    Attributes:
        status: the exit status; negative for the signal that ended it.
        out: the text on standard output.
        err: the text on standard error.
        changed: files that changed, appeared or vanished, relative to the project.
    """

    status: int
    out: str
    err: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """The command line that runs the rows.

    Attributes:
        program: the command prefix.
        prepare: called with the broken project.
    """

    program: tuple[str, ...]
    prepare: Callable[[Project], None] = lambda _project: None


IDIOLECT = Side((sys.executable, "-m", "idiolect"))


def can_be_powerless() -> bool:
    """Return whether a process can be run without privileges, so that file modes apply."""
    return os.geteuid() != 0 or shutil.which(_POWERLESS[0]) is not None


def run(row: Row, project: Project, side: Side = IDIOLECT) -> Outcome:
    """Spoil the project and run the row's command in its folder."""
    for spoil in row.spoil:
        spoil(project)
    side.prepare(project)
    before = _contents(project)
    words = [*side.program, *shlex.split(project.fill(row.command))]
    if row.powerless and os.geteuid() == 0:
        words = [*_POWERLESS, *words]
    with row.meanwhile(project):
        done = subprocess.run(
            words,
            cwd=project.folder,
            env={**_environment(project), **{name: project.fill(text) for name, text in row.env}},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    after = _contents(project)
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return Outcome(
        done.returncode,
        done.stdout.decode("utf-8", "backslashreplace"),
        done.stderr.decode("utf-8", "backslashreplace"),
        tuple(sorted(changed)),
    )


def faults(row: Row, project: Project, outcome: Outcome) -> list[str]:
    """Return the problems of the outcome, as messages; an empty list if there are none."""
    found = [*secret_faults(project, outcome)]
    if steering := _STEERING.findall(outcome.out + outcome.err):
        found.append(f"control characters are shown: {steering}")
    if outcome.status != row.status:
        found.append(f"exit status {outcome.status} instead of {row.status}")
    found += [f"{name!r} changed" for name in wrongly_changed(row, outcome)]
    found += [
        f"the message does not say {words!r}"
        for words in row.says
        if project.fill(words).lower() not in outcome.err.lower()
    ]
    if not row.raw:
        found += _form_faults(row, project, outcome)
    return found


def wrongly_changed(row: Row, outcome: Outcome) -> list[str]:
    """Return the files that changed though they should not."""
    return [
        name
        for name in outcome.changed
        if not any(fnmatch(name, pattern) for pattern in row.changes)
    ]


def secret_faults(project: Project, outcome: Outcome) -> Iterator[str]:
    """Yield a message for each place where a password of the row is shown."""
    shown = (outcome.out + outcome.err).lower()
    secrets = [project.secret, project.secret2]
    if project.server:
        secrets.append(urllib.parse.urlsplit(project.server).password or project.secret)
    for secret in secrets:
        if secret.lower() in shown or secret.lower() in urllib.parse.unquote(shown):
            yield "a password is shown"


def _form_faults(row: Row, project: Project, outcome: Outcome) -> Iterator[str]:
    lines = outcome.err.splitlines()
    if len(lines) > MOST_LINES:
        yield f"{len(lines)} lines on stderr, more than {MOST_LINES}"
    if "Traceback (most recent call last)" in outcome.err + outcome.out:
        yield "a traceback"
    marks = ("FAILED: ", "WARNING: ") if row.status == 0 else ("FAILED: ",)
    messages = [line for line in lines if line.startswith(marks) or ": error: " in line]
    if len(messages) != 1:
        yield f"{len(messages)} messages instead of one"
    files = _FRAME.findall(outcome.err)
    if foreign := [file for file in files if not file.startswith(str(project.folder))]:
        yield f"frames outside of the project: {foreign}"
    if not row.fails_in:
        if files:
            yield "frames, though not the user's code failed"
        return
    if bool(files) is row.frameless:
        yield "frames, though nothing was called" if files else "no frame of what failed"
    if messages and project.fill(row.fails_in) not in messages[0]:
        yield f"the first line does not name {row.fails_in!r}"


def _environment(project: Project) -> dict[str, str]:
    kept = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("IDIOLECT_", "ALEMBIC_", "PYTEST_", "COV_"))
        and not name.endswith("_URL")
    }
    return {
        **kept,
        "COLUMNS": "80",
        # Where accounts of failed templates are kept.
        "TMPDIR": str(project.folder.parent),
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PGCONNECT_TIMEOUT": "10",
        # One more place where a careless message would find a password.
        "REPORTING_URL": f"postgresql://app:{project.secret}@db.example/app",
    }


def _contents(project: Project) -> dict[str, str]:
    """Return a digest of every file and folder, and of the tables of a PostgreSQL database."""
    found = {}
    for path in sorted(project.folder.rglob("*")):
        name = str(path.relative_to(project.folder))
        if not any(fnmatch(name, pattern) for pattern in _UNWATCHED):
            found[name] = _digest(path)
            if not found[name]:
                # Whoever opens a missing SQLite database leaves an empty file.
                del found[name]
    if project.server:
        found["the server's database"] = _tables(project.server)
    return found


def _digest(path: Path) -> str:
    if path.is_symlink() or path.is_dir():
        return "a link or folder"
    if path.suffix == ".db":
        # A file may differ in its counters; what counts is what it holds.
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(path)) as connection,
        ):
            return "\n".join(connection.iterdump()).replace(_NO_TABLES, "")
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except PermissionError:
        return "unreadable"


def _tables(url: str) -> str:
    from sqlalchemy import NullPool, create_engine, inspect

    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return ", ".join(sorted(inspect(connection).get_table_names()))
