"""What an identifier means: from the words of a user to revisions of the graph.

The grammar, with everything in brackets optional::

    [branch@]symbol[+N|-N]      or      [branch@]+N|-N

``symbol`` is ``base`` (below everything), ``head`` (the only head), ``heads`` (all of them), a
branch label, an id, or the beginning of one. ``branch`` is a label or an id, and stands for all
ancestors and descendants of that revision along ``down_revision``; it narrows heads, bases,
partial ids and the way of a walk down to these. ``+N`` and ``-N`` walk N revisions up or down
from the symbol; without a symbol, from where the caller stands, which each direction tells:

* :func:`revisions` resolves what needs no place to stand: ``show``, ``heads``, ``depends_on``;
* :func:`upgrade_targets` counts ``+N`` from the revisions that are applied;
* :func:`downgrade_target` counts ``-N`` from them;
* :func:`range_start` counts ``-N`` from the upper end of a range such as ``-3:head``.

A tuple means each of its elements. None and ``base`` mean no revision at all. ``current`` and
``a:b`` are taken apart by commands, who ask for each end. Errors name the identifier as it was
typed. A walk that runs out of revisions is an error, unless ``strict`` is off: then it stops.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from idiolect.revisions import lineage
from idiolect.revisions.errors import MultipleHeads, ResolutionError, RevisionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idiolect.revisions.load import Graph
    from idiolect.revisions.node import Revision

    #: an identifier, several, or None for base
    Wanted: TypeAlias = str | Iterable[str] | None

_OFFSET = re.compile(r"(?P<symbol>.*?)(?P<offset>[+-]\d+)")
_SHORTEST_PARTIAL = 4
_CANDIDATES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier, taken apart.

    Attributes:
        text: as it was typed.
        branch: what stands before ``@``, or None.
        symbol: what stands between ``@`` and the offset; empty in ``+N`` and ``-N``.
        offset: the steps to walk, upwards if positive, or None.
    """

    text: str
    branch: str | None
    symbol: str
    offset: int | None

    @property
    def is_relative(self) -> bool:
        """Whether it means nothing without a place to stand."""
        return self.offset is not None and not self.symbol


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a downgrade is to end.

    Attributes:
        branch: the branch to which the downgrade is confined, or None for all.
        revision: the revision that shall remain, or None for base.
    """

    branch: str | None
    revision: Revision | None


def parse(graph: Graph, text: object) -> Identifier:
    """Take an identifier apart.

    Raises:
        RevisionError: it is no string.
        ResolutionError: something is missing in it.
    """
    if not isinstance(text, str):
        raise not_a_string(text)
    before, at, rest = text.rpartition("@")
    # A label may end like an offset, as in "release-2".
    offset = None if rest in graph.names else _OFFSET.fullmatch(rest)
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
    """Return the error for a revision identifier that is no text."""
    return RevisionError(
        f"revision identifier {value!r} is not a string; ensure database driver settings are "
        "correct"
    )


# Identifiers that need no place to stand


def revisions(graph: Graph, wanted: Wanted) -> tuple[Revision, ...]:
    """Return the revisions that ``wanted`` means, in its order; empty for base.

    ``-N`` counts from the heads here.
    """
    if wanted is None:
        return ()
    if _are_several(wanted):
        return tuple(revision for one in wanted for revision in revisions(graph, one))
    identifier = parse(graph, wanted)
    if identifier.is_relative:
        return range_start(graph, _heads(graph, identifier.branch, real=True), identifier)
    return _standing(graph, identifier, strict=True)


def revision(graph: Graph, wanted: Wanted) -> Revision | None:
    """Return the only revision that ``wanted`` means, None for base.

    Raises:
        MultipleHeads: it means several.
    """
    if _are_several(wanted):
        wanted = tuple(wanted)
        if not all(isinstance(one, str) for one in wanted):
            raise not_a_string(wanted)
    return _only(revisions(graph, wanted), wanted)


def lookup(graph: Graph, name: str, branch: str | None = None) -> Revision:
    """Return the revision with a label, an id, or the beginning of an id.

    Args:
        graph: where to look.
        name: the label or id.
        branch: a label or id whose branch the revision must lie on, or None.

    Raises:
        ResolutionError: there is none, there are several, or it lies elsewhere.
    """
    members = None if branch is None else branch_members(graph, branch)
    found = graph.names.get(name) or _by_beginning(graph, name, members)
    if members is not None and found.revision not in members:
        raise ResolutionError(
            f"Revision {found.revision} is not a member of branch '{branch}'", name
        )
    return found


def branch_members(graph: Graph, branch: str) -> dict[str, Revision]:
    """Return everything below and above the revision that gives a branch its name, by id.

    Raises:
        ResolutionError: nothing has this label or id.
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


