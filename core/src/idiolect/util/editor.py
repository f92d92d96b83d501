"""Opens a file in the user's editor, for the ``edit`` command."""

from __future__ import annotations

import os
import shlex
from os.path import exists, join, splitext
from subprocess import CalledProcessError, check_call
from typing import TYPE_CHECKING

from idiolect.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping

is_posix = os.name == "posix"


def open_in_editor(filename: str, environ: dict[str, str] | None = None) -> None:
    """Open ``filename`` in the editor set in the environment and wait until it is closed.

    Args:
        filename: the file.
        environ: environment variables, EDITOR before VISUAL; None: those of this process.

    Raises:
        CommandError: no editor is found, or it exits with an error.
    """
    command = _find_editor(os.environ if environ is None else environ)
    try:
        check_call([*command, filename])  # noqa: S603 - the user's own editor
    except (OSError, CalledProcessError) as exc:
        raise CommandError(f"Error executing editor ({exc})") from exc


def _find_editor(environ: Mapping[str, str]) -> list[str]:
    """Return the command line of the first configured editor that exists.

    Default editors are only tried if none is configured, so that a misspelt EDITOR is reported.
    """
    named = [environ[key] for key in ("EDITOR", "VISUAL") if environ.get(key)]
    for candidate in named or _default_editors():
        command = _find_command(candidate, environ)
        if command is not None:
            return command
    tried = f" (tried {', '.join(map(repr, named))})" if named else ""
    raise CommandError(
        f"No suitable editor found{tried}. "
        'Please set the "EDITOR" or "VISUAL" environment variables'
    )


def _find_command(candidate: str, environ: Mapping[str, str]) -> list[str] | None:
    """Return ``candidate`` as a command line; it may contain arguments (``code --wait``)."""
    executable = _find_executable(candidate, environ)
    if executable is not None:
        return [executable]
    try:
        program, *arguments = shlex.split(candidate, posix=is_posix)
    except ValueError:
        return None
    executable = _find_executable(program, environ) if arguments else None
    return None if executable is None else [executable, *arguments]


def _find_executable(candidate: str, environ: Mapping[str, str]) -> str | None:
    """Return the path of a program, given as a path or found on PATH, or None."""
    if not is_posix and splitext(candidate)[1] != ".exe":  # noqa: PTH122 - paths are strings here
        candidate += ".exe"
    if exists(candidate):  # noqa: PTH110
        return candidate
    if os.path.dirname(candidate):  # noqa: PTH120
        return None
    for folder in environ.get("PATH", "").split(os.pathsep):
        path = join(folder, candidate)  # noqa: PTH118
        if folder and exists(path):  # noqa: PTH110
            return path
    return None


def _default_editors() -> list[str]:
    """Return the editors to try if none is configured, best first."""
    if is_posix:
        return ["sensible-editor", "editor", "nano", "vim", "code"]
    return ["code.exe", "notepad++.exe", "notepad.exe"]
