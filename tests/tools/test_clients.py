"""Programs that tests start are found where they are not installed."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from devtools import clients
from devtools.server import Programs
from devtools.shell import Failure

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_stand_in_leads_to_what_was_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It passes arguments on, and disappears once the program itself is on PATH."""
    fetched = tmp_path / "fetched"
    fetched.mkdir()
    (fetched / "prog").write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH: $1"\n', "utf-8")
    (fetched / "prog").chmod(0o755)
    monkeypatch.setattr(clients, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(clients, "_WAYS", {"prog": lambda: Programs((fetched,), "/some/lib")})

    found = shutil.which("prog", path=clients.path())

    assert found is not None
    said = subprocess.run([found, "a b"], capture_output=True, text=True, check=True).stdout
    assert "/some/lib: a b\n" == said
    monkeypatch.setenv("PATH", str(fetched), prepend=":")
    assert str(fetched / "prog") == shutil.which("prog", path=clients.path())
    assert not (tmp_path / "cache" / "bin" / "prog").exists()


def test_what_cannot_be_had_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are still there."""

    def fail() -> Programs:
        raise Failure("no network.")

    monkeypatch.setattr(clients, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(clients, "_WAYS", {"nothing-by-this-name": fail})

    assert shutil.which("nothing-by-this-name", path=clients.path()) is None
    assert "no nothing-by-this-name: no network.\n" == capsys.readouterr().out
