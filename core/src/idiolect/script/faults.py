"""Converts errors of the revision graph to errors of commands.

Used by the script directory, whose methods take identifiers as given by users.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.errors import CommandError
from idiolect.revisions.errors import (
    MissingRevisionError,
    MultipleHeads,
    RangeNotAncestorError,
    ResolutionError,
    RevisionError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idiolect.errors import IdiolectError

_TOO_MANY_HEADS = (
    "Multiple head revisions are present for given argument '%(head_arg)s'; please specify a "
    "specific target revision, '<branchname>@%(head_arg)s' to narrow to a specific head, or "
    "'heads' for all heads"
)
_HEADS_SHOWN = 10


def command_error(
    exc: IdiolectError,
    *,
    ancestor: str | None = None,
    multiple_heads: str | None = None,
    start: str | None = None,
    end: str | None = None,
    resolution: str | None = None,
) -> CommandError | None:
    """Return the error of a command for one of the graph.

    Args:
        exc: the error.
        ancestor: message for a range whose start is not an ancestor of its end, with
            ``%(start)s`` and ``%(end)s``.
        multiple_heads: message if there are several heads where one is expected, with
            ``%(head_arg)s`` and ``%(heads)s``.
        start: the lower end, as given by the user.
        end: the upper end, as given by the user.
        resolution: message for an unknown identifier, with ``%s``.

    Returns:
        The error; None if the original one is to be raised: the graph itself is invalid, which is
        documented as a KeyError, or the error is not one of the graph.
    """
    if isinstance(exc, MissingRevisionError) or not isinstance(exc, RevisionError):
        return None
    if isinstance(exc, RangeNotAncestorError):
        text = ancestor or "Requested range %(start)s:%(end)s does not refer to ancestor/"
        if ancestor is None:
            text += "descendant revisions along the same branch"
        return CommandError(
            text % {"start": start or exc.lower, "end": end or exc.upper}, code=exc.code
        )
    if isinstance(exc, MultipleHeads):
        words = {"head_arg": end or exc.argument, "heads": format_heads(exc.heads)}
        text = (multiple_heads or _TOO_MANY_HEADS) % words
        if multiple_heads is None or "%(heads)s" not in multiple_heads:
            text += f" (the heads are: {words['heads']})"
        return CommandError(text, code=exc.code)
    if isinstance(exc, ResolutionError):
        text = resolution % exc.argument if resolution else _unknown(exc)
        return CommandError(text, code=exc.code)
    error = CommandError(str(exc), code=exc.code)
    for note in getattr(exc, "__notes__", ()):
        error.add_note(note)
    return error


def _unknown(exc: ResolutionError) -> str:
    """Return why an identifier cannot be resolved; if unknown, with the documented text."""
    text, argument = str(exc), exc.argument
    unknown = f"Can't locate revision identified by '{argument}'"
    for words in (f"No such revision or branch '{argument}'", f"No such branch: '{argument}'"):
        if text.startswith(words):
            return unknown + text.removeprefix(words)
    return f"{unknown}: {text}"


def format_heads(heads: Sequence[str]) -> str:
    """Return ids for a message, joined; only the first ones of a long list."""
    shown = ", ".join(heads[:_HEADS_SHOWN])
    more = len(heads) - _HEADS_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
