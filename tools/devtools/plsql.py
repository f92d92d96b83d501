"""Validates PL/SQL with npm's parser, downloaded once, as no Oracle server is available.

Used by the tests of Oracle's scripts, and to write the table of operations. It only checks syntax,
not names or types.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from devtools.shell import Failure, alone, cache_folder, fetch, tail

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Exact versions: what parses must not change from day to day.
PACKAGES = ("antlr4ts-sql@1.1.0", "antlr4ts@0.5.0-alpha.4")

_PROGRAM = Path(__file__).with_suffix(".js")
_SECONDS = 300


def mistakes(statements: Sequence[str]) -> list[tuple[str, str]]:
    """Return each statement that does not parse, with line and message.

    Args:
        statements: SQL statements without terminator, and PL/SQL blocks.

    Raises:
        Failure: the parser cannot be had.
        RuntimeError: it failed.
    """
    done = subprocess.run(
        ["node", _PROGRAM, parser_folder()],
        input=json.dumps(list(statements)),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The PL/SQL parser failed:\n{tail(done.stderr)}")
    found: list[tuple[int, str] | None] = json.loads(done.stdout)
    return [
        (statement, f"line {mistake[0]}: {mistake[1]}")
        for statement, mistake in zip(statements, found, strict=True)
        if mistake
    ]


def parser_folder() -> Path:
    """Return the folder that holds the parser's node_modules, and fill it if need be.

    Raises:
        Failure: node or npm is missing, or npm failed.
    """
    missing = [name for name in ("node", "npm") if not shutil.which(name)]
    if missing:
        raise Failure(f"The PL/SQL parser needs {' and '.join(missing)} on PATH.")
    folder = cache_folder() / PACKAGES[0].replace("@", "-")
    # Several runs of the tests may want it at once.
    with alone(folder.with_suffix(".lock")):
        if not folder.exists():
            _fill(folder)
    return folder


def _fill(folder: Path) -> None:
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    (part / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", "--fetch-retries=5"]
    done = fetch(["npm", "install", *options, *PACKAGES], cwd=part, env=_certificates())
    if done.returncode:
        shutil.rmtree(part, ignore_errors=True)
        raise Failure(f"npm could not fetch the PL/SQL parser:\n{tail(done.stdout)}")
    part.rename(folder)


def _certificates() -> dict[str, str]:
    """Make npm trust the system's certificates, as it has its own list."""
    trusted = Path("/etc/ssl/certs/ca-certificates.crt")
    name = "NODE_EXTRA_CA_CERTS"
    return {name: str(trusted)} if name not in os.environ and trusted.exists() else {}
