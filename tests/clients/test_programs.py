"""Programs that call Alembic's functions through another library's commands."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.client import CLIENTS, search_path, texts
from tests.differential.harness import assert_same_states, snapshot
from tests.differential.playing import STEADY, interpreters

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clients.client import Client

SECONDS = 300


@pytest.mark.parametrize(
    "name", ["advanced-alchemy", pytest.param("sqla-wrapper", marks=pytest.mark.full)]
)
def test_commands_of_a_library_do_the_same(name: str, tmp_path: Path) -> None:
    """They write the same files from their own templates, the same database and output."""
    played = {}
    for tool in ("alembic", "idiolect"):
        folder = tmp_path / tool
        folder.mkdir()
        played[tool] = _play(tool, folder, CLIENTS[name])

    assert_same_states(played["alembic"], played["idiolect"])


def _play(tool: str, folder: Path, client: Client) -> list[Any]:
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
