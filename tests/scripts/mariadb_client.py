"""MariaDB's own command-line client: reads a script as a user's shell would feed it."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa
from devtools import mariadb
from devtools.shell import Failure
from shells import missing

if TYPE_CHECKING:
    from devtools.server import Programs

# Without --comments the client takes them out of the bodies of triggers.
OPTIONS = ("--default-character-set=utf8mb4", "--protocol=tcp", "--comments")


@cache
def _programs() -> Programs | None:
    try:
        return mariadb.programs()
    except Failure:
        return None


def run_script(url: str, script: str) -> None:
    """Feed a script to the client; the first error ends it.

    Args:
        url: the database, with its password.
        script: what the client reads on standard input.

    Raises:
        AssertionError: the client failed; the message is its own.
    """
    programs = _programs()
    client = programs.find("mariadb", "mysql") if programs else None
    if programs is None or client is None:
        missing("mariadb (nor can its package be fetched)")
        return
    at = sa.make_url(url)
    place = [f"--host={at.host}", f"--port={at.port}", f"--user={at.username}", str(at.database)]
    done = subprocess.run(
        [str(client), "--no-defaults", *OPTIONS, *place],
        input=script,
        env={
            **os.environ,
            "MYSQL_PWD": at.password or "",
            "LD_LIBRARY_PATH": programs.library_path or os.environ.get("LD_LIBRARY_PATH", ""),
        },
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stderr}\n{script}"
