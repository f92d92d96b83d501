"""Builds a graph from revisions: checks and sets links, propagates labels, resolves dependencies.

:func:`load` builds a :class:`~idiolect.revisions.linked.Graph`, :func:`add` adds one revision; both
take the same steps: name, link, order, settle. Anything that cannot be linked raises here, so other
modules always get a valid graph. Identifiers given by users are resolved in ``resolve``.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from idiolect.revisions import lineage, sort
from idiolect.revisions.errors import MissingRevisionError, RevisionError
from idiolect.revisions.linked import Graph
from idiolect.revisions.node import as_tuple, label_fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idiolect.revisions.node import Revision

#: Similarity from which an unknown name is reported as misspelt, from 0 to 1.
_ALIKE = 0.8


def load(revisions: Iterable[Revision]) -> Graph:
    """Return the graph of ``revisions``.

    Args:
        revisions: in any order; of two with the same id the later wins, with a warning.

    Raises:
        MissingRevisionError: a parent or dependency does not exist.
        CycleDetected: revisions form a cycle.
        DependencyCycleDetected: they do if dependencies are included.
        RevisionError: a branch label is used twice.
    """
    graph = Graph()
    for revision in revisions:
        if revision.revision in graph.nodes:
            _note_double(graph, graph.nodes.pop(revision.revision), revision)
        if revision.users or revision.branch_labels or revision.dependencies is not None:
            # It may come from another graph; new revisions have nothing to reset.
            revision.reset_links()
        graph.nodes[revision.revision] = revision
    graph.names.update(graph.nodes)
    graph.positions = {name: place for place, name in enumerate(graph.nodes)}
    # Few histories have labels or dependencies; the others skip these passes.
    labelled = [revision for revision in graph.nodes.values() if revision.own_labels]
    for revision in labelled:
        _check_label_free(graph.names, revision)
        _warn_of_odd_labels(revision)
        _name_labels(revision, graph)
    dependent = [one for one in graph.nodes.values() if one.dependencies is not None]
    for revision in dependent:
        _resolve_dependencies(revision, graph.names)
    for revision in graph.nodes.values():
        for parent in _linked(revision, graph.nodes):
            parent.add_nextrev(revision)
    graph.depths = sort.depths(graph.nodes)
    if labelled or dependent:
        _settle(graph)
    graph.find_ends()
    return graph


def add(graph: Graph, revision: Revision) -> None:
    """Add a revision without children to a graph.

    Raises:
        RevisionError: it does not fit; the graph is unchanged.
    """
    graph.fill()
    if revision.revision in graph.nodes:
        first = graph.nodes[revision.revision]
        replace(graph, revision)
        _note_double(graph, first, revision)
        return
    revision.reset_links()
    _check_label_free(graph.names, revision)
    _resolve_dependencies(revision, graph.names)
    parents = _linked(revision, graph.names)
    _name(revision, graph)
    for parent in parents:
        parent.add_nextrev(revision)
    below = [graph.depths[parent.revision] for parent in parents]
    graph.depths[revision.revision] = max(below, default=-1) + 1
    _spread_labels(revision, graph)
    kept = [
        name
        for name in revision.resolved_dependencies
        if name not in revision.parents
        and not lineage.is_below(graph.nodes, graph.depths, name, revision.parents)
    ]
    revision.keep_dependencies(tuple(dict.fromkeys(kept)))
    graph.find_ends()


def replace(graph: Graph, revision: Revision) -> None:
    """Replace the revision of a graph with the same id, and link everything again."""
    graph.fill()
    others = [node for name, node in graph.nodes.items() if name != revision.revision]
    fresh = load([*others, revision])
    fresh.doubles = {id_: first for id_, first in graph.doubles.items() if id_ != revision.revision}
    for name in graph.__slots__:
        setattr(graph, name, getattr(fresh, name))


def _settle(graph: Graph) -> None:
    """Compute labels and dependencies from the ancestors, bottom up."""
    upwards = sorted(graph.depths, key=graph.depths.__getitem__)
    for name in upwards:
        _spread_labels(graph.nodes[name], graph)
    _drop_implied_dependencies(graph.nodes, upwards)


def _name(revision: Revision, graph: Graph) -> None:
    graph.nodes[revision.revision] = graph.names[revision.revision] = revision
    graph.positions[revision.revision] = len(graph.positions)
    _name_labels(revision, graph)


def _name_labels(revision: Revision, graph: Graph) -> None:
    for label in revision.own_labels:
        graph.names[label] = revision


def _check_label_free(names: dict[str, Revision], revision: Revision) -> None:
    labels = revision.own_labels
    for label in labels:
        user = names.get(label)
        if user is None and (label == revision.revision or labels.count(label) > 1):
            user = revision
        if user is not None:
            raise RevisionError(
                f"Branch name '{label}' in revision {revision.revision} already used by "
                f"revision {user.revision}; a label names one revision, so choose another"
            )


def _resolve_dependencies(revision: Revision, names: lineage.Names) -> None:
    """Resolve labels to ids."""
    if revision.dependencies is None:
        return
    declared = as_tuple(revision.dependencies)
    for name in declared:
        if name not in names:
            raise _missing(revision, name, "depends_on", names)
    revision.set_dependencies(tuple(names[name].revision for name in declared))


def _linked(revision: Revision, nodes: lineage.Names) -> list[Revision]:
    """Return the parents and dependencies."""
    try:
        return [nodes[name] for name in revision.requirements]
    except KeyError as error:
        raise _missing(revision, error.args[0], "down_revision", nodes) from None


def _missing(
    revision: Revision, name: str, attribute: str, names: lineage.Names
) -> MissingRevisionError:
    return MissingRevisionError(
        f"Revision {name} referenced from {revision!r} is not present; restore its file, or "
        f"correct {attribute} of {revision.revision}{_meant(name, names)}",
        name,
        revision.revision,
    )


def _meant(name: str, names: lineage.Names) -> str:
    """Return a hint if the name is probably misspelt, else ""."""
    if name == "None":
        return "; None is written without quotes"
    # Imported here because only broken histories need it.
    import difflib

    # Most ids are random: a less similar one is a different id.
    alike = difflib.get_close_matches(name.strip(), list(names), n=1, cutoff=_ALIKE)
    return f"; did you mean {alike[0]!r}?" if alike else ""


def _spread_labels(revision: Revision, graph: Graph) -> None:
    """Inherit labels from below, and propagate own ones down; ancestors are done already."""
    _inherit_labels(revision, graph.nodes)
    if revision.own_labels:
        _propagate_labels_down(revision, graph.nodes)


def _drop_implied_dependencies(nodes: dict[str, Revision], order: Iterable[str]) -> None:
    """Find the dependencies that parents already imply, in one pass.

    Only revisions that something depends on can be implied, so only these get a bit: the set of
    ancestors of a revision is one integer, and a union is one operation.
    """
    needed = {name for one in nodes.values() for name in one.resolved_dependencies}
    bits = {name: 1 << place for place, name in enumerate(needed)}
    below: dict[str, int] = {}
    for name in order if bits else ():
        revision = nodes[name]
        implied = 0
        for parent in revision.parents:
            implied |= below[parent] | bits.get(parent, 0)
        kept = [one for one in revision.resolved_dependencies if not bits[one] & implied]
        revision.keep_dependencies(tuple(dict.fromkeys(kept)))
        for one in kept:
            implied |= below[one] | bits[one]
        below[name] = implied


def _inherit_labels(revision: Revision, nodes: dict[str, Revision]) -> None:
    for name in revision.parents:
        labels = nodes[name].branch_labels
        if revision.branch_labels:
            revision.branch_labels |= labels
        else:
            # Shared, not copied: one set serves a whole branch.
            revision.branch_labels = labels


def _propagate_labels_down(revision: Revision, nodes: dict[str, Revision]) -> None:
    """Propagate the labels down the unforked line of revisions that leads to their owner."""
    labels = frozenset(revision.own_labels)
    while len(revision.parents) == 1:
        revision = nodes[revision.parents[0]]
        if len(revision.users) > 1 or revision.is_merge_point:
            return
        revision.branch_labels |= labels


def _warn_of_odd_labels(revision: Revision) -> None:
    """Warn about labels that no identifier can refer to; like Alembic, accept them."""
    for label in revision.own_labels:
        fault = label_fault(label)
        if fault is not None:
            warnings.warn(
                f"Branch label {label!r} of revision {revision.revision}{_place(revision)} can "
                f"name nothing: {fault}. Choose another label.",
                UserWarning,
                stacklevel=2,
            )


def _note_double(graph: Graph, first: Revision, second: Revision) -> None:
    graph.doubles[second.revision] = first
    warnings.warn(
        f"Revision {second.revision} is present more than once"
        f"{_two_places(first, second, '; the latter is used')}",
        UserWarning,
        stacklevel=2,
    )


def double_error(first: Revision, second: Revision) -> RevisionError:
    """Return the error for a step whose revision is declared twice."""
    return RevisionError(
        f"Revision {second.revision} is present more than once{_two_places(first, second)}, and "
        "it is ambiguous which of them is to run. Delete one file, or give it an id of its own."
    )


def _two_places(first: Revision, second: Revision, more: str = "") -> str:
    places = [getattr(revision, "path", None) for revision in (first, second)]
    return f" (in {places[0]} and {places[1]}{more})" if all(places) else ""


def _place(revision: Revision) -> str:
    path = getattr(revision, "path", None)
    return f" (in {path})" if path else ""