# Identifiers that count from a place


def upgrade_targets(
    graph: Graph, current: Wanted, target: Wanted, *, strict: bool = True
) -> tuple[Revision, ...]:
    """Return where an upgrade is to end; empty for base.

    Args:
        graph: the graph.
        current: the revisions from which ``+N`` counts.
        target: the identifier, or several.
        strict: whether a walk that ends early is an error.
    """
    if not isinstance(target, str):
        return revisions(graph, target)
    identifier = parse(graph, target)
    if not identifier.is_relative:
        return _standing(graph, identifier, strict=strict)
    if _steps(identifier) <= 0:
        raise _too_short(identifier, "an upgrade goes up: write +N, or name a revision")
    start = _start_upwards(graph, revisions(graph, current), identifier)
    return _as_tuple(_walk(graph, start, identifier, strict=strict))


def downgrade_target(
    graph: Graph, current: Wanted, target: str | None, *, strict: bool = True
) -> Destination:
    """Return where a downgrade is to end.

    Args:
        graph: the graph.
        current: the revisions from which ``-N`` counts.
        target: the identifier.
        strict: whether a walk that ends early is an error.
    """
    if target is None:
        return Destination(None, None)
    identifier = parse(graph, target)
    if not identifier.is_relative:
        reached = _only(_standing(graph, identifier, strict=strict), target)
        return Destination(identifier.branch, reached)
    if _steps(identifier) >= 0:
        raise _too_short(identifier, "a downgrade goes down: write -N, or name a revision")
    start = _start_downwards(graph, revisions(graph, current), identifier)
    branch = identifier.branch or start.revision
    return Destination(branch, _walk(graph, start, identifier, strict=strict))


def range_start(
    graph: Graph, uppers: Sequence[Revision], identifier: Identifier, *, strict: bool = True
) -> tuple[Revision, ...]:
    """Return the lower end of a range: ``-N`` counts down from each of its upper ends.

    Args:
        graph: the graph.
        uppers: the upper ends; a branch in the identifier narrows them to its own.
        identifier: ``[branch@]-N``.
        strict: whether a walk that ends early is an error.
    """
    if _steps(identifier) >= 0:
        raise _too_short(identifier, "there is nothing to count from: name a revision, as in id+N")
    members = None if identifier.branch is None else branch_members(graph, identifier.branch)
    starts = [upper for upper in uppers if members is None or upper.revision in members]
    reached = [_walk(graph, start, identifier, strict=strict) for start in starts]
    return tuple({one.revision: one for one in reached if one is not None}.values())


def applied_tops(graph: Graph, current: Iterable[str], branch: str | None = None) -> list[Revision]:
    """Return the uppermost applied revisions of a branch, or of each.

    Args:
        graph: the graph.
        current: ids that are applied, with all that they need.
        branch: a label or id, or None.
    """
    applied = lineage.ancestors(graph.names, current)
    if branch is not None:
        members = branch_members(graph, branch)
        applied = {name: one for name, one in applied.items() if name in members}
    return list(lineage.topmost(applied).values())


