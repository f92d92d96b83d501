"""The implementation of ``idiolect import-alembic``: read, report, and on request rewrite.

Without ``--write`` no file is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idiolect.errors import CommandError
from idiolect.util.messaging import write_outstream
from idiolect_alembic.importing import rewrite
from idiolect_alembic.importing.findings import gather
from idiolect_alembic.importing.project import read_project
from idiolect_alembic.importing.report import as_json, as_text
from idiolect_alembic.importing.worktree import require_committed

if TYPE_CHECKING:
    from idiolect.config import Config


@dataclass(frozen=True, slots=True)
class Request:
    """The options of the command."""

    folder: str
    write: bool
    diff: bool
    force: bool
    format: str


def run(config: Config, request: Request) -> None:
    """Execute a request.

    Raises:
        CommandError: the options are incompatible, the project cannot be read or written, or a
            file has changes that are not committed to git.
    """
    if request.format not in {"text", "json"}:
        raise CommandError(f"Unknown format {request.format!r}; expected 'text' or 'json'.")
    if request.write and request.diff:
        raise CommandError("--write prints the changes as well; give --write or --diff, not both.")
    project = read_project(request.folder, config)
    changes, left = rewrite.plan(project)
    found = gather(project, changes, left)
    diff = "".join(each.diff(project.shown(each.path)) for each in changes)
    if request.write:
        if not request.force:
            require_committed(each.path for each in changes)
        rewrite.write(changes)
    shown = request.write or request.diff
    if request.format == "json":
        text = as_json(found, diff if shown else None, written=request.write)
        write_outstream(config.stdout, text, "\n")
        return
    if not request.diff:
        for line in as_text(found, written=request.write):
            config.print_stdout("%s", line)
    if request.diff:
        # Nothing else is printed, so that the output can be passed to patch.
        write_outstream(config.stdout, diff)
    elif diff and shown:
        config.print_stdout("%s", f"\n{diff}".rstrip("\n"))
