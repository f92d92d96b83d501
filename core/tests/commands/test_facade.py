"""`idiolect.command` as used by programs, besides its functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect import autogenerate, command
from idiolect.script.base import ScriptDirectory

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal
    from idiolect.settings.config import Config


def test_programs_replace_the_script_directory(
    linear: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The class at `command.ScriptDirectory` is used by every command."""
    opened: list[str] = []

    class Own(ScriptDirectory):
        @classmethod
        def from_config(cls, config: Config) -> ScriptDirectory:
            opened.append("own")
            return super().from_config(config)

    monkeypatch.setattr(command, "ScriptDirectory", Own)

    assert ["c333 (head)"] == linear.run("heads").lines
    assert ["own"] == opened


def test_autogenerate_is_found_at_the_commands() -> None:
    """`command.autogen` is imported on access."""
    assert autogenerate is command.autogen

    with pytest.raises(AttributeError, match=r"'idiolect\.command' has no attribute 'nope'"):
        _ = command.nope
