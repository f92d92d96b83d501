"""An environment on disk, with revision files."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import idiolect
from idiolect.script.base import ScriptDirectory

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATES = Path(idiolect.__file__).parent / "templates"


class Environment:
    """An environment on disk, with helpers for tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.versions = folder / "versions"
        self.versions.mkdir(parents=True)
        (folder / "env.py").write_text("")
        shutil.copy(TEMPLATES / "generic" / "script.py.mako", folder)

    def open(self, **options: Any) -> ScriptDirectory:
        """Read the environment from disk."""
        options.setdefault("messaging_opts", {"quiet": True})
        return ScriptDirectory(self.folder, **options)

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file below ``versions``."""
        path = self.versions / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = textwrap.dedent(text).encode() if isinstance(text, str) else text
        path.write_bytes(data)
        return path

    def revision(self, rev: str, down: object = None, extra: str = "") -> Path:
        """Write a plain revision file."""
        text = f"revision = {rev!r}\ndown_revision = {down!r}\n{extra}"
        return self.write(f"{rev}_.py", text)

    def names(self) -> list[str]:
        """Return the names of all files below ``versions``."""
        return sorted(
            str(path.relative_to(self.versions))
            for path in self.versions.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        )


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An empty environment."""
    return Environment(tmp_path / "scripts")


@pytest.fixture
def generate(environment: Environment) -> Callable[..., Any]:
    """A function that generates a revision in the empty environment."""

    def generate(rev: str, message: str | None = "m", **options: Any) -> Any:
        return environment.open().generate_revision(rev, message, **options)

    return generate
