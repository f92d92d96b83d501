"""Starts other programs: shows the command, and turns a failure into one message.

Everything in `devtools` that runs a program comes through here; nothing here knows what is run.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]

_SECONDS_TO_END = 10


class Failure(Exception):
    """A step cannot be done. The message is all that the user sees.

    Args:
        message: what failed and what to do about it.
        status: exit status of the whole command.
    """

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def announce(text: str) -> None:
    """Print a line at once, also where the output is a pipe."""
    print(text, flush=True)


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    shown_as: str | None = None,
) -> None:
    """Show a command and run it with the terminal's own output.

    Args:
        command: program and arguments.
        env: variables in addition to those of this process.
        cwd: folder to run in; None means the project's root.
        shown_as: what to print in place of the command.

    Raises:
        Failure: the program ended with another status than 0, which is passed on.
    """
    words = [str(word) for word in command]
    shown = shown_as or shlex.join(words)
    announce(f"$ {shown}")
    with subprocess.Popen(words, env={**os.environ, **(env or {})}, cwd=cwd or ROOT) as process:
        try:
            status = process.wait()
        except KeyboardInterrupt:
            # The terminal told the program too: it may say its last words.
            _end(process)
            raise
        except BaseException:
            process.terminate()
            _end(process)
            raise
    if status:
        raise Failure(f"{shown.split()[0]} failed (status {status}).", status)


def attempt(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command in silence and keep what it says; a program that is missing counts as failed.

    Args:
        command: program and arguments.
        env: variables in addition to those of this process.
        cwd: folder to run in; None means the project's root.

    Returns:
        The outcome, standard error folded into standard output. 127 stands for a missing program.
    """
    words = [str(word) for word in command]
    try:
        return subprocess.run(
            words,
            env={**os.environ, **(env or {})},
            cwd=cwd or ROOT,
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as exc:
        return subprocess.CompletedProcess(words, 127, stdout=str(exc))


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()


def tail(text: str, lines: int = 15) -> str:
    """Give the last lines of a program's output, indented, for an error message."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])


def cache_folder() -> Path:
    """Give the folder where downloads are kept between runs and clones.

    Root's own home is closed to the user that the servers run as, so root keeps them elsewhere.
    """
    if os.geteuid() == 0:
        folder = Path("/var/cache/idiolect-dev")
    else:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(home) / "idiolect-dev"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
