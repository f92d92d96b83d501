"""Resolves identifiers given by users to revisions of the graph.

The grammar, with everything in brackets optional::

    [branch@]symbol[+N|-N]      or      [branch@]+N|-N

``symbol`` is ``base`` (below everything), ``head`` (the only head), ``heads`` (all of them), a
branch label, an id, or a partial id. ``branch`` is a label or an id, and means all ancestors and
descendants of that revision along ``down_revision``; heads, bases, partial ids and the path of a
walk are limited to these. ``+N`` and ``-N`` walk N revisions up or down from the symbol; without a
symbol, the start depends on the caller:

* ``relative.upgrade_targets`` counts ``+N`` from the applied revisions;
* ``relative.downgrade_target`` counts ``-N`` from them;
* :func:`range_start` counts ``-N`` from the upper end of a range such as ``-3:head``;
* :func:`revisions`, for ``show``, ``heads`` and the like, counts ``-N`` from the heads.

A tuple means each of its elements. None and ``base`` mean no revision. Commands handle ``current``
and split ``a:b``, and resolve each end. Errors quote the identifier as typed. A walk that exceeds
the history is an error unless ``strict`` is False; then it stops at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from idiolect.revisions import lineage
from idiolect.revisions.errors import MultipleHeads, ResolutionError, RevisionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idiolect.revisions.linked import Graph
    from idiolect.revisions.node import Revision

    #: an identifier, several, or None for base
    Wanted: TypeAlias = str | Iterable[str] | None

# Compiled on first use, because few identifiers have an offset.
_OFFSET = r"(?P<symbol>.*?)(?P<offset>[+-]\d{1,9})"
_SHORTEST_PARTIAL = 4
_CANDIDATES_SHOWN = 10


class Identifier:
    """A parsed identifier.

    Attributes:
        text: as typed.
        branch: the part before ``@``, or None.
        symbol: the part between ``@`` and the offset; empty for ``+N`` and ``-N``.
        offset: the steps to walk, upwards if positive, or None.
    """

    __slots__ = ("branch", "offset", "symbol", "text")

    def __init__(self, text: str, branch: str | None, symbol: str, offset: int | None) -> None:
        self.text = text
        self.branch = branch
        self.symbol = symbol
        self.offset = offset

    @property
    def steps(self) -> int:
        """The offset as a number."""
        return self.offset or 0

    @property
    def is_relative(self) -> bool:
        """Whether its meaning depends on a starting point."""
        return self.offset is not None and not self.symbol


def parse(graph: Graph, text: object) -> Identifier:
    """Parse an identifier.

    Raises:
        RevisionError: it is not a string.
        ResolutionError: a part is missing.
    """
    if not isinstance(text, str):
        raise not_a_string(text)
    before, at, rest = text.rpartition("@")
    # A label may end like an offset, as in "release-2".
    offset = None if rest in graph.names else re.fullmatch(_OFFSET, rest)
    symbol = offset["symbol"] if offset else rest
    if (at and not before) or not rest:
        raise ResolutionError(
            f"Revision identifier {text!r} is incomplete; write a revision, a branch label, "
            "'head', 'heads' or 'base', or '<branch>@' and one of these",
            text,
        )
    steps = int(offset["offset"]) if offset else None
    return Identifier(text, before if at else None, symbol, steps)


def not_a_string(value: object) -> RevisionError:
    """Return the error for a revision identifier that is not a string."""
    return RevisionError(
        f"revision identifier {value!r} is not a string; ensure database driver settings are "
        "correct"
    )


# Identifiers that need no starting point


def revisions(graph: Graph, wanted: Wanted) -> tuple[Revision, ...]:
    """Return the revisions that ``wanted`` resolves to, in its order; empty for base.

    ``-N`` counts from the heads here.
    """
    if wanted is None:
        return ()
    if _are_several(wanted):
        return tuple(revision for one in wanted for revision in revisions(graph, one))
    identifier = parse(graph, wanted)
    if identifier.is_relative:
        return range_start(graph, _heads(graph, identifier.branch, real=True), identifier)
    return standing(graph, identifier, strict=True)


def revision(graph: Graph, wanted: Wanted) -> Revision | None:
    """Return the only revision that ``wanted`` resolves to, None for base.

    Raises:
        MultipleHeads: it resolves to several.
    """
    if _are_several(wanted):
        wanted = tuple(wanted)
        if not all(isinstance(one, str) for one in wanted):
            raise not_a_string(wanted)
    return only(revisions(graph, wanted), wanted)


def lookup(graph: Graph, name: str, branch: str | None = None) -> Revision:
    """Return the revision with a label, an id, or a partial id.

    Args:
        graph: where to look.
        name: the label or id.
        branch: a label or id of the branch that the revision must belong to, or None.

    Raises:
        ResolutionError: there is none, there are several, or it is on another branch.
    """
    members = None if branch is None else branch_members(graph, branch)
    found = graph.names.get(name) or _by_beginning(graph, name, members)
    if members is not None and found.revision not in members:
        raise ResolutionError(
            f"Revision {found.revision} is not a member of branch '{branch}'", name
        )
    return found


def branch_members(graph: Graph, branch: str) -> dict[str, Revision]:
    """Return all ancestors and descendants of the revision that names a branch, by id.

    Raises:
        ResolutionError: no revision has this label or id.
    """
    try:
        root = graph.names.get(branch) or _by_beginning(graph, branch, None)
    except ResolutionError as error:
        if str(error).startswith("Multiple"):
            raise
        raise ResolutionError(
            f"No such branch: '{branch}'{_suggestion(graph, branch)}", branch
        ) from None
    return lineage.relatives(graph.nodes, [root.revision])


def heads(graph: Graph, branch: str | None = None) -> tuple[str, ...]:
    """Return the ids of the heads of a branch, or of all."""
    return tuple(head.revision for head in _heads(graph, branch, real=False))


def bases(graph: Graph, branch: str | None = None) -> tuple[str, ...]:
    """Return the ids of the bases of a branch, or of all."""
    if branch is None:
        return graph.bases
    members = branch_members(graph, branch)
    return tuple(name for name in graph.bases if name in members)


def range_start(
    graph: Graph, uppers: Sequence[Revision], identifier: Identifier, *, strict: bool = True
) -> tuple[Revision, ...]:
    """Return the lower end of a range: ``-N`` counts down from each of its upper ends.

    Args:
        graph: the graph.
        uppers: the upper ends; a branch in the identifier limits them to its own.
        identifier: ``[branch@]-N``.
        strict: whether a walk that ends early is an error.
    """
    if identifier.steps >= 0:
        raise too_short(identifier, "there is nothing to count from: name a revision, as in id+N")
    members = None if identifier.branch is None else branch_members(graph, identifier.branch)
    starts = [upper for upper in uppers if members is None or upper.revision in members]
    reached = [walk_from(graph, start, identifier, strict=strict) for start in starts]
    return tuple({one.revision: one for one in reached if one is not None}.values())


def walk(
    graph: Graph, start: Revision | None, steps: int, branch: str | None = None
) -> tuple[Revision | None, int]:
    """Walk ``steps`` revisions up, or down if negative.

    Args:
        graph: the graph.
        start: where to start; None for base.
        steps: the number of steps.
        branch: a label or id whose branch decides at forks, or None.

    Returns:
        Where the walk ended, None for base, and how many steps were left.

    Raises:
        RevisionError: there is a fork, and no branch decides.
    """
    members = None if branch is None else branch_members(graph, branch)
    reached = start
    for left in range(abs(steps), 0, -1):
        if reached is None and steps < 0:
            return None, left
        if reached is None:
            ways: Iterable[str] = graph.bases
        else:
            ways = sorted(reached.children) if steps > 0 else reached.parents
        if members is not None:
            ways = [name for name in ways if name in members]
        reached_next = _one_way(graph, reached, ways)
        if reached_next is None and steps > 0:
            return reached, left
        reached = reached_next
    return reached, 0


def _one_way(graph: Graph, place: Revision | None, ways: Iterable[str]) -> Revision | None:
    ids = list(ways)
    if len(ids) > 1:
        raise RevisionError(
            f"Ambiguous walk: revision {place.revision if place else 'base'} leads to "
            f"{', '.join(ids)}; choose one with '<branch>@'"
        )
    return graph.nodes[ids[0]] if ids else None


def standing(graph: Graph, identifier: Identifier, *, strict: bool) -> tuple[Revision, ...]:
    """Resolve an identifier with a symbol."""
    symbol, branch = identifier.symbol, identifier.branch
    if symbol in ("head", "heads"):
        found = _heads(graph, branch, real=symbol == "heads")
        if symbol == "head":
            only(found, identifier.text)
    elif symbol == "base":
        found = ()
        if branch is not None:
            branch_members(graph, branch)
    else:
        found = (lookup(graph, symbol, branch),)
    if identifier.offset is None:
        return found
    start = only(found, identifier.text)
    return as_revisions(walk_from(graph, start, identifier, strict=strict))


def _heads(graph: Graph, branch: str | None, *, real: bool) -> tuple[Revision, ...]:
    """Return heads.

    Without a branch, ``real`` excludes heads that another revision depends on, because these are
    applied with it.
    """
    if branch is None:
        ids = graph.real_heads if real else graph.heads
        return tuple(graph.nodes[name] for name in ids)
    members = branch_members(graph, branch)
    return tuple(graph.nodes[name] for name in graph.heads if name in members)


def walk_from(
    graph: Graph, start: Revision | None, identifier: Identifier, *, strict: bool
) -> Revision | None:
    """Walk as far as ``identifier`` says, along its branch; None means base.

    Raises:
        RevisionError: there is a fork, or the walk ends early and ``strict`` is set.
    """
    reached, left = walk(graph, start, identifier.steps, identifier.branch)
    if left and strict:
        end = reached.revision if reached else "base"
        raise too_short(identifier, f"the history ends {left} too early, at {end}")
    return reached


def _by_beginning(graph: Graph, name: str, members: dict[str, Revision] | None) -> Revision:
    where = graph.nodes if members is None else members
    # Ids written by hand may be as short as "1" and "10": "1" is not a partial id of "10".
    found = [one for one in where if len(one) >= _SHORTEST_PARTIAL and one.startswith(name)]
    found = sorted(found) if name else []
    if len(found) == 1:
        return graph.nodes[found[0]]
    if found:
        shown = ", ".join(repr(one) for one in found[:_CANDIDATES_SHOWN])
        more = "..." if len(found) > _CANDIDATES_SHOWN else "; give more characters of one"
        raise ResolutionError(f"Multiple revisions start with '{name}': {shown}{more}", name)
    hint = (
        "; please ensure at least four characters are present for partial revision identifier "
        "matches"
        if len(name) < _SHORTEST_PARTIAL
        else ""
    )
    raise ResolutionError(
        f"No such revision or branch '{name}'{hint}{_suggestion(graph, name)}", name
    )


def _suggestion(graph: Graph, name: str) -> str:
    # Imported here because only errors need it.
    import difflib

    from idiolect.revisions.node import SYMBOLS

    if name == "current":
        return "; 'current' asks a database, and is for 'show', 'edit' and ends of 'history -r'"
    near = difflib.get_close_matches(name, [*graph.names, *sorted(SYMBOLS)], n=1, cutoff=0.75)
    return f"; did you mean '{near[0]}'?" if near else ""


def only(found: Sequence[Revision], wanted: object) -> Revision | None:
    """Return the only element of ``found``, None if it is empty.

    Raises:
        MultipleHeads: there are several; ``wanted`` is the given identifier.
    """
    if len(found) > 1:
        argument = wanted if isinstance(wanted, str) else repr(wanted)
        raise MultipleHeads([one.revision for one in found], argument)
    return found[0] if found else None


def too_short(identifier: Identifier, reason: str) -> RevisionError:
    """Return the error for a walk that exceeds the history or goes in the wrong direction."""
    shown = identifier.text if identifier.symbol else identifier.text.rpartition("@")[2]
    return RevisionError(
        f"Relative revision {shown} didn't produce {abs(identifier.steps)} migrations; {reason}"
    )


def _are_several(wanted: Wanted) -> TypeGuard[Iterable[str]]:
    # bytes may come from a database driver, and are one invalid identifier.
    return isinstance(wanted, Iterable) and not isinstance(wanted, str | bytes)


def as_revisions(found: Revision | None) -> tuple[Revision, ...]:
    """Return an empty tuple for base, otherwise a tuple of one."""
    return () if found is None else (found,)
