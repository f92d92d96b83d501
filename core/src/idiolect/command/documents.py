"""What commands print for programs: documents in JSON, and the entries that several have.

Used by commands that take ``format``. A document is one object with ``version``; its keys are
described in docs/reference/commands.md. Imports nothing that a short command would pay for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idiolect.errors import CommandError
from idiolect.util.messaging import write_outstream

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idiolect.script.script import Script
    from idiolect.settings.config import Config

#: Of all documents; to be raised when a key goes or means something else, not for a new one.
VERSION: Final = 1
TEXT_OR_JSON: Final = ("text", "json")


def check_format(format: str, known: Sequence[str] = TEXT_OR_JSON) -> None:
    """Refuse a format that a command does not have.

    Args:
        format: what was asked for.
        known: what there is; several.

    Raises:
        CommandError: it is none of them.
    """
    if format not in known:
        *others, last = map(repr, known)
        expected = f"{', '.join(others)} or {last}"
        raise CommandError(f"Unknown format {format!r}; expected {expected}.")


def print_document(config: Config, **content: Any) -> None:
    """Print a document, though the command is quiet: its version, and what there is to tell.

    Args:
        config: tells where to print.
        **content: lists, dictionaries and values, by their keys in the document.
    """
    # Most commands are not asked for one.
    import json

    text = json.dumps({"version": VERSION, **content}, indent=2)
    write_outstream(config.stdout, text, "\n")


def revision_entries(
    revisions: Iterable[Script], held: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """Return revisions as entries of a document, in their order.

    Args:
        revisions: of one script directory.
        held: the ids that the database is at; None where it was not asked.
    """
    at = None if held is None else {*held}
    return [_entry(each, None if at is None else each.revision in at) for each in revisions]


def _entry(each: Script, current: bool | None) -> dict[str, Any]:
    return {
        "revision": each.revision,
        "down_revisions": list(each._versioned_down_revisions),
        "depends_on": sorted(each.resolved_dependencies),
        "next_revisions": sorted(each.nextrev),
        "branch_labels": sorted(each.branch_labels),
        "head": bool(each.is_head),
        "branch_point": bool(each.is_branch_point),
        "merge_point": bool(each.is_merge_point),
        "current": current,
        "message": " ".join(each.doc.split()),
        "doc": each.longdoc,
        "file": each.path,
    }
