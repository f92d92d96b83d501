"""Distributions that are really on sys.path."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
from idiolect.ddl.impl import DefaultImpl
from idiolect.hooks import hookimpl

class Impl(DefaultImpl):
    command_terminator = {name!r}

@hookimpl
def get_impl_class():
    return Impl
"""

Install = Callable[..., None]


@pytest.fixture
def disable(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that disables plugins, in addition to those disabled for tests."""

    def put(names: str) -> None:
        before = os.environ.get("IDIOLECT_DISABLE_PLUGINS", "")
        monkeypatch.setenv("IDIOLECT_DISABLE_PLUGINS", f"{before},{names}")

    return put


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that installs a distribution: its metadata and one module.

    By default the module itself is the plugin for the dialect ``mysql``, which SQLAlchemy knows
    and no installed plugin supports.
    """

    def put(
        name: str,
        source: str = "",
        *,
        version: str = "1.2",
        entry: str = "mysql",
        group: str = "idiolect.dialects",
        value: str = "",
    ) -> None:
        module = name.replace("-", "_")
        folder = tmp_path / name
        info = folder / f"{module}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{entry} = {value or module}\n")
        (folder / f"{module}.py").write_text(source or GOOD.format(name=name))
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, module, raising=False)

    return put
