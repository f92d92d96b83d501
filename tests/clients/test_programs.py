"""Programs that call Alembic's functions through another library's commands."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

from tests.clients.client import CLIENTS, search_path, texts
from tests.differential.harness import assert_same_states, snapshot
from tests.differential.playing import STEADY, interpreters

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 300


def test_advanced_alchemy_commands_do_the_same(tmp_path: Path) -> None:
    """It writes the same files from its own templates, the same database, and the same output."""
    played = {}
    for tool in ("alembic", "idiolect"):
        folder = tmp_path / tool
        folder.mkdir()
        played[tool] = _play(tool, folder)

    assert_same_states(played["alembic"], played["idiolect"])


def _play(tool: str, folder: Path) -> list[Any]:
    client = CLIENTS["advanced-alchemy"]
    url = f"sqlite:///{folder / 'app.db'}"
    done = subprocess.run(
        [*interpreters()[tool], client.project / "program.py", url],
        cwd=folder,
        env={**os.environ, **STEADY, "PYTHONPATH": search_path(client)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    # Dates, and lines about files, whose order and quotes are each tool's own.
    written = {
        name: [line for line in text.splitlines() if "Create Date" not in line]
        for name, text in texts((folder / "migrations").rglob("*.py")).items()
    }
    printed = [line for line in done.stdout.splitlines() if str(folder) not in line]
    return [printed, written, snapshot(url)]
