"""Orders of revisions: depths, which also detect cycles, and the order in which plans run.

Pure functions over links, linear in revisions and links, except for the choice between branches,
which looks at all remaining ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.revisions.errors import CycleDetected, DependencyCycleDetected, RevisionError
from idiolect.revisions.lineage import CHILDREN, NEEDS, PARENTS, USERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from idiolect.revisions.lineage import Links, Names


def depths(nodes: Names) -> dict[str, int]:
    """Return the length of the longest path down from each revision, by id.

    Raises:
        CycleDetected: revisions form a cycle.
        DependencyCycleDetected: they do if dependencies are included.
    """
    found, stuck = _climb(nodes, NEEDS, USERS)
    if stuck:
        _, stuck_by_parents = _climb(nodes, PARENTS, CHILDREN)
        if stuck_by_parents:
            raise CycleDetected(_circle(nodes, stuck_by_parents, PARENTS))
        raise DependencyCycleDetected(_circle(nodes, stuck, NEEDS))
    return found


def _climb(nodes: Names, below: Links, above: Links) -> tuple[dict[str, int], dict[str, int]]:
    """Compute each revision's depth after those of all below it (Kahn's algorithm).

    Returns:
        Depths, and the revisions that were never reached: those on a cycle and above it.
    """
    pending = {name: len(below(revision)) for name, revision in nodes.items()}
    found = {name: 0 for name, count in pending.items() if not count}
    ready = list(found)
    while ready:
        name = ready.pop()
        del pending[name]
        depth = found[name] + 1
        for upper in above(nodes[name]):
            found[upper] = max(depth, found.get(upper, 0))
            pending[upper] -= 1
            if not pending[upper]:
                ready.append(upper)
    return found, pending


def _circle(nodes: Names, stuck: Mapping[str, int], below: Links) -> list[str]:
    """Return one cycle among ``stuck``, each of which has another of them directly below it.

    Returns:
        Ids, each of which refers to the next, and the last to the first.
    """
    way: dict[str, None] = {}
    name = next(iter(stuck))
    while name not in way:
        way[name] = None
        name = next(lower for lower in below(nodes[name]) if lower in stuck)
    ids = list(way)
    return ids[ids.index(name) :]


class BranchOrder:
    """Orders revisions from the top down, one branch at a time.

    A *line* runs down along first parents. A merge opens additional lines for its other parents
    and for dependencies. If a line reaches a revision that another line has to pass first, that
    other line continues; when a line ends, the previous one continues. So a branch stays together
    as far as dependencies allow, and is placed above what it starts from.

    Args:
        selected: the revisions to order, by id.
        positions: the indexes of ids in the graph: lines start in this order.

    Raises:
        RevisionError: a requirement is not a revision of the graph.
    """

    def __init__(self, selected: Names, positions: Mapping[str, int]) -> None:
        self._selected = selected
        self._positions = positions
        self._lines: list[str] = []
        self._open: set[str] = set()
        self._current = 0
        # The number of links that still lead to each revision that has not been passed.
        self._pending = dict.fromkeys(selected, 0)
        for revision in selected.values():
            for link in revision.order_links:
                if link in selected:
                    self._pending[link] += 1
                elif link not in positions:
                    raise RevisionError(
                        f"Dependency resolution failed; broken map: revision {revision.revision} "
                        f"needs {link}, which does not exist"
                    )

    def run(self, tops: Iterable[str]) -> list[str]:
        """Return all ids in order.

        Args:
            tops: ids at which lines start; those that are not selected are ignored.

        Raises:
            RevisionError: some were never reached, because their links are inconsistent.
        """
        starts = {name for name in tops if name in self._selected}
        self._lines = sorted(starts, key=self._positions.__getitem__)
        self._open = starts
        ordered: list[str] = []
        while self._lines:
            name = self._lines[self._current]
            if self._pending[name]:
                self._current = self._line_above(name)
            else:
                ordered.append(name)
                self._pass(name)
        if self._pending:
            raise RevisionError(
                "Dependency resolution failed; broken map: nothing leads to revisions "
                f"{', '.join(self._pending)}"
            )
        return ordered

    def _pass(self, name: str) -> None:
        """Continue down from ``name``, or end the line if all links down are taken."""
        del self._pending[name]
        fresh = []
        for link in self._selected[name].order_links:
            if link in self._selected:
                self._pending[link] -= 1
                if link not in self._open:
                    fresh.append(link)
        self._open.update(fresh)
        if fresh:
            self._lines[self._current] = fresh[0]
            self._lines.extend(fresh[1:])
        else:
            del self._lines[self._current]
            self._current = max(self._current - 1, 0)

    def _line_above(self, name: str) -> int:
        """Return the index of the first line that has not yet come down to ``name``."""
        waiting, above = [name], set[str]()
        while waiting:
            for upper in USERS(self._selected[waiting.pop()]):
                if upper in self._pending and upper not in above:
                    above.add(upper)
                    waiting.append(upper)
        for index, line in enumerate(self._lines):
            if line in above:
                return index
        raise RevisionError(
            f"Dependency resolution failed; broken map: nothing leads past revision {name}"
        )
