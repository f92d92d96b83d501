"""Downloads are retried; if nothing can be fetched, nothing waits for it twice."""

from __future__ import annotations

import sys
import tempfile
from typing import TYPE_CHECKING

import pytest
from devtools import shell

if TYPE_CHECKING:
    from pathlib import Path

#: Counts its runs in a file, and succeeds from the given one on.
COUNT = """
import pathlib, sys
path = pathlib.Path(sys.argv[1])
runs = len(path.read_text()) + 1 if path.exists() else 1
path.write_text("x" * runs)
sys.exit(runs < int(sys.argv[2]))
"""


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """No time is lost between attempts."""
    kept = [0.0, 0.0]
    monkeypatch.setattr(shell, "_pauses", kept)
    return kept


def command(runs: Path, succeeds: int) -> list[str | Path]:
    """Return a command that succeeds when it is run for the so-manieth time."""
    return [sys.executable, "-c", COUNT, runs, str(succeeds)]


@pytest.mark.parametrize("succeeds", [1, 2, 3])
def test_a_download_may_fail_twice(tmp_path: Path, succeeds: int) -> None:
    """No more is run than is needed."""
    runs = tmp_path / "runs"

    assert 0 == shell.fetch(command(runs, succeeds)).returncode
    assert succeeds == len(runs.read_text())


def test_work_may_fail_twice(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each failure is reported."""
    runs = tmp_path / "runs"
    shell.insist(lambda: shell.run(command(runs, 3), shown_as="download"))

    assert 3 == len(runs.read_text())
    assert 2 == capfd.readouterr().out.count("download failed (status 1).\nTrying again in 0 s.")


def test_patience_ends(tmp_path: Path, pauses: list[float]) -> None:
    """After all attempts have failed once, each later download has one."""
    assert 1 == shell.fetch(command(tmp_path / "first", 9)).returncode
    assert 1 == shell.fetch(command(tmp_path / "second", 9)).returncode
    with pytest.raises(shell.Failure):
        shell.insist(lambda: shell.run(command(tmp_path / "third", 9)))

    assert [3, 1, 1] == [
        len((tmp_path / name).read_text()) for name in ("first", "second", "third")
    ]
    assert [] == pauses


def test_a_cache_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the usual folder cannot be created, downloads are kept below the temporary one."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(shell, "_usual_cache_folder", lambda: tmp_path / "file" / "cache")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    found = shell.cache_folder()

    assert (tmp_path, True) == (found.parent, found.is_dir())
