"""The revisions of a project as its files declare them: heads, branches, merges, errors.

Files that compute their identifiers are counted, but are not part of the graph.
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
    """The history declared by the revision files.

    Attributes:
        revisions: the number of revisions, including those that compute their identifiers.
        heads: ids without children.
        bases: ids without parents.
        branch_points: ids with several children.
        merges: ids with several parents.
        labels: branch labels.
        computed: files that have to be executed for their identifiers, or whose id is not a string.
        doubled: ids declared by several files.
        missing: ids that a revision refers to, and no file declares.
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
    """Build the history from the revision files."""
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
        # A file that computes its id may declare the missing one.
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
    """Expand a partial id, as files may refer to revisions by one."""
    if word in ids:
        return word
    begun = [each for each in ids if each.startswith(word)]
    return begun[0] if len(begun) == 1 else word
