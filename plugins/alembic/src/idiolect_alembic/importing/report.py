"""Formats the findings as text for a terminal, or as a JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idiolect_alembic.importing.findings import Findings, NameUse

#: Of the document; increment if a key is removed or changes its meaning, not for a new one.
_DOCUMENT_VERSION: Final = 1
_PLACES: Final = 3
_PAGE: Final = "docs/explanation/differences.md"


def as_json(found: Findings, diff: str | None, *, written: bool) -> str:
    """Return the findings as a JSON document.

    Args:
        found: the findings.
        diff: the changes, or None if not requested.
        written: whether they were written.
    """
    document = {"version": _DOCUMENT_VERSION, **found.as_document(), "written": written}
    if diff is not None:
        document["diff"] = diff
    return json.dumps(document, indent=2)


def as_text(found: Findings, *, written: bool) -> Iterator[str]:
    """Yield the lines of the report.

    Args:
        found: the findings.
        written: whether the changes were written.
    """
    yield from _project(found)
    yield from _history(found)
    if found.notes:
        yield from _block("To look at", found.notes)
    if found.names:
        yield from _block("Names outside of what both offer", map(_name, found.names))
    yield from _block(
        f"What will be different ({_PAGE})",
        [f"{each.title}: {each.text}{_at(each.places)}" for each in found.differences],
    )
    yield from _block("What to install", found.install)
    yield from _block("How to run it", found.ways)
    if found.started:
        yield from _block("Where the command alembic or flask db is run", found.started)
    yield from _rewriting(found, written=written)


def _project(found: Findings) -> Iterator[str]:
    yield f"Project {found.folder}"
    section = f", section [{found.section}]" if found.section else ""
    yield f"  config:     {', '.join(found.config) or 'none'}{section}"
    yield f"  env.py:     {found.env or 'none that can be read'}"
    yield f"  revisions:  {', '.join(found.locations)}"
    if found.templates:
        yield f"  templates:  {', '.join(found.templates)}"
    yield f"  databases:  {', '.join(found.dialects) or 'not known from the files'}"
    if found.hooks:
        yield f"  post-write: {', '.join(found.hooks)}"
    for package, place in found.packages.items():
        yield f"  uses:       {package} ({place})"
    for name in found.impls:
        yield f"  impl class: {name}"


def _history(found: Findings) -> Iterator[str]:
    history = found.history
    yield from ("", "History")
    yield f"  {_count(history.revisions, 'revision')}, {_listed('head', history.heads)}"
    for word, ids in (
        ("base", history.bases),
        ("branch point", history.branch_points),
        ("merge", history.merges),
        ("branch label", history.labels),
    ):
        if ids and not (word == "base" and len(ids) == 1):
            yield f"  {_listed(word, ids)}"
    if history.computed:
        files = _count(len(history.computed), "file")
        yield f"  {files} with computed identifiers, not analysed"
    for word, ids in (("in several files", history.doubled), ("in no file", history.missing)):
        if ids:
            yield f"  {word}: {', '.join(ids)}"


def _name(use: NameUse) -> str:
    if use.directive:
        state = "no directive of either: a plugin or the project registers it"
    elif not use.offered:
        state = "Idiolect does not have it"
    else:
        state = "not documented by Alembic; Idiolect has it"
    return f"{use.name}: {state}{_at(use.places)}"


def _rewriting(found: Findings, *, written: bool) -> Iterator[str]:
    count = _count(len(found.changes), "file")
    yield from ("", "Names in the files")
    if written:
        yield f"  {count} changed. Alembic itself can no longer read this project."
    elif found.changes:
        yield "  Nothing has to be changed: Idiolect runs the project as it is."
        yield f"  --write would change {count} to Idiolect's names; --diff shows how."
    else:
        yield "  All are Idiolect's, or have to stay."
    for each in found.left:
        yield f"  stays: {each}"


def _block(title: str, lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    yield from ("", title)
    for line in lines:
        yield f"  - {line}"


def _at(places: Sequence[str]) -> str:
    if not places:
        return ""
    more = len(places) - _PLACES
    return f" [{', '.join(places[:_PLACES])}{f' and {more} more' if more > 0 else ''}]"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _listed(word: str, ids: Sequence[str]) -> str:
    plural = "es" if word.endswith("ch") else "s"
    counted = f"{len(ids)} {word}{'' if len(ids) == 1 else plural}"
    shown = ", ".join(ids[:_PLACES]) + (", ..." if len(ids) > _PLACES else "")
    return f"{counted} ({shown})" if ids else counted
