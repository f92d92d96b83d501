"""The report of a failure: one message with the cause, no internal traceback, no passwords.

Errors of Idiolect are shown as they are; errors of SQLAlchemy between env.py and the database are
summarised in a line; anything else is a failure of the user's code and is shown with its frames.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from idiolect.cli.causes import translated
from idiolect.cli.secrets import redact
from idiolect.errors import IdiolectError
from idiolect.util.advice import advise
from idiolect.util.controls import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.settings.config import Config

#: Starts the report of a failure.
MARK = "FAILED: "
_OURS = ("idiolect", "sqlalchemy", "pluggy", "mako")
#: Our function that env.py calls; frames above it are not part of the cause.
_ENTRANCE = "run_migrations"
_MOST_LINES = 12
_MOST_FRAMES = 3
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed command, described without secrets.

    Attributes:
        kind: the name of the exception class.
        code: the code of an error of ours; otherwise None.
        headline: one line; for an error of ours the whole message.
        frames: of the user's code, outermost first; of ours if there are none of the user's.
        reason: the exception's text by lines; empty for an error of ours.
        place: file and line in the user's code, if known.
    """

    kind: str
    code: str | None
    headline: str
    frames: tuple[str, ...]
    reason: tuple[str, ...]
    place: tuple[str, int] | None

    @property
    def message(self) -> str:
        """The whole report as text, without the code."""
        return "\n".join([self.headline, *self.frames, *self.reason])

    @property
    def text(self) -> str:
        """The report as printed without a terminal."""
        code = f" [{self.code}]" if self.code else ""
        return f"{MARK}{self.message}{code}"


def describe_failure(exc: BaseException, config: Config | None) -> str:
    """Return the text to print for an exception that ended a command.

    Args:
        exc: the exception.
        config: the configuration, whose secrets are masked; None if there was none yet.
    """
    return failure_of(exc, config).text


def failure_of(exc: BaseException, config: Config | None) -> Failure:
    """Return the report of an exception that ended a command.

    Args:
        exc: the exception.
        config: as for :func:`describe_failure`.
    """
    frames = _user_frames(exc, within_run=True)
    cause = translated(exc, config, is_ours=not frames)
    if isinstance(cause, IdiolectError):
        notes = "".join(
            f" ({_with_line(note, frames)})" for note in getattr(cause, "__notes__", ())
        )
        found = Failure(type(cause).__name__, cause.code, f"{cause}{notes}", (), (), _place(exc))
    else:
        found = _with_frames(exc, frames, config)
    return replace(
        found,
        headline=visible(redact(found.headline, config)),
        frames=tuple(visible(redact(line, config)) for line in found.frames),
        reason=tuple(visible(redact(line, config)) for line in found.reason),
    )


def _place(exc: BaseException) -> tuple[str, int] | None:
    """Return the position of a SyntaxError, if that is the cause."""
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, SyntaxError) and cause.filename and cause.lineno:
            return cause.filename, cause.lineno
        cause = cause.__cause__
    return None


def _with_line(note: str, frames: list[traceback.FrameSummary]) -> str:
    """Append the line number to a note that names a file in brackets."""
    for frame in reversed(frames):
        if f"({frame.filename})" in note:
            return note.replace(f"({frame.filename})", f"({frame.filename}, line {frame.lineno})")
    return note


def _with_frames(
    exc: BaseException, frames: list[traceback.FrameSummary], config: Config | None
) -> Failure:
    """Return the report of a failure in the user's code, with frames and exception."""
    notes: list[str] = list(getattr(exc, "__notes__", ()))
    if not frames and not notes:
        frames = _user_frames(exc, within_run=False)
    shown = [line for frame in frames[-_MOST_FRAMES:] for line in _lines_of(frame)]
    place = _place(exc)
    if place is None and frames:
        place = frames[-1].filename, frames[-1].lineno or 1
    if isinstance(exc, SyntaxError) and exc.filename:
        where = f"in {exc.filename!r}"
    elif notes or frames:
        where = "; ".join(notes) or f"in {frames[0].filename!r}"
    else:
        where = "inside Idiolect"
        shown = "".join(traceback.format_tb(exc.__traceback__)).splitlines()
    kind = type(exc).__name__
    reason = _reason(exc, len(shown))
    advice = (advise(exc) or _advice_on_import(exc, config)) if frames else None
    if advice:
        reason.append(advice)
    return Failure(kind, None, f"{kind} {where}", tuple(shown), tuple(reason), place)


