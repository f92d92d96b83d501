"""Fixtures for the alias: the activated alias, and substitutes for the real package."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import idiolect_alembic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def active() -> Iterator[None]:
    """Run a test with the alias on, and leave the process without it."""
    idiolect_alembic.activate()
    try:
        yield
    finally:
        idiolect_alembic.deactivate()


@pytest.fixture
def real_alembic(tmp_path: Path) -> Path:
    """Return a folder for sys.path that holds an installed package ``alembic`` 1.9.4."""
    site = tmp_path / "site"
    package = site / "alembic"
    info = site / "alembic-1.9.4.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("__version__ = '1.9.4'\nREAL = True\n")
    (package / "util.py").write_text("REAL = True\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: alembic\nVersion: 1.9.4\n")
    (info / "entry_points.txt").write_text(
        "[console_scripts]\nalembic = alembic.config:main\n[alembic.plugins]\nx = alembic.util\n"
    )
    return site


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs this Python in an empty folder and returns its output."""

    def run(*args: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
        env = {} if path is None else {"PYTHONPATH": str(path)}
        cwd = tmp_path / "cwd"
        cwd.mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, *args],
            cwd=cwd,
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run
