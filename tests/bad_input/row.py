"""What a row of the table of bad input is, and what a row sees of its project.

The files `rows_*.py` make rows, `test_bad_input.py` runs them; nothing here runs anything.
"""

from __future__ import annotations

import contextlib
import itertools
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FIRST, SECOND = "aaaa1111", "bbbb2222"
"""The two revisions of the project that every row starts from; its database is at the first."""
FIRST_FILE, SECOND_FILE = f"{FIRST}_first.py", f"{SECOND}_second.py"

Needs = Literal["", "mariadb", "postgresql"]


@dataclass(frozen=True, slots=True)
class Project:
    """The project of one row.

    Attributes:
        folder: where the config file is and the command runs.
        server: URL of an empty database of the row's own; "" where the row needs none.
        secret: the password of this row, which no output may show; letters and digits.
        secret2: another, for passwords of two parts.
    """

    folder: Path
    server: str = ""
    secret: str = field(default_factory=lambda: f"pw{uuid.uuid4().hex[:14]}")
    secret2: str = field(default_factory=lambda: f"qx{uuid.uuid4().hex[:14]}")

    @property
    def versions(self) -> Path:
        """The folder of the revision files."""
        return self.folder / "migrations" / "versions"

    def fill(self, text: str) -> str:
        """Replace ``{secret}``, ``{secret2}`` and ``{folder}`` with the row's values."""
        words = {"secret": self.secret, "secret2": self.secret2, "folder": str(self.folder)}
        for name, word in words.items():
            text = text.replace("{" + name + "}", word)
        return text


Spoil = Callable[[Project], None]
Meanwhile = Callable[[Project], AbstractContextManager[None]]


def undisturbed(_project: Project) -> AbstractContextManager[None]:
    """Return a context for a command that runs undisturbed."""
    return contextlib.nullcontext()


@dataclass(frozen=True, slots=True)
class Row:
    """A command on a broken project, and its expected outcome.

    Attributes:
        id: the row's name, unique in the table.
        command: the arguments after `idiolect`, as typed in a shell.
        says: texts that the message must contain, ignoring case.
        spoil: changes to the project, in order.
        status: the exit status. 0: the command succeeds with a warning.
        fails_in: the name of the user's code that fails, as in the message: a revision or
            env.py. Only then frames are shown, and only those of the project.
        frameless: Python refuses to call the user's code, so it has no frame; or the message
            contains the line.
        env: environment variables in addition to those of the test run.
        changes: patterns of the files that may change or appear, relative to the project.
        needs: the server that the row requires.
        powerless: run without root's privileges, so that file modes apply.
        meanwhile: a context around the run, such as another process's lock.
        raw: `--raiseerr` requests a traceback; the rules about form do not apply.
    """

    id: str
    command: str
    says: tuple[str, ...] = ()
    spoil: tuple[Spoil, ...] = ()
    status: int = 1
    fails_in: str = ""
    frameless: bool = False
    env: tuple[tuple[str, str], ...] = ()
    changes: tuple[str, ...] = ()
    needs: Needs = ""
    powerless: bool = False
    meanwhile: Meanwhile = undisturbed
    raw: bool = False


def each_command(
    prefix: str,
    commands: Iterable[str],
    says: tuple[str, ...],
    *spoil: Spoil,
) -> list[Row]:
    """Return a row for each command, all of the same trouble."""
    return [Row(f"{prefix}-{name_of(command)}", command, says, spoil) for command in commands]


def name_of(command: str) -> str:
    """Return a command as a part of a row's name."""
    words = (word.strip("-") for word in command.split())
    return "-".join(itertools.islice(words, 3)).replace(":", "_")
