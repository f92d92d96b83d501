"""Projects on SQLite files, through the real plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from projects import Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project on a SQLite file; env.py creates a plain engine."""
    return Project(tmp_path / "project", f"sqlite:///{tmp_path / 'database.db'}")
