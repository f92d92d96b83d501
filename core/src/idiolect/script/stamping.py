"""Plans ``stamp``: changes to version rows without running revisions.

Used by the script directory. Reads the graph and writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from idiolect.runtime.steps import StampStep
from idiolect.util.langhelpers import to_tuple

if TYPE_CHECKING:
    from idiolect.revisions.graph import RevisionMap

RevIds = str | Sequence[str] | None


def plan_stamp(graph: RevisionMap, targets: RevIds, heads: RevIds) -> list[StampStep]:
    """Return the steps that set the version table to ``targets``.

    A target replaces the rows of its ancestors and descendants, dependencies included; rows of
    other branches and rows set by an earlier target are kept. The base removes all rows, or those
    of its label.

    Args:
        graph: all revisions.
        targets: identifiers; None, () and "base" mean the base.
        heads: the ids that have rows.

    Returns:
        The steps in the order in which they are to run; empty if nothing changes.
    """
    rows = [head.revision for head in graph.get_revisions(heads)]
    given = tuple(rows)
    stamped: list[str] = []
    steps: list[StampStep] = []
    for target in to_tuple(targets, ()) or ("base",):
        found = graph.get_revisions(target)
        planned = (
            [_move(graph, revision.revision, given, rows, stamped) for revision in found]
            if found
            else _removals(graph, target, rows)
        )
        steps.extend(step for step in planned if step is not None)
    return steps


def _removals(graph: RevisionMap, target: str, rows: list[str]) -> list[StampStep | None]:
    """Plan the removal of the rows that a base affects, and remove them from ``rows``."""
    gone = list(rows)
    if "@" in target:
        gone = list(graph.filter_for_lineage(rows, target, include_dependencies=True))
    rows[:] = [row for row in rows if row not in gone]
    return [StampStep(row, None, False, True, graph) for row in gone]


def _move(
    graph: RevisionMap, target: str, given: tuple[str, ...], rows: list[str], stamped: list[str]
) -> StampStep | None:
    """Plan the move of ``rows`` to ``target``, and add the result to ``stamped``.

    If an earlier target has replaced a row that this one descends from, its step still starts from
    that row: ``given`` has the original rows.
    """
    if target in stamped:
        return None
    stamped.append(target)
    if target in rows:
        rows.remove(target)
        return None
    above = [row for row in rows if graph.is_ancestor(target, row)]
    below = [row for row in rows if row not in above and graph.is_ancestor(row, target)]
    replaced = tuple(row for row in rows if row in above or row in below)
    rows[:] = [row for row in rows if row not in replaced]
    start = replaced or tuple(row for row in given if graph.is_ancestor(row, target))
    return StampStep(start, target, not above, not start, graph)
