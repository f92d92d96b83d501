"""Has npm's PL/SQL parser at hand, downloaded once: no Oracle can be started privately.

The tests of Oracle's scripts come in. Nothing here runs the parser.
"""

from __future__ import annotations

import fcntl
import shutil
from typing import TYPE_CHECKING

from devtools.shell import Failure, attempt, cache_folder, tail

if TYPE_CHECKING:
    from pathlib import Path

#: Exact versions: what parses must not change from day to day.
PACKAGES = ("antlr4ts-sql@1.1.0", "antlr4ts@0.5.0-alpha.4")


def parser_folder() -> Path:
    """Return the folder that holds the parser's node_modules, and fill it if need be.

    Raises:
        Failure: node or npm is missing, or npm failed.
    """
    missing = [name for name in ("node", "npm") if not shutil.which(name)]
    if missing:
        raise Failure(f"The PL/SQL parser needs {' and '.join(missing)} on PATH.")
    folder = cache_folder() / PACKAGES[0].replace("@", "-")
    with folder.with_suffix(".lock").open("w") as lock:
        # Several runs of the tests may want it at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fill(folder)
    return folder


def _fill(folder: Path) -> None:
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    (part / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"]
    done = attempt(["npm", "install", *options, *PACKAGES], cwd=part)
    if done.returncode:
        shutil.rmtree(part, ignore_errors=True)
        raise Failure(f"npm could not fetch the PL/SQL parser:\n{tail(done.stdout)}")
    part.rename(folder)
