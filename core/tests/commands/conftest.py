"""Terminals for the tests of the commands and of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.tests.commands.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from idiolect.hooks.manager import PluginManager


@pytest.fixture
def terminal(
    plugins: PluginManager,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    """A terminal in an empty folder, with only the core installed."""
    for name in ("IDIOLECT_CONFIG", "ALEMBIC_CONFIG", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path, capsys)


@pytest.fixture
def linear(terminal: Terminal) -> Terminal:
    """A terminal in a project of three revisions in a line: ``a111``, ``b222``, ``c333``."""
    terminal.make_project()
    terminal.revision("a111", None, "the first")
    terminal.revision("b222", "a111", "the second")
    terminal.revision("c333", "b222", "the third")
    return terminal


@pytest.fixture
def branched(linear: Terminal) -> Terminal:
    """The same with a branch: ``d444``, labelled ``side``, follows ``a111``."""
    linear.revision("d444", "a111", "the side", branch_labels=("side",))
    return linear
