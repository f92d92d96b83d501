"""The revisions of a project as its files declare them: heads, branches, merges, what is wrong.

Used by the report. Files that compute their identifiers are counted and left out of the graph.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idiolect_alembic.importing.source import PythonFile


@dataclass(frozen=True, slots=True)
class History:
    """What the revision files say together.

    Attributes:
        revisions: how many there are, those that compute their identifiers included.
        heads: ids that nothing follows.
        bases: ids that follow nothing.
        branch_points: ids that several follow.
        merges: ids that follow several.
        labels: branch labels.
        computed: files that have to be executed for their identifiers, or whose id is no text.
        doubled: ids that several files have.
        missing: ids that a revision follows or needs, and no file has.
    """

    revisions: int
    heads: list[str]
    bases: list[str]
    branch_points: list[str]
    merges: list[str]
    labels: list[str]
    computed: list[str]
    doubled: list[str]
    missing: list[str]


def read_history(files: Iterable[PythonFile]) -> History:
    """Join the revision files to a history."""
    found = [each for each in files if each.is_revision]
    literal = [each for each in found if _is_literal(each)]
    ids = Counter(str(each.identifiers["revision"]) for each in literal)
    parents = {
        str(each.identifiers["revision"]): _ids(each.identifiers["down_revision"])
        for each in literal
    }
    needed = [_ids(each.identifiers.get("depends_on")) for each in literal]
    labels = sorted({w for e in literal for w in _ids(e.identifiers.get("branch_labels"))})
    followed = Counter(_full(parent, ids) for each in parents.values() for parent in each)
    known = {*ids, *labels}
    named = {_full(word, ids) for each in [*parents.values(), *needed] for word in each}
    return History(
        revisions=len(found),
        heads=sorted(each for each in ids if each not in followed),
        bases=sorted(each for each, above in parents.items() if not above),
        branch_points=sorted(e for e, times in followed.items() if times > 1 and e in ids),
        merges=sorted(each for each, above in parents.items() if len(above) > 1),
        labels=labels,
        computed=sorted(str(each.path) for each in found if each not in literal),
        doubled=sorted(each for each, times in ids.items() if times > 1),
        # A file that computes its id may be the one that is missed.
        missing=[] if len(literal) < len(found) else sorted(w for w in named if w not in known),
    )


def _is_literal(found: PythonFile) -> bool:
    computed = found.computed & {"revision", "down_revision"}
    return not computed and isinstance(found.identifiers["revision"], str)


def _ids(value: Any) -> tuple[str, ...]:
    if not value:
        return ()
    if isinstance(value, (list, set, tuple)):
        return tuple(str(each) for each in value if each is not None)
    return (str(value),)


def _full(word: str, ids: Counter[str]) -> str:
    """Return the id that a word begins, as a history may name one by its start."""
    if word in ids:
        return word
    begun = [each for each in ids if each.startswith(word)]
    return begun[0] if len(begun) == 1 else word
