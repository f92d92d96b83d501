"""Ancestors, descendants and members of branches.

All functions walk links, in time linear in the visited revisions; nothing is cached. "Down" leads
to a revision's parents (and its dependencies, if included), "up" to its children (and dependents).
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from idiolect.revisions.errors import RevisionError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from idiolect.revisions.node import Revision

    Links: TypeAlias = Callable[[Revision], Collection[str]]
    Names: TypeAlias = Mapping[str, Revision]

PARENTS: Links = attrgetter("parents")
NEEDS: Links = attrgetter("requirements")
CHILDREN: Links = attrgetter("children")
USERS: Links = attrgetter("users")


def reach(names: Names, starts: Iterable[str], links: Links) -> dict[str, Revision]:
    """Return all revisions reachable from ``starts``, including these.

    Args:
        names: revisions by id and by label.
        starts: ids or labels.
        links: the direction; one of the constants of this module.

    Returns:
        Revisions by id, in the order of the walk.
    """
    found: dict[str, Revision] = {}
    waiting = list(starts)
    while waiting:
        revision = names[waiting.pop()]
        if revision.revision not in found:
            found[revision.revision] = revision
            waiting.extend(links(revision))
    return found


def ancestors(
    names: Names, starts: Iterable[str], *, include_dependencies: bool = True
) -> dict[str, Revision]:
    """Return ``starts`` and all their ancestors, by id."""
    return reach(names, starts, NEEDS if include_dependencies else PARENTS)


def descendants(
    names: Names, starts: Iterable[str], *, include_dependencies: bool = True
) -> dict[str, Revision]:
    """Return ``starts`` and all their descendants, by id."""
    return reach(names, starts, USERS if include_dependencies else CHILDREN)


def relatives(
    names: Names, starts: Iterable[str], *, include_dependencies: bool = False
) -> dict[str, Revision]:
    """Return ``starts`` with all their ancestors and descendants, by id."""
    ids = list(starts)
    down = ancestors(names, ids, include_dependencies=include_dependencies)
    return down | descendants(names, ids, include_dependencies=include_dependencies)


def topmost(revisions: Mapping[str, Revision]) -> dict[str, Revision]:
    """Return those of ``revisions`` that have no child among them, by id."""
    return {
        name: revision
        for name, revision in revisions.items()
        if not any(child in revisions for child in revision.children)
    }


def is_below(names: Names, depths: Mapping[str, int], lower: str, uppers: Iterable[str]) -> bool:
    """Return whether ``lower`` is an ancestor of one of ``uppers``, dependencies included.

    A revision is deeper than all its ancestors, so the walk skips revisions that are not deeper
    than ``lower``: between neighbours it is short, however long the history is.
    """
    floor = depths[lower]
    seen: set[str] = set()
    waiting = [link for upper in uppers for link in NEEDS(names[upper])]
    while waiting:
        name = waiting.pop()
        if name == lower:
            return True
        if name not in seen and depths[name] > floor:
            seen.add(name)
            waiting.extend(NEEDS(names[name]))
    return False


def uncovered(
    names: Names,
    depths: Mapping[str, int],
    ids: Collection[str],
    heads: Collection[str],
    *,
    leaving: str | None = None,
) -> tuple[str, ...]:
    """Return those of ``ids`` that neither ``heads`` nor others of ``ids`` imply.

    Every descendant of an id descends from one of its users; so if it has no users besides
    ``leaving``, the result is known without a walk.
    """
    above = {*heads, *ids}
    return tuple(
        name
        for name in ids
        if name not in heads
        and ({leaving}.issuperset(names[name].users) or not is_below(names, depths, name, above))
    )


def refuse_overlap(names: Names, ids: Iterable[str]) -> None:
    """Check that none of ``ids`` is an ancestor of another.

    Raises:
        RevisionError: one is; the message names the descendant and all its ancestors in ``ids``.
    """
    requested = list(dict.fromkeys(ids))
    # Heads, the most common case, are nobody's ancestors.
    coverable = [name for name in requested if names[name].users]
    if not coverable or len(requested) < 2:  # noqa: PLR2004 - one cannot overlap
        return
    for upper in requested:
        below = ancestors(names, [upper])
        overlapped = [name for name in coverable if name != upper and name in below]
        if overlapped:
            raise RevisionError(
                f"Requested revision {upper} overlaps with other requested revisions "
                f"{', '.join(overlapped)}"
            )
