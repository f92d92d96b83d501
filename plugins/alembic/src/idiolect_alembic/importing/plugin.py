"""The command ``import-alembic``; loaded when commands are listed or it is named.

Used by the group ``idiolect.commands``. What the command needs is imported when it runs.
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
        config: tells where to print, and with ``-c`` which config file is meant.
        project: the folder of the project; None is the current one.
        write: change the files, and print the changes.
        diff: print the changes only.
        force: change files also where git does not have them as they are.
        format: ``text`` or ``json``.

    Raises:
        CommandError: there is no project, a file cannot be read or written, or flags exclude
            each other.
    """
    # Every listing of commands imports this module.
    from idiolect_alembic.importing.command import Request, run

    request = Request(project or ".", write=write, diff=diff, force=force, format=format)
    run(config, request)
