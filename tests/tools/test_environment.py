"""Releases that the venvs of tests and checks hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devtools import environment

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_requirement_of_the_tests_is_locked() -> None:
    """A release that appears tomorrow changes nothing; our own packages are not listed."""
    named = {line.partition("==")[0] for line in environment.locked()}
    wanted = {
        re.split(r"[\[>=<]", line)[0]
        for group in ("test", "lint", "docs")
        for line in environment.group(group)
    }

    assert set() == wanted - named
    assert [] == [name for name in named if name.startswith("idiolect")]


def test_releases_for_some_pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the lock file has several, pip gets each with its Python versions."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    (tmp_path / "uv.lock").write_text("""
[[package]]
name = "a"
version = "1.0"
source = { registry = "https://example.org/simple" }
resolution-markers = ["python_version < '3.12'", "python_version > '3.13'"]

[[package]]
name = "b"
version = "2.0"
source = { registry = "https://example.org/simple" }

[[package]]
name = "c"
version = "2.0"
source = { registry = "https://example.org/simple" }

[[package]]
name = "d"
version = "2.0"
source = { registry = "https://example.org/simple" }
dependencies = [{ name = "c" }]

[[package]]
name = "own"
version = "0.1"
source = { editable = "core" }
""")

    assert ["a==1.0 ; (python_version < '3.12') or (python_version > '3.13')", "b==2.0"] == (
        environment.locked(["c"])
    )


def test_a_requirement_may_say_its_release() -> None:
    """A requirement with a version overrides the lock file, also for what depends on it."""
    asked = ["sqlalchemy~=2.0.0", "alembic[x]==1.20.1", "pytest>=8.4", "mypy"]
    locked = environment.locked(environment.pinned(asked))

    assert ["sqlalchemy", "alembic"] == environment.pinned(asked)
    assert [] == [line for line in locked if "sqlalchemy" in line]
    assert any(line.startswith("pytest==") for line in locked)
