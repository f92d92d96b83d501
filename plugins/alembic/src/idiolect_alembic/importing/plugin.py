"""The command ``import-alembic``, an entry point of the group ``idiolect.commands``.

The implementation is imported when the command runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idiolect.config import Config


def import_alembic(  # noqa: PLR0917 - the command line calls it, by names
    config: Config,
    project: str | None,
    write: bool = False,
    diff: bool = False,
    force: bool = False,
    format: str = "text",
) -> None:
    """Analyse an Alembic project, and rename its imports on request.

    Args:
        config: has the output stream, and with ``-c`` the config file.
        project: the folder of the project; None is the current one.
        write: change the files, and print the changes.
        diff: only print the changes.
        force: also change files with uncommitted changes in git.
        format: ``text`` or ``json``.

    Raises:
        CommandError: there is no project, a file cannot be read or written, or the options are
            incompatible.
    """
    # Imported here because every listing of commands imports this module.
    from idiolect_alembic.importing.command import Request, run

    request = Request(project or ".", write=write, diff=diff, force=force, format=format)
    run(config, request)
