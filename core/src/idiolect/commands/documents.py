"""JSON documents that commands print for programs, and entries that several documents share.

Used by commands with a ``format`` option. A document is an object with a ``version``; its keys are
documented in docs/reference/commands.md. Must stay cheap to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idiolect.errors import CommandError
from idiolect.util.messaging import write_outstream

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idiolect.script.script import Script
    from idiolect.settings.config import Config

#: Of all documents; increment if a key is removed or changes its meaning, not for a new one.
VERSION: Final = 1
TEXT_OR_JSON: Final = ("text", "json")


def check_format(format: str, known: Sequence[str] = TEXT_OR_JSON) -> None:
    """Validate the format given to a command.

    Args:
        format: the given format.
        known: the formats that the command supports.

    Raises:
        CommandError: the format is unknown.
    """
    if format not in known:
        *others, last = map(repr, known)
        expected = f"{', '.join(others)} or {last}"
        raise CommandError(f"Unknown format {format!r}; expected {expected}.")


def print_document(config: Config, **content: Any) -> None:
    """Print a document, even with ``quiet``.

    Args:
        config: has the output stream.
        **content: the document's keys and values, besides ``version``.
    """
    # Imported here because most runs print no document.
    import json

    text = json.dumps({"version": VERSION, **content}, indent=2)
    write_outstream(config.stdout, text, "\n")


def revision_entries(
    revisions: Iterable[Script], held: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """Return revisions as entries of a document, in the given order.

    Args:
        revisions: of one script directory.
        held: the database's current revisions; None if it was not queried.
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
