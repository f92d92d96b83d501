"""Plugins and projects for tests of the core, which includes no dialect.

Tests that need a database use ``sqlite``: a dialect plugin defined here, so that they pass with
only the core installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from projects import Project, begin_for_real

from idiolect.ddl import lookup
from idiolect.ddl.impl import DefaultImpl
from idiolect.hooks import dialects, hookimpl
from idiolect.hooks import manager as managers
from idiolect.hooks.manager import PluginManager

if TYPE_CHECKING:
    from pathlib import Path

#: Named as distributions, so that a test's own can offer a plugin for the same dialects.
DISTRIBUTIONS = [
    f"idiolect-{name}" for name in ("sqlite", "postgresql", "mysql", "mssql", "oracle", "alembic")
]


class PlainSQLite(DefaultImpl):
    """Standard SQL; it sets no ``__dialect__``, so that it is found only through its plugin."""

    transactional_ddl = True


class InlineSQLite:
    """The least that a dialect's plugin has to say."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Answer the class."""
        return PlainSQLite


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> PluginManager:
    """The manager of a new process with only the core installed."""
    manager = PluginManager()
    monkeypatch.setattr(managers, "_manager", manager)
    monkeypatch.setattr(dialects, "_cache", {})
    monkeypatch.setattr(lookup, "_classes", {})
    monkeypatch.setenv("IDIOLECT_DISABLE_PLUGINS", ",".join(DISTRIBUTIONS))
    return manager


@pytest.fixture
def sqlite(plugins: PluginManager) -> PluginManager:
    """The manager, with a plugin for SQLite."""
    plugins.register(InlineSQLite(), dialect="sqlite")
    return plugins


@pytest.fixture
def project(sqlite: PluginManager, tmp_path: Path) -> Project:
    """A project on a SQLite file, with an engine whose transactions are real."""
    made = Project(tmp_path / "project", f"sqlite:///{tmp_path / 'database.db'}")
    made.attributes["engine"] = begin_for_real(made.engine())
    return made
