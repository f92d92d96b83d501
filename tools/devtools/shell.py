"""Runs other programs: prints the command, and turns a failure into one message.

Everything in `devtools` that runs a program uses this module, which knows none of them.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]

_SECONDS_TO_END = 10
#: Seconds before a download is tried again: a mirror or a network may be away for a moment. Emptied
#: once all was in vain: without a network nobody wants to wait again and again.
_pauses = [5.0, 20.0]


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
    """Print a command and run it with its output on the terminal.

    Args:
        command: program and arguments.
        env: variables in addition to those of this process.
        cwd: folder to run in; None means the project's root.
        shown_as: what to print in place of the command.

    Raises:
        Failure: the exit status is not 0; it is passed on.
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
    """Run a command and capture its output; a missing program counts as failed.

    Args:
        command: program and arguments.
        env: variables in addition to those of this process.
        cwd: folder to run in; None means the project's root.

    Returns:
        The outcome, with standard error in standard output; 127 means a missing program.
    """
    words = [str(word) for word in command]
    try:
        return subprocess.run(
            words,
            env={**os.environ, **(env or {})},
            cwd=cwd or ROOT,
            check=False,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as exc:
        return subprocess.CompletedProcess(words, 127, stdout=str(exc))


def fetch(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """As `attempt()`, for a command that downloads: one that failed is tried again after a while.

    Args:
        command: program and arguments; to run it again does no harm.
        env: variables in addition to those of this process.
        cwd: folder to run in; None means the project's root.

    Returns:
        The outcome of the last attempt.
    """
    done = attempt(command, env=env, cwd=cwd)
    for pause in _pauses:
        if not done.returncode:
            return done
        time.sleep(pause)
        done = attempt(command, env=env, cwd=cwd)
    if done.returncode:
        _pauses.clear()
    return done


def insist(work: Callable[[], None]) -> None:
    """Do work that downloads, and do it again after a while where it failed.

    Raises:
        Failure: it failed each time.
    """
    for pause in _pauses:
        try:
            return work()
        except Failure as exc:
            announce(f"{exc}\nTrying again in {pause:.0f} s.")
            time.sleep(pause)
    try:
        return work()
    except Failure:
        _pauses.clear()
        raise


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a file lock, so that other processes do not do the same at the same time.

    Args:
        lock: the lock file.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()


def tail(text: str, lines: int = 15) -> str:
    """Give the last lines of a program's output, indented, for an error message."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])


def cache_folder() -> Path:
    """Return the folder in which downloads are cached between runs and clones.

    The user that servers run as cannot read root's home, so for root it is elsewhere. If it is not
    writable, such as without a home, it is below the temporary folder.
    """
    temporary = Path(tempfile.gettempdir()) / f"idiolect-dev-{os.geteuid()}"
    for folder in (_usual_cache_folder(), temporary):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise Failure(f"No folder to keep downloads in; {temporary} cannot be written to.")


def _usual_cache_folder() -> Path:
    if os.geteuid() == 0:
        return Path("/var/cache/idiolect-dev")
    home = os.environ.get("XDG_CACHE_HOME") or Path(os.path.expanduser("~")) / ".cache"  # noqa: PTH111 - Path.home() raises for a user without one
    return Path(home) / "idiolect-dev"
