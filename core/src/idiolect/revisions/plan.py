"""Selects and orders the revisions of an upgrade or downgrade.

A :class:`Selection` says which revisions, :func:`ordered` in which order: from the top down, as
downgrades run; upgrades reverse it. Identifiers are resolved in ``resolve``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from idiolect.revisions import lineage, relative, resolve, sort
from idiolect.revisions.errors import RangeNotAncestorError
from idiolect.revisions.node import Revision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idiolect.revisions.linked import Graph
    from idiolect.revisions.resolve import Wanted


# Types, not strings as in the class form: for strings, Python 3.14 imports its parser.
class Selection(
    NamedTuple("Selection", [("revisions", dict[str, Revision]), ("tops", tuple[str, ...])])
):
    """The revisions of a plan.

    Attributes:
        revisions: all of them by id, unordered.
        tops: ids at which the plan starts from above; some may not be selected.
    """

    __slots__ = ()


class Span:
    """A requested range.

    Args:
        upper: the upper end or ends; for a downgrade, the applied revisions.
        lower: the lower end or ends; for an upgrade, the applied revisions.
        inclusive: whether to include the lower end.
        implicit_base: whether to include required revisions that are not descendants of the lower
            end, such as the other side of a merge.
        strict: whether relative identifiers that exceed the history are an error.
    """

    __slots__ = ("implicit_base", "inclusive", "lower", "strict", "upper")

    def __init__(
        self,
        upper: Wanted,
        lower: Wanted,
        inclusive: bool = False,
        implicit_base: bool = False,
        strict: bool = True,
    ) -> None:
        self.upper = upper
        self.lower = lower
        self.inclusive = inclusive
        self.implicit_base = implicit_base
        self.strict = strict


def ordered(graph: Graph, selection: Selection) -> list[Revision]:
    """Return the revisions of a selection from the top down, branch by branch."""
    line = _unforked(graph, selection)
    if line is not None:
        return line
    order = sort.BranchOrder(selection.revisions, graph.positions)
    return [selection.revisions[name] for name in order.run(selection.tops)]


def _unforked(graph: Graph, selection: Selection) -> list[Revision] | None:
    """Return a selection that is a single line, from the top down; None if it is not.

    Most histories are. Each revision is visited once, while ordering visits it three times; with
    20,000 revisions, none is still in the processor's cache on the next visit.
    """
    revisions, tops = selection
    if len(tops) != 1:
        return None
    line: list[Revision] = []
    name = tops[0]
    while name in revisions and len(line) < len(revisions):
        line.append(revisions[name])
        links = line[-1].order_links
        if not links:
            break
        if len(links) > 1:
            return None
        name = links[0]
    else:
        # Programs may modify links, so the line may end in nothing or form a cycle.
        if name in revisions or name not in graph.positions:
            return None
    return line if len(line) == len(revisions) else None


def upgrade(graph: Graph, span: Span) -> Selection:
    """Select the revisions that lead from the lower end to the upper end.

    Raises:
        RangeNotAncestorError: the lower end is not an ancestor of the upper one.
        RevisionError: an end cannot be resolved, or overlaps with itself.
    """
    lower = _parsed(graph, span.lower)
    standing = None if lower is not None and lower.is_relative else span.lower
    uppers = relative.upgrade_targets(graph, standing, span.upper, strict=span.strict)
    tops = _ids(uppers)
    if lower is not None and lower.is_relative:
        bottoms = resolve.range_start(graph, uppers, lower, strict=span.strict)
    else:
        bottoms = resolve.revisions(graph, span.lower)
    lineage.refuse_overlap(graph.nodes, tops)
    lineage.refuse_overlap(graph.nodes, _ids(bottoms))
    if lower is not None and lower.branch is not None:
        members = resolve.branch_members(graph, lower.branch)
        tops = tuple(name for name in tops if name in members)
    if {*tops} == {*_ids(bottoms)} and not span.inclusive:
        # Nothing to do; this is known without walking the ancestors.
        return Selection({}, tops)
    if not bottoms:
        return Selection(lineage.ancestors(graph.names, tops), tops)
    wanted = _between(graph, tops, _ids(bottoms), span)
    if wanted is None:
        lower_end, upper_end = _displayed(span.lower, bottoms), _displayed(span.upper, uppers)
        raise RangeNotAncestorError(lower_end, upper_end)
    return Selection({name: one for name, one in graph.nodes.items() if name in wanted}, tops)


def downgrade(graph: Graph, span: Span) -> Selection:
    """Select the fewest revisions to revert so that the lower end remains.

    Raises:
        RangeNotAncestorError: the lower end is not applied, or nothing of it can be reverted.
        RevisionError: an end cannot be resolved.
    """
    current = resolve.revisions(graph, span.upper)
    tops = _ids(current)
    lower = relative.one_name(span.lower)
    target = relative.downgrade_target(graph, tops, lower, strict=span.strict)
    applied = lineage.ancestors(graph.names, tops)
    roots = _roots_to_drop(graph, target, inclusive=span.inclusive)
    doomed = lineage.descendants(graph.names, roots)
    if span.implicit_base:
        kept = lineage.ancestors(graph.names, roots)
        doomed = doomed | {name: one for name, one in applied.items() if name not in kept}
    selected = {name: one for name, one in applied.items() if name in doomed}
    remains = target.revision
    if not selected and remains is not None and remains.revision not in tops:
        raise RangeNotAncestorError(remains.revision, tops)
    return Selection(selected, tops)


def _parsed(graph: Graph, lower: Wanted) -> resolve.Identifier | None:
    return resolve.parse(graph, lower) if isinstance(lower, str) else None


def _between(
    graph: Graph, tops: tuple[str, ...], bottoms: tuple[str, ...], span: Span
) -> set[str] | None:
    """Return the ids between ``bottoms`` and ``tops``; None if they are not related."""
    needed = lineage.ancestors(graph.names, tops)
    passed = lineage.ancestors(graph.names, bottoms)
    wanted = needed.keys() - passed.keys()
    if not span.implicit_base:
        wanted &= lineage.descendants(graph.names, bottoms, include_dependencies=False).keys()
    if span.inclusive:
        wanted |= set(bottoms)
    must_be_below = span.inclusive or not span.implicit_base
    if must_be_below and not needed.keys() >= set(bottoms):
        return None
    reached = lineage.reach(
        graph.names,
        (name for name in tops if name in wanted),
        lambda one: [name for name in one.requirements if graph.names[name].revision in wanted],
    )
    # Descendants of the lower end may be required only through a dependency from outside.
    return None if wanted and not reached else set(reached)


def _roots_to_drop(graph: Graph, target: relative.Destination, *, inclusive: bool) -> Iterable[str]:
    """Return the lowest revisions to revert."""
    if target.revision is None:
        return resolve.bases(graph, target.branch)
    if inclusive:
        return [target.revision.revision]
    if target.branch is None:
        return target.revision.children
    members = resolve.branch_members(graph, target.branch)
    return [name for name in target.revision.children if name in members]


def _displayed(asked: Wanted, meant: Iterable[Revision]) -> str | tuple[str, ...]:
    """Return an end of a range for error messages."""
    return asked if isinstance(asked, str) else _ids(meant)


def _ids(revisions: Iterable[Revision]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.revision for one in revisions))
