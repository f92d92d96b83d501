"""Configs over files that a test writes."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from idiolect.settings.config import Config


def write(folder: Path, files: dict[str, str | bytes | None]) -> list[str | None]:
    """Write the files that are not None; return their paths, None for the others."""
    for name, text in files.items():
        if text is not None:
            data = text if isinstance(text, bytes) else text.encode()
            (folder / name).write_bytes(data)
    return [None if text is None else str(folder / name) for name, text in files.items()]


@pytest.fixture(name="make")
def _make(tmp_path: Path) -> Callable[..., Config]:
    """Return a function that creates a Config from the text of an ini and a toml file."""
    # Not at the top: the tables of Alembic's rules also run where Idiolect is not installed.
    from idiolect.settings.config import Config

    def make(ini: str | bytes | None = None, toml: str | bytes | None = None, **kw: Any) -> Config:
        file, toml_file = write(tmp_path, {"idiolect.ini": ini, "pyproject.toml": toml})
        return Config(file, toml_file, **kw)

    return make


@pytest.fixture(name="peer")
def _peer(tmp_path: Path) -> Callable[..., Any]:
    """Return the same for the Config of CONFIG_MODULE, with the name ``base`` defined."""
    module = importlib.import_module(os.environ.get("CONFIG_MODULE", "idiolect.config"))

    def make(ini: str | None = None, toml: str | None = None, **kw: Any) -> Any:
        file, toml_file = write(tmp_path, {"some.ini": ini, "pyproject.toml": toml})
        return module.Config(file, toml_file=toml_file, config_args={"base": "/base"}, **kw)

    return make


@pytest.fixture(name="localise")
def _localise(tmp_path: Path) -> Callable[[Any], Any]:
    """Return a function that puts the folder of the files for HERE, in every text of a value."""

    def localise(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("HERE", tmp_path.as_posix())
        if isinstance(value, list):
            return [localise(item) for item in value]
        if isinstance(value, dict):
            return {key: localise(item) for key, item in value.items()}
        return value

    return localise
