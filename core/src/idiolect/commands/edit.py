"""The command ``edit``, which opens revision files in the user's editor."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from idiolect.commands.show import for_each
from idiolect.errors import CommandError

if TYPE_CHECKING:
    from idiolect.script.script import Script
    from idiolect.settings.config import Config


def edit(config: Config, rev: str) -> None:
    """Open revision files in an editor.

    Args:
        config: the configuration.
        rev: a revision identifier, or ``current``.

    Raises:
        CommandError: there is no file for ``rev``, or the editor cannot be run.
    """

    def edit_file(revision: Script) -> None:
        # Looked up at the documented path, where programs may have replaced it.
        importlib.import_module("idiolect.util").open_in_editor(revision.path)

    if not for_each(config, rev, edit_file):
        raise CommandError(
            "No current revisions"
            if rev == "current"
            else f"No revision files indicated by symbol '{rev}'"
        )