def walk(
    graph: Graph, start: Revision | None, steps: int, branch: str | None = None
) -> tuple[Revision | None, int]:
    """Walk ``steps`` revisions up, or down if negative.

    Args:
        graph: the graph.
        start: where to start; None for base.
        steps: how far to go.
        branch: a label or id whose branch decides at forks, or None.

    Returns:
        Where the walk ended, None for base, and how many steps could not be made.

    Raises:
        RevisionError: the way forks, and no branch decides.
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


def _standing(graph: Graph, identifier: Identifier, *, strict: bool) -> tuple[Revision, ...]:
    """Resolve an identifier with a symbol."""
    symbol, branch = identifier.symbol, identifier.branch
    if symbol in ("head", "heads"):
        found = _heads(graph, branch, real=symbol == "heads")
        if symbol == "head":
            _only(found, identifier.text)
    elif symbol == "base":
        found = ()
        if branch is not None:
            branch_members(graph, branch)
    else:
        found = (lookup(graph, symbol, branch),)
    if identifier.offset is None:
        return found
    start = _only(found, identifier.text)
    return _as_tuple(_walk(graph, start, identifier, strict=strict))


def _heads(graph: Graph, branch: str | None, *, real: bool) -> tuple[Revision, ...]:
    """Return heads.

    Without a branch, ``real`` leaves out heads that another revision depends on, as these are
    applied with it.
    """
    if branch is None:
        ids = graph.real_heads if real else graph.heads
        return tuple(graph.nodes[name] for name in ids)
    members = branch_members(graph, branch)
    return tuple(graph.nodes[name] for name in graph.heads if name in members)


def _walk(
    graph: Graph, start: Revision | None, identifier: Identifier, *, strict: bool
) -> Revision | None:
    reached, left = walk(graph, start, _steps(identifier), identifier.branch)
    if left and strict:
        end = reached.revision if reached else "base"
        raise _too_short(identifier, f"the way ends at {end}, {left} too early")
    return reached


def _start_upwards(
    graph: Graph, current: Sequence[Revision], identifier: Identifier
) -> Revision | None:
    if identifier.branch is not None:
        ids = [one.revision for one in current]
        current = applied_tops(graph, ids, identifier.branch)
    if len(current) > 1:
        raise RevisionError(
            "Ambiguous upgrade from multiple current revisions "
            f"{', '.join(one.revision for one in current)}; choose one with '<branch>@', as in "
            f"'{current[0].revision}@{identifier.text.rpartition('@')[2]}'"
        )
    return current[0] if current else None


def _start_downwards(
    graph: Graph, current: Sequence[Revision], identifier: Identifier
) -> Revision:
    branch = identifier.branch
    if branch is None:
        starts = list(current)
    else:
        starts = applied_tops(graph, [one.revision for one in current], branch)
    if not starts:
        place = "nothing" if branch is None else f"nothing on branch '{branch}'"
        raise _too_short(identifier, f"{place} is applied")
    if len(starts) > 1 and branch is None:
        warnings.warn(
            "downgrade -1 from multiple heads is ambiguous; this usage will be disallowed in a "
            "future release.",
            stacklevel=2,
        )
    elif len(starts) > 1:
        raise RevisionError(
            f"Ambiguous downgrade: branch '{branch}' has multiple current revisions "
            f"{', '.join(one.revision for one in starts)}; choose one with '<branch>@'"
        )
    return starts[0]


def _by_beginning(graph: Graph, name: str, members: dict[str, Revision] | None) -> Revision:
    where = graph.nodes if members is None else members
    found = sorted(one for one in where if one.startswith(name)) if name else []
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
    # Only a mistake pays for this import.
    import difflib

    near = difflib.get_close_matches(name, graph.names, n=1, cutoff=0.75)
    return f"; did you mean '{near[0]}'?" if near else ""


def _only(found: Sequence[Revision], wanted: Any) -> Revision | None:
    if len(found) > 1:
        argument = wanted if isinstance(wanted, str) else repr(wanted)
        raise MultipleHeads([one.revision for one in found], argument)
    return found[0] if found else None


def _steps(identifier: Identifier) -> int:
    return identifier.offset or 0


def _too_short(identifier: Identifier, reason: str) -> RevisionError:
    steps = identifier.text if identifier.symbol else identifier.text.rpartition("@")[2]
    return RevisionError(
        f"Relative revision {steps} didn't produce {abs(_steps(identifier))} migrations; {reason}"
    )


def one_name(wanted: Wanted) -> str | None:
    """Return the only identifier in ``wanted``, None for base.

    Raises:
        RevisionError: there are several.
    """
    if wanted is None or isinstance(wanted, str):
        return wanted
    names = tuple(wanted)
    if len(names) > 1:
        raise RevisionError(
            f"A downgrade ends at one revision, not at {', '.join(map(repr, names))}; write "
            "'<branch>@<revision>' to confine it to a branch"
        )
    return names[0] if names else None


def _are_several(wanted: Wanted) -> TypeGuard[Iterable[str]]:
    # Bytes may come from a database driver, and are one broken identifier.
    return isinstance(wanted, Iterable) and not isinstance(wanted, str | bytes)


def _as_tuple(found: Revision | None) -> tuple[Revision, ...]:
    return () if found is None else (found,)