def _advice_on_import(exc: BaseException, config: Config | None) -> str | None:
    """Return where a missing module was searched: the project's folders, or this environment."""
    if not isinstance(exc, ModuleNotFoundError) or config is None or not exc.name:
        return None
    package = exc.name.partition(".")[0]
    if package in sys.modules:
        return None
    try:
        folders = config.get_prepend_sys_paths_list() or []
    except Exception:  # noqa: BLE001 - the option has errors of its own
        return None
    shown = ", ".join(repr(str(Path(folder).absolute())) for folder in folders)
    return (
        f"{package!r} is neither in {shown or 'a folder'}{'' if shown else ' of prepend_sys_path'} "
        f"nor installed for {sys.executable!r}. Add the folder that contains it to "
        "prepend_sys_path in the config file, or install it there."
    )


def _lines_of(frame: traceback.FrameSummary) -> list[str]:
    """Return a frame as two lines, without position markers."""
    return traceback.format_list([frame])[0].splitlines()[:2]


def _reason(exc: BaseException, lines_above: int) -> list[str]:
    """Return the exception's text, truncated, without notes."""
    text = "".join(_without_notes(exc)).strip()
    head, is_sql, statement = text.partition("\n[SQL:")
    if is_sql:
        # SQLAlchemy appends a link to its documentation.
        statement = statement.partition("\n(Background on")[0]
        lines = [*head.splitlines(), " ".join(f"[SQL:{statement}".split())]
    else:
        lines = text.splitlines()
    room = max(_MOST_LINES - 1 - lines_above, 3)
    if len(lines) > room:
        lines = [*lines[: room - 1], "..."]
    return [line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "..." for line in lines]


def _without_notes(exc: BaseException) -> Iterator[str]:
    notes = [f"{line}\n" for note in getattr(exc, "__notes__", ()) for line in note.splitlines()]
    lines = traceback.format_exception_only(type(exc), exc)
    yield from lines[: len(lines) - len(notes)] if lines[-len(notes) :] == notes else lines
    if isinstance(exc, BaseExceptionGroup):
        for inner in exc.exceptions:
            yield from (f"- {line}" for line in traceback.format_exception_only(inner))


def _user_frames(exc: BaseException, *, within_run: bool) -> list[traceback.FrameSummary]:
    """Return the frames of the user's code, outermost first.

    Args:
        exc: the exception.
        within_run: only the frames below a run of revisions.
    """
    frames: list[traceback.FrameSummary] = []
    # Applications are installed with their revisions, which the notes name.
    notes = " ".join(getattr(exc, "__notes__", ()))
    for frame in traceback.extract_tb(exc.__traceback__):
        if _is_users(frame) or f"({frame.filename})" in notes:
            frames.append(frame)
        elif within_run and frame.name == _ENTRANCE:
            frames.clear()
    return frames


def _is_users(frame: traceback.FrameSummary) -> bool:
    if frame.filename.startswith("<"):
        return False  # no file name, and resolving it needs a current directory
    standard = tuple(
        os.path.realpath(sysconfig.get_path(name)) + os.sep for name in ("stdlib", "platstdlib")
    )
    path = os.path.realpath(frame.filename)
    is_installed = _installed_package(path) is not None
    return not is_installed and not path.startswith(standard) and Path(path).exists()


def _installed_package(path: str) -> str | None:
    """Return the top-level package of an installed module, or None for a project's own file."""
    parts = Path(path).parts
    for folder in ("site-packages", "dist-packages"):
        if folder in parts:
            return parts[parts.index(folder) + 1]
    return next((part for part in parts if part.startswith(_OURS) and _is_ours(path)), None)


def _is_ours(path: str) -> bool:
    """Return whether a module outside site-packages belongs to an editable install of ours."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0].startswith(_OURS) and "." not in name:
            file = getattr(module, "__file__", None)
            if file and Path(path).is_relative_to(Path(file).resolve().parent):
                return True
    return False
