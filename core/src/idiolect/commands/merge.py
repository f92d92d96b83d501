"""The command ``merge``, which creates a revision with several parents."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from idiolect.commands.environment import run_for_template_args, script_directory, wants_environment
from idiolect.errors import CommandError, NothingToMergeWarning
from idiolect.util.langhelpers import new_rev_id, to_tuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idiolect.script.base import ScriptDirectory
    from idiolect.script.script import Script
    from idiolect.settings.config import Config


def merge(  # noqa: PLR0917 - the documented order
    config: Config,
    revisions: str | Sequence[str],
    message: str | None = None,
    branch_label: str | Sequence[str] | None = None,
    rev_id: str | None = None,
    splice: bool = False,
) -> Script | None:
    """Create a revision that merges other revisions.

    Args:
        config: the configuration.
        revisions: what to merge; ``heads`` for all heads.
        message: the new revision's message.
        branch_label: branch labels of the new revision.
        rev_id: its id; by default a random one.
        splice: allow revisions that are not heads.

    Returns:
        The new revision.

    Raises:
        CommandError: a revision is unknown, or is not a head and ``splice`` is not set.
        NothingToMergeWarning: there is only one; the command line treats it as an error.
    """
    script = script_directory(config)
    _require_several(script, to_tuple(revisions, ()))
    template_args: dict[str, Any] = {"config": config}
    if wants_environment(config):
        run_for_template_args(config, script, template_args)
    return script.generate_revision(
        rev_id or new_rev_id(),
        message,
        refresh=True,
        head=revisions,
        splice=splice,
        branch_labels=branch_label,
        **template_args,
    )


def _require_several(script: ScriptDirectory, revisions: tuple[str, ...]) -> None:
    if len(set(revisions)) < len(revisions):
        return  # raises when the file is created
    if not revisions:
        raise CommandError("Nothing to merge: no revision is named. Name two or more, or 'heads'.")
    found = [each.revision for each in script.get_revisions(revisions)]
    if len(found) >= 2:  # noqa: PLR2004 - there is no merging of less
        return
    text = (
        f"Nothing to merge: {', '.join(map(repr, revisions))} stands for "
        f"{', '.join(found) or 'no revision'}, and a merge takes two revisions or more."
    )
    if not found and script.get_heads():
        raise CommandError(text)  # would create another base
    # Programs that call this for every project get the plain revision that Alembic gives them.
    warnings.warn(NothingToMergeWarning(text), stacklevel=3)
