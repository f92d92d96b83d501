"""A project created from the company's template."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from idiolect_house import created_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """Return a function that runs a command in an empty folder, and returns its output."""
    path = os.pathsep.join(filter(None, sys.path))
    url = f"sqlite:///{tmp_path}/shop.db"

    def command(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "idiolect", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path, "DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout

    return command


def test_from_the_template_to_the_database(run: Callable[..., str], tmp_path: Path) -> None:
    """The template's project creates revisions with the owner's comment, and migrates."""
    assert "house - Environments as we make them" in run("list_templates")
    run("init", "--template", "house", "migrations")
    run("revision", "--rev-id", "a1", "-m", "add orders")
    (file,) = (tmp_path / "migrations" / "versions").glob("a1*.py")
    assert "# Owner: the shop team\n" == file.read_text(encoding="utf-8").splitlines(True)[0]
    run("upgrade", "head")
    assert "a1 (head)" in run("current")


def test_old_revisions(run: Callable[..., str], tmp_path: Path) -> None:
    """The command lists revisions older than the given age, oldest first."""
    run("init", "--template", "house", "migrations")
    for revision in ("a1", "b2", "c3"):
        run("revision", "--rev-id", revision, "-m", f"make {revision}")
    for revision, date in (("a1", "2020-01-01"), ("b2", "2021-01-01")):
        (file,) = (tmp_path / "migrations" / "versions").glob(f"{revision}*.py")
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        dated = [
            f"Create Date: {date} 10:00:00\n" if line.startswith("Create") else line
            for line in lines
        ]
        file.write_text("".join(dated), encoding="utf-8")
    listed = "2020-01-01  a1  make a1\n2021-01-01  b2  make b2\n"
    assert listed == run("old", "--days", "30")
    assert "" == run("old", "--days", "100000")


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("x\n\nCreate Date: 2024-05-06 07:08:09.123\n", "2024-05-06T07:08:09.123000"),
        ("Create Date: 2024-05-06 07:08:09+02:00", "2024-05-06T07:08:09"),
        ("Create Date: yesterday", None),
        ("nothing", None),
    ],
)
def test_dates(docstring: str, expected: str | None) -> None:
    """An invalid date is ignored."""
    created = created_at(docstring)
    assert expected == (created.isoformat() if created else None)
