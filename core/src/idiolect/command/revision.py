"""The command that makes a new revision file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.command.environment import run_for_template_args, wants_environment
from idiolect.errors import CommandError
from idiolect.script.base import ScriptDirectory
from idiolect.util.langhelpers import rev_id as new_id

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from idiolect.script.script import Script
    from idiolect.settings.config import Config


def revision(  # noqa: PLR0917 - the documented order
    config: Config,
    message: str | None = None,
    autogenerate: bool = False,
    sql: bool = False,
    head: str | Sequence[str] = "head",
    splice: bool = False,
    branch_label: str | Sequence[str] | None = None,
    version_path: str | os.PathLike[str] | None = None,
    rev_id: str | None = None,
    depends_on: str | Sequence[str] | None = None,
    process_revision_directives: Callable[..., None] | None = None,
) -> Script | list[Script | None] | None:
    """Create a new revision file.

    Args:
        config: the configuration in use.
        message: what the revision does; becomes its docstring and part of the file's name.
        autogenerate: compare the models with the database and fill the file in.
        sql: with ``revision_environment``, run env.py in the way of ``--sql``.
        head: what the revision follows.
        splice: allow a ``head`` that has followers already.
        branch_label: labels for the new revision.
        version_path: the folder to write to, one of the version locations.
        rev_id: its id, instead of a random one.
        depends_on: revisions that must be applied before it.
        process_revision_directives: called before the file is written.

    Returns:
        The new revision.

    Raises:
        CommandError: the head is unknown or not unique, or the options exclude each other.
    """
    script = ScriptDirectory.from_config(config)
    environment = wants_environment(config)
    if autogenerate and sql:
        problem = "Using --sql with --autogenerate does not make any sense"
        raise CommandError(problem)
    if sql and not environment:
        problem = (
            "Using --sql with the revision command when revision_environment is not configured "
            "does not make any sense"
        )
        raise CommandError(problem)
    if autogenerate or process_revision_directives:
        problem = "Autogenerate is not part of this version of Idiolect."
        raise CommandError(problem)
    template_args: dict[str, Any] = {"config": config}
    if environment:
        run_for_template_args(config, script, template_args, as_sql=sql)
    return script.generate_revision(
        rev_id or new_id(),
        message,
        refresh=True,
        head=head,
        splice=splice,
        branch_labels=branch_label,
        version_path=version_path,
        depends_on=depends_on,
        **template_args,
    )
