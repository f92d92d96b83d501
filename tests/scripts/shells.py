"""The databases' own command-line clients: read a script as a user's shell would feed it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 300


def missing(client: str) -> None:
    """Skip the test because a client is missing; fail if everything must be present."""
    reason = f"the client {client} is not installed"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def sqlite3(file: Path, script: str) -> str:
    """Run a script with ``sqlite3``; stop at the first error.

    Returns:
        The client's error message; "" if there was none.
    """
    return _fed(["sqlite3", "-bail", str(file)], script)


def psql(url: str, script: str) -> str:
    """Run a script with ``psql``; stop at the first error.

    Returns:
        The client's error message; "" if there was none.
    """
    at = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return _fed(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", at], script)


def _fed(command: list[str], script: str) -> str:
    program = shutil.which(command[0])
    if program is None:
        missing(command[0])
    done = subprocess.run(
        [program or "", *command[1:]],
        input=script,
        env={**os.environ, "PGCLIENTENCODING": "UTF8"},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    return done.stderr or "failed" if done.returncode else ""
