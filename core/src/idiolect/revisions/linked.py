"""A graph of linked revisions: the result of loading, or restored from a cache.

:mod:`idiolect.revisions.load` builds one from revisions. A restored graph creates its revisions
when they are accessed; most commands access only its ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from idiolect.revisions.node import Revision

    Ids: TypeAlias = tuple[str, ...]
    #: Ids by label; heads, bases, real heads, real bases.
    Ends: TypeAlias = tuple[dict[str, str], Ids, Ids, Ids, Ids]
    #: Ids; depths in the same order; creates the revision at an index, with its links.
    Details: TypeAlias = tuple[list[str], list[int], Callable[[int], Revision]]


class Graph:
    """Linked revisions.

    Attributes:
        nodes: revisions by id, in the order in which they were passed.
        names: revisions by id and by branch label.
        doubles: revisions that were replaced by a later one with the same id, by id.
        depths: the length of the longest path down from a revision, by id; 0 for bases.
        positions: the index of each id in ``nodes``.
        heads: ids without children.
        bases: ids without parents.
        real_heads: ids without children and dependents.
        real_bases: ids without parents and dependencies.
    """

    __slots__ = (
        "_kept",
        "bases",
        "depths",
        "doubles",
        "heads",
        "names",
        "nodes",
        "positions",
        "real_bases",
        "real_heads",
    )

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}
        self.nodes: dict[str, Revision] = {}
        self.names: dict[str, Revision] = {}
        self.doubles: dict[str, Revision] = {}
        self.depths: dict[str, int] = {}
        self.positions: dict[str, int] = {}
        self.heads: tuple[str, ...] = ()
        self.bases: tuple[str, ...] = ()
        self.real_heads: tuple[str, ...] = ()
        self.real_bases: tuple[str, ...] = ()

    @classmethod
    def kept(cls, ends: Ends, details: Callable[[], Details]) -> Graph:
        """Restore a graph from cached data; its revisions are created lazily.

        Args:
            ends: the result of :meth:`ends`.
            details: called on first access to anything but the ends.
        """
        graph = cls.__new__(cls)
        graph.doubles = {}
        labels, graph.heads, graph.bases, graph.real_heads, graph.real_bases = ends
        graph._kept = {"labels": labels, "details": details}  # noqa: SLF001 - its own class
        return graph

    def __getattr__(self, name: str) -> Any:
        """Load the details of a cached graph on first access to any of them."""
        if name not in {"depths", "names", "nodes", "positions"}:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        # Imported here and below because most commands need none of it.
        from idiolect.revisions.shelf import Shelf

        labels = self._kept["labels"]
        ids, depths, make = self._kept["details"]()
        places = dict(zip(ids, range(len(ids)), strict=True))
        nodes = Shelf(places, make)
        names = Shelf(dict(zip(ids, ids, strict=True)) | labels, nodes.__getitem__)
        found = {
            "depths": dict(zip(ids, depths, strict=True)),
            "names": names if labels else nodes,
            "nodes": nodes,
            "positions": places,
        }
        # If two threads get here, both continue with the same objects.
        found = self._kept.setdefault("found", found)
        for each, value in found.items():
            setattr(self, each, value)
        return found[name]

    def ends(self) -> Ends | None:
        """Return the data that :meth:`kept` needs besides ids, depths and revisions.

        None if loading logged a warning, which must be repeated in each run.
        """
        from idiolect.revisions.node import label_fault

        labels = {name: one.revision for name, one in self.names.items() if name != one.revision}
        if self.doubles or any(map(label_fault, labels)):
            return None
        return labels, self.heads, self.bases, self.real_heads, self.real_bases

    def fill(self) -> None:
        """Create all revisions of a restored graph, so that it can be modified."""
        from idiolect.revisions.shelf import Shelf

        if isinstance(self.nodes, Shelf):
            labels = {name: self.names[name] for name in self.names if name not in self.nodes}
            self.nodes = self.nodes.filled()
            self.names = self.nodes | labels
            self.positions = dict(self.positions)

    def find_ends(self) -> None:
        """Recompute heads and bases."""
        values = self.nodes.values()
        self.heads = tuple(r.revision for r in values if not r.children)
        self.bases = tuple(r.revision for r in values if not r.parents)
        self.real_heads = tuple(r.revision for r in values if not r.users)
        self.real_bases = tuple(r.revision for r in values if not r.requirements)
