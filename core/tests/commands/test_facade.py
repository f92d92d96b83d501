"""`idiolect.command` as used by programs, besides its functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pytest

from idiolect import autogenerate, command
from idiolect.autogenerate.revision import RevisionContext
from idiolect.config import Config
from idiolect.runtime.environment import EnvironmentContext
from idiolect.script.base import ScriptDirectory

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal
    from idiolect.operations.ops import MigrationScript
    from idiolect.script import Script


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


def test_programs_replace_the_environment(
    linear: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The class at `command.EnvironmentContext` is used by every command that runs env.py."""
    entered: list[str] = []

    class Own(EnvironmentContext):
        def __enter__(self) -> Self:
            entered.append("own")
            return super().__enter__()

    monkeypatch.setattr(command, "EnvironmentContext", Own)

    assert 0 == linear.run("current").status
    assert ["own"] == entered


def test_programs_replace_the_ids(linear: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """New revisions have ids from `util.rev_id`."""
    monkeypatch.setattr(command.util, "rev_id", lambda: "0004")

    linear.run("revision", "-m", "next")

    assert "0004_next.py" in linear.files()


def test_programs_override_how_a_revision_is_written(linear: Terminal) -> None:
    """A RevisionContext passes each revision alone to the method that writes it."""

    class Own(RevisionContext):
        def _to_script(self, directive: MigrationScript) -> Script | None:
            directive.message = "mine"
            return super()._to_script(directive)

    config = Config("idiolect.ini")
    arguments = dict.fromkeys(("message", "splice", "branch_label", "version_path", "depends_on"))
    directory = ScriptDirectory.from_config(config)

    made = list(
        Own(config, directory, {**arguments, "rev_id": "d4", "head": "head"}).generate_scripts()
    )

    assert ["mine"] == [each.doc for each in made if each]
    assert "d4_mine.py" in linear.files()


def test_autogenerate_is_found_at_the_commands() -> None:
    """`command.autogen` is imported on access."""
    assert autogenerate is command.autogen

    with pytest.raises(AttributeError, match=r"'idiolect\.command' has no attribute 'nope'"):
        _ = command.nope
