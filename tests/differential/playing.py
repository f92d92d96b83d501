"""Runs one of the two tools in a separate process that accepts one command after another.

The process is reused for all commands on one database, to start the tool only once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tests.differential.reference import reference_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PLAYER = str(Path(__file__).with_name("player.py"))
SECONDS_TO_END = 300
# Libraries and models go through sets: the order of what they find must not come from the dice.
STEADY = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of one command.

    Attributes:
        failed: whether it failed.
        said: the output of the process, including the exception.
    """

    failed: bool
    said: str


def interpreters() -> dict[str, tuple[str, ...]]:
    """Return the command prefix to run a program with each tool as ``alembic``."""
    return {
        "alembic": (str(reference_python()),),
        "idiolect": (sys.executable, "-m", "idiolect_alembic"),
    }


@contextmanager
def playing(
    tool: str, project: Path, entry: str, env: Mapping[str, str]
) -> Iterator[Callable[[Sequence[str]], Done]]:
    """Start a tool in a project; give a function that runs one command line.

    Args:
        tool: "alembic" or "idiolect".
        project: the folder to run in.
        entry: the function that reads the command line, as ``module:name``.
        env: variables in addition to those of this process.
    """
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as log,
        subprocess.Popen(
            [*interpreters()[tool], PLAYER, entry],
            cwd=project,
            env={**os.environ, **STEADY, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        try:
            yield lambda words: _run(process, log, words)
        finally:
            process.stdin.close()
            process.wait(SECONDS_TO_END)


def _run(process: subprocess.Popen[str], log: IO[str], words: Sequence[str]) -> Done:
    assert process.stdin
    assert process.stdout
    start = log.seek(0, os.SEEK_END)
    process.stdin.write(f"{json.dumps(list(words))}\n")
    process.stdin.flush()
    line = process.stdout.readline()
    log.seek(start)
    said = log.read()
    if not line:
        return Done(failed=True, said=f"the process ended:\n{said}")
    answer = json.loads(line)
    return Done(failed=answer["failed"], said=f"{said}\n{answer['said']}")
