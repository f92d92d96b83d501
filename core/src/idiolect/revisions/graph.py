"""The documented :class:`RevisionMap`: the interface of the graph for other packages.

It delegates to the other modules: ``load`` builds the graph, ``resolve`` resolves identifiers,
``plan`` selects and ``sort`` orders. The revisions are loaded on first use.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from idiolect.revisions.linked import Graph
    from idiolect.revisions.node import Revision
    from idiolect.revisions.plan import Selection
    from idiolect.revisions.resolve import Wanted

    T = TypeVar("T", str, Revision)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the garbage collector while many objects are created and none discarded.

    It would traverse all revisions each time their number has grown by a quarter: a fifth of the
    time for 20,000 revisions.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class RevisionMap:
    """All revisions, and queries on them.

    Args:
        generator: called on first use; returns all revisions, in any order. This order is used
            for heads, bases and branches where nothing else determines it.
    """

    def __init__(self, generator: Callable[[], Iterable[Revision]]) -> None:
        self._generator = generator
        self._loaded: Graph | None = None

    @property
    def _graph(self) -> Graph:
        if self._loaded is None:
            with _collector_paused():
                self._loaded = self._load()
        return self._loaded

    def _load(self) -> Graph:
        # Imported here and below because most commands need only the ends of the graph.
        from idiolect.revisions import load

        return load.load(self._generator())

    @property
    def _revision_map(self) -> dict[str, Revision]:
        """Revisions by id and by branch label."""
        self._graph.fill()
        return self._graph.names

    @property
    def heads(self) -> tuple[str, ...]:
        """The ids of revisions without children."""
        return self._graph.heads

    @property
    def bases(self) -> tuple[str, ...]:
        """The ids of revisions without parents."""
        return self._graph.bases

    @property
    def _real_heads(self) -> tuple[str, ...]:
        return self._graph.real_heads

    @property
    def _real_bases(self) -> tuple[str, ...]:
        return self._graph.real_bases

    def add_revision(self, revision: Revision, _replace: bool = False) -> None:
        """Add a revision that was created after loading.

        Args:
            revision: the new one; it must not have children yet.
            _replace: whether it replaces the one with the same id.

        Raises:
            RevisionError: it does not fit into the graph, which stays unchanged.
        """
        from idiolect.revisions import load

        if not _replace:
            load.add(self._graph, revision)
        elif revision.revision in self._graph.nodes:
            load.replace(self._graph, revision)
        else:
            from idiolect.revisions.errors import RevisionError

            raise RevisionError(f"revision {revision.revision} not in map; nothing to replace")

    def check_single(self, id_: str) -> None:
        """Check that only one revision declares an id, so that it is unambiguous what runs.

        Raises:
            RevisionError: several do; when loading, the last one was used, with a warning.
        """
        first = self._graph.doubles.get(id_)
        if first is not None:
            from idiolect.revisions import load

            raise load.double_error(first, self._graph.nodes[id_])

    # one or several revisions

    def get_revision(self, id_: Wanted) -> Revision | None:
        """Return the only revision that an identifier resolves to.

        Args:
            id_: see :mod:`idiolect.revisions.resolve`.

        Returns:
            The revision, or None for base.

        Raises:
            MultipleHeads: the identifier resolves to several.
            ResolutionError: it resolves to none, or is ambiguous.
        """
        from idiolect.revisions import resolve

        return resolve.revision(self._graph, id_)

    def get_revisions(self, id_: Wanted) -> tuple[Revision, ...]:
        """Return all revisions that one or several identifiers resolve to; empty for base."""
        from idiolect.revisions import resolve

        return resolve.revisions(self._graph, id_)

    def get_current_head(self, branch_label: str | None = None) -> str | None:
        """Return the id of the only head, or None if there are no revisions.

        Args:
            branch_label: a label or id of the head's branch, or None.

        Raises:
            MultipleHeads: there are several.
        """
        from idiolect.revisions import resolve

        branch = branch_label and branch_label.removesuffix("@head")
        heads = resolve.heads(self._graph, branch)
        if len(heads) > 1:
            from idiolect.revisions.errors import MultipleHeads

            raise MultipleHeads(heads, f"{branch}@head" if branch else "head")
        return heads[0] if heads else None

    def _resolve_revision_number(self, id_: Wanted) -> tuple[tuple[str, ...], str | None]:
        """Return the ids that an identifier resolves to, and the branch that it names."""
        from idiolect.revisions import resolve

        branch = None
        if isinstance(id_, str):
            branch = resolve.parse(self._graph, id_).branch
        return tuple(one.revision for one in self.get_revisions(id_)), branch

    def _get_base_revisions(self, identifier: str) -> tuple[str, ...]:
        """Return the ids of the bases of the branch that an identifier names, or of all."""
        from idiolect.revisions import resolve

        parsed = resolve.parse(self._graph, identifier)
        symbolic = parsed.symbol in ("base", "head", "heads")
        return resolve.bases(self._graph, parsed.branch if symbolic else parsed.symbol)

    # lineage

    def is_ancestor(self, lower: str, upper: str, *, include_dependencies: bool = True) -> bool:
        """Return whether the revision ``lower`` is an ancestor of ``upper``; both are full ids.

        With dependencies, this does not walk the whole history.
        """
        from idiolect.revisions import lineage

        if lower == upper:
            return False
        graph = self._graph
        if include_dependencies:
            return lineage.is_below(graph.nodes, graph.depths, lower, [upper])
        return lower in lineage.ancestors(graph.nodes, [upper], include_dependencies=False)

    def ancestors_of(self, ids: Iterable[str], *, include_dependencies: bool = True) -> set[str]:
        """Return ``ids`` and the ids of all their ancestors.

        Args:
            ids: ids or branch labels.
            include_dependencies: whether dependencies count as ancestors.
        """
        from idiolect.revisions import lineage

        names = self._graph.names
        return set(lineage.ancestors(names, ids, include_dependencies=include_dependencies))

    def uncovered(
        self, ids: Collection[str], heads: Collection[str], *, leaving: str | None = None
    ) -> tuple[str, ...]:
        """Return those of ``ids`` that no other revision implies and that therefore need a row.

        Args:
            ids: full ids, such as those that a downgrade leads to.
            heads: full ids that are applied, with all their ancestors.
            leaving: the id that is being downgraded, which implies nothing any more; must not be
                among ``heads``.
        """
        from idiolect.revisions import lineage

        graph = self._graph
        return lineage.uncovered(graph.nodes, graph.depths, ids, heads, leaving=leaving)

    def tops_among(self, ids: Iterable[str], applied: Collection[str]) -> tuple[str, ...]:
        """Return those of ``ids`` that no applied revision follows or depends on.

        The same as :meth:`uncovered` for callers that maintain the set of all applied revisions
        (:meth:`ancestors_of` returns it), at a cost that does not depend on the history's length.

        Args:
            ids: full ids, such as those that a downgrade leads to.
            applied: all applied full ids, without the one that is being downgraded.
        """
        nodes = self._graph.nodes
        return tuple(name for name in ids if not any(user in applied for user in nodes[name].users))

    def _get_ancestor_nodes(
        self,
        targets: Collection[Revision],
        check: bool = False,
        include_dependencies: bool = True,
    ) -> Iterator[Revision]:
        """Yield ``targets`` and all their ancestors.

        Raises:
            RevisionError: ``check`` is set and one of them is an ancestor of another.
        """
        from idiolect.revisions import lineage

        ids = [target.revision for target in targets]
        if check:
            lineage.refuse_overlap(self._graph.nodes, ids)
        names = self._graph.names
        found = lineage.ancestors(names, ids, include_dependencies=include_dependencies)
        yield from found.values()

    def _get_descendant_nodes(
        self,
        targets: Collection[Revision],
        check: bool = False,
        include_dependencies: bool = True,
    ) -> Iterator[Revision]:
        """Yield ``targets`` and all their descendants.

        Raises:
            RevisionError: ``check`` is set and one of them is an ancestor of another.
        """
        from idiolect.revisions import lineage

        ids = [target.revision for target in targets]
        if check:
            lineage.refuse_overlap(self._graph.nodes, ids)
        names = self._graph.names
        found = lineage.descendants(names, ids, include_dependencies=include_dependencies)
        yield from found.values()

    def _get_all_current(self, id_: tuple[str, ...]) -> set[Revision]:
        """Return the topmost applied revisions of each branch.

        Args:
            id_: the ids in the version table.
        """
        from idiolect.revisions import relative

        ids = [one.revision for one in self.get_revisions(id_)]
        return set(relative.applied_tops(self._graph, ids))

    def _shares_lineage(
        self,
        target: str | Revision,
        test_against_revs: Sequence[str | Revision],
        include_dependencies: bool = False,
    ) -> bool:
        """Return whether ``target`` is equal or related to one of ``test_against_revs``."""
        if not test_against_revs:
            return True
        found = self._relatives(test_against_revs, include_dependencies)
        return self._id_of(target) in found

    def filter_for_lineage(
        self, targets: Iterable[T], check_against: str | None, include_dependencies: bool = False
    ) -> tuple[T, ...]:
        """Return those of ``targets`` that are ancestors or descendants of an identifier.

        Args:
            targets: revisions or ids.
            check_against: the identifier; None, ``base`` and ``heads`` accept everything unless
                they name a branch.
            include_dependencies: whether to follow dependencies.
        """
        against: set[str] = set()
        if check_against is not None:
            ids, branch = self._resolve_revision_number(check_against)
            named = [] if branch is None else [branch]
            # All heads together exclude nothing.
            against.update(named, [] if check_against == "heads" else ids)
        if not against:
            return tuple(targets)
        found = self._relatives(list(against), include_dependencies)
        return tuple(target for target in targets if self._id_of(target) in found)

    def _relatives(
        self, of: Iterable[str | Revision], include_dependencies: bool
    ) -> dict[str, Revision]:
        from idiolect.revisions import lineage

        ids = [self._id_of(one) for one in of]
        return lineage.relatives(self._graph.nodes, ids, include_dependencies=include_dependencies)

    def _id_of(self, revision: str | Revision) -> str:
        from idiolect.revisions import resolve
        from idiolect.revisions.node import Revision

        if isinstance(revision, Revision):
            return revision.revision
        return resolve.lookup(self._graph, revision).revision

    # paths up and down

    def iterate_revisions(  # noqa: PLR0917 - the documented signature
        self,
        upper: Wanted,
        lower: Wanted,
        implicit_base: bool = False,
        inclusive: bool = False,
        assert_relative_length: bool = True,
        select_for_downgrade: bool = False,
    ) -> Iterator[Revision]:
        """Yield revisions from ``upper`` down to ``lower``, each before its requirements.

        Args:
            upper: the start; for a downgrade, the applied revisions.
            lower: the end; for an upgrade, the applied revisions.
            implicit_base: include required revisions that are not descendants of ``lower``.
            inclusive: include ``lower``.
            assert_relative_length: raise for relative identifiers that exceed the history, instead
                of stopping at its end.
            select_for_downgrade: yield the revisions that a downgrade to ``lower`` has to revert,
                instead of those that lead from ``lower`` to ``upper``.

        Raises:
            RangeNotAncestorError: ``lower`` is not an ancestor of ``upper``.
            RevisionError: an end cannot be resolved.
        """
        if not (inclusive or select_for_downgrade) and self._are_all(upper, lower):
            return
        # Imported here and below because commands that only need heads do not plan.
        from idiolect.revisions import plan

        select = plan.downgrade if select_for_downgrade else plan.upgrade
        span = plan.Span(upper, lower, inclusive, implicit_base, assert_relative_length)
        yield from plan.ordered(self._graph, select(self._graph, span))

    def _are_all(self, upper: Wanted, applied: Wanted) -> bool:
        """Return whether ``upper`` means the heads and all of them are applied, the usual case.

        Uses only the ends of the graph, which are cached separately.
        """
        heads = self._graph.heads
        if upper != "heads" and (upper != "head" or len(heads) > 1):
            return False
        return isinstance(applied, (list, tuple)) and {*applied} == {*heads}

    def _collect_upgrade_revisions(
        self,
        upper: Wanted,
        lower: Wanted,
        inclusive: bool,
        implicit_base: bool,
        assert_relative_length: bool,
    ) -> tuple[set[Revision], tuple[Revision, ...]]:
        """Return what leads from ``lower`` to ``upper``, unordered, and its upper ends."""
        from idiolect.revisions import plan

        span = plan.Span(upper, lower, inclusive, implicit_base, assert_relative_length)
        return self._as_sets(plan.upgrade(self._graph, span))

    def _collect_downgrade_revisions(
        self,
        upper: Wanted,
        lower: Wanted,
        inclusive: bool,
        implicit_base: bool,
        assert_relative_length: bool,
    ) -> tuple[set[Revision], tuple[Revision, ...]]:
        """Return what a downgrade to ``lower`` has to revert, unordered, and what is applied."""
        from idiolect.revisions import plan

        span = plan.Span(upper, lower, inclusive, implicit_base, assert_relative_length)
        return self._as_sets(plan.downgrade(self._graph, span))

    def _as_sets(self, selection: Selection) -> tuple[set[Revision], tuple[Revision, ...]]:
        tops = tuple(self._graph.nodes[name] for name in selection.tops)
        return set(selection.revisions.values()), tops

    def _topological_sort(self, revisions: Collection[Revision], heads: Any) -> list[str]:
        """Return the ids of ``revisions`` from the top down, starting at ``heads``."""
        from idiolect.revisions import sort

        selected = {one.revision: one for one in revisions}
        order = sort.BranchOrder(selected, self._graph.positions)
        return order.run([head.revision for head in heads])
