"""A private database server: a temporary folder, a free port, a process that is terminated.

`postgresql.py` and `mariadb.py` define how theirs is created and started; this is what they share.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from devtools.shell import Failure, announce, tail

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Much longer than on a machine that has nothing else to do.
_SECONDS_TO_START = 300
_SECONDS_TO_STOP = 15
_ATTEMPTS = 3


class NotStartedError(Failure):
    """A server did not come up; at another port, or a moment later, it may."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Where a server's programs are.

    Attributes:
        folders: folders to search for a program, best first.
        library_path: LD_LIBRARY_PATH that they need; empty for installed programs.
        base: the folder that the server takes for `/usr`; None for installed programs.
    """

    folders: tuple[Path, ...]
    library_path: str = ""
    base: Path | None = None

    def find(self, *names: str) -> Path | None:
        """Give the first of the named programs that exists."""
        for name in names:
            found = shutil.which(name, path=os.pathsep.join(map(str, self.folders)))
            if found:
                return Path(found).resolve()
        return None

    def need(self, *names: str) -> Path:
        """As `find()`, but raise Failure for a program that is missing."""
        found = self.find(*names)
        if found is None:
            raise Failure(f"{names[0]} is not in {', '.join(map(str, self.folders))}.")
        return found


@dataclass(slots=True)
class Server:
    """A private server run by the current user, or by an unprivileged one if that is root.

    Attributes:
        name: its name in messages.
        programs: its programs.
        folder: its temporary folder, with data, log and password.
        port: its TCP port on 127.0.0.1.
        password: the password of its superuser, created for this run.
    """

    name: str
    programs: Programs
    folder: Path = field(init=False)
    port: int = field(init=False)
    password: str = field(init=False)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """Make the temporary folder and choose port and password."""
        self.folder = Path(tempfile.mkdtemp(prefix=f"idiolect-{self.name.lower()}-"))
        self.port = _free_port()
        self.password = secrets.token_hex(8)
        if (user := _unprivileged()) is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)

    @property
    def log(self) -> Path:
        """The file that the server and its tools write to."""
        return self.folder / "log"

    def write(self, name: str, text: str) -> Path:
        """Write a file that the server can read, and give its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        return path

    def prepare(self, command: Sequence[str | Path]) -> None:
        """Run one of the server's tools to its end.

        Raises:
            Failure: the tool failed; the message has the end of its output.
        """
        if self._start(command).wait():
            name = Path(command[0]).name
            raise NotStartedError(f"{self.name}: {name} failed:\n{self._log_tail()}")

    def serve(self, command: Sequence[str | Path], is_ready: Callable[[], bool]) -> None:
        """Start the server and wait until it accepts connections.

        Args:
            command: the server in the foreground.
            is_ready: polled until it returns True.

        Raises:
            Failure: the server exited, or was not ready in time.
        """
        self._process = self._start(command)
        end = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise NotStartedError(f"{self.name} ended while starting:\n{self._log_tail()}")
            if is_ready():
                return
            time.sleep(0.05)
        late = f"{self.name} was not ready in {_SECONDS_TO_START} s"
        raise NotStartedError(f"{late}:\n{self._log_tail()}")

    def stop(self) -> None:
        """End the process, if there is one, and remove the folder. May be called more than once."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, command: Sequence[str | Path]) -> subprocess.Popen[bytes]:
        user = _unprivileged()
        env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(self.folder)}
        if self.programs.library_path:
            env["LD_LIBRARY_PATH"] = self.programs.library_path
        # A session of its own: Ctrl-C in the terminal reaches us alone, and we end the server.
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(word) for word in command],
                cwd=self.folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )

    def _log_tail(self) -> str:
        return tail(self.log.read_text(encoding="utf-8", errors="replace"))


def started(make: Callable[[], Server], serve: Callable[[Server], None]) -> Server:
    """Create and start a server; if it does not start, try with another one.

    Between the choice of a free port and its use, another program may take it.

    Args:
        make: returns a new server.
        serve: starts it.

    Raises:
        Failure: none of the servers started.
    """
    for attempts_left in reversed(range(_ATTEMPTS)):
        server = make()
        try:
            serve(server)
        except BaseException as exc:
            server.stop()
            if not isinstance(exc, NotStartedError) or not attempts_left:
                raise
            announce(f"{exc}\nTrying again.")
        else:
            return server
    raise AssertionError


def search_path() -> tuple[Path, ...]:
    """Give the folders of PATH."""
    return tuple(Path(word) for word in os.environ.get("PATH", os.defpath).split(os.pathsep))


def _unprivileged() -> pwd.struct_passwd | None:
    """Return the user to run servers as if we are root, which database servers reject."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
