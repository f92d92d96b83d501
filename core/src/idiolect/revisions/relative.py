"""Resolves the ends of upgrades and downgrades, including ``+N`` and ``-N``.

``resolve`` handles identifiers that do not depend on the applied revisions. An upgrade counts up, a
downgrade down; both may instead name their end. Applied revisions are given as in the version
table: the heads, which imply all their ancestors.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from idiolect.revisions import lineage, resolve
from idiolect.revisions.errors import RevisionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idiolect.revisions.linked import Graph
    from idiolect.revisions.node import Revision

_AMBIGUOUS_DOWNGRADE = (
    "downgrade -1 from multiple heads is ambiguous; this usage will be disallowed in a future "
    "release."
)


class Destination:
    """The end of a downgrade.

    Attributes:
        branch: the branch that the downgrade is limited to, or None for all.
        revision: the revision that remains, or None for base.
    """

    __slots__ = ("branch", "revision")

    def __init__(self, branch: str | None, revision: Revision | None) -> None:
        self.branch = branch
        self.revision = revision


def upgrade_targets(
    graph: Graph, current: resolve.Wanted, target: resolve.Wanted, *, strict: bool = True
) -> tuple[Revision, ...]:
    """Return the ends of an upgrade; empty for base.

    Args:
        graph: the graph.
        current: the revisions from which ``+N`` counts.
        target: one or several identifiers.
        strict: whether a walk that ends early is an error.
    """
    if not isinstance(target, str):
        return resolve.revisions(graph, target)
    identifier = resolve.parse(graph, target)
    if not identifier.is_relative:
        return resolve.standing(graph, identifier, strict=strict)
    if identifier.steps <= 0:
        raise resolve.too_short(identifier, "an upgrade goes up: write +N, or name a revision")
    start = _start_upwards(graph, resolve.revisions(graph, current), identifier)
    return resolve.as_revisions(resolve.walk_from(graph, start, identifier, strict=strict))


def downgrade_target(
    graph: Graph, current: resolve.Wanted, target: str | None, *, strict: bool = True
) -> Destination:
    """Return the end of a downgrade.

    Args:
        graph: the graph.
        current: the revisions from which ``-N`` counts.
        target: the identifier.
        strict: whether a walk that ends early is an error.
    """
    if target is None:
        return Destination(None, None)
    identifier = resolve.parse(graph, target)
    if not identifier.is_relative:
        reached = resolve.only(resolve.standing(graph, identifier, strict=strict), target)
        return Destination(identifier.branch, reached)
    if identifier.steps >= 0:
        raise resolve.too_short(identifier, "a downgrade goes down: write -N, or name a revision")
    start = _start_downwards(graph, resolve.revisions(graph, current), identifier)
    branch = identifier.branch or start.revision
    return Destination(branch, resolve.walk_from(graph, start, identifier, strict=strict))


def one_name(wanted: resolve.Wanted) -> str | None:
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


def applied_tops(graph: Graph, current: Iterable[str]) -> list[Revision]:
    """Return the topmost applied revisions of each branch.

    Args:
        graph: the graph.
        current: ids that are applied, with all their requirements.
    """
    ids = set(current)
    if ids.issuperset(graph.real_heads):
        # Everything is applied; this is known without walking the ancestors.
        return [graph.nodes[name] for name in graph.heads]
    return list(lineage.topmost(lineage.ancestors(graph.names, ids)).values())


def _start_upwards(
    graph: Graph, current: Sequence[Revision], identifier: resolve.Identifier
) -> Revision | None:
    """Choose where ``+N`` starts; None for base.

    On a branch, that is a current revision; otherwise the topmost applied one, which may be below
    the fork where the branch begins.
    """
    branch = identifier.branch
    starts = current
    if branch is not None:
        members = resolve.branch_members(graph, branch)
        starts = [one for one in current if one.revision in members]
        if not starts:
            applied = lineage.ancestors(graph.nodes, [one.revision for one in current])
            on_branch = {name: one for name, one in applied.items() if name in members}
            starts = list(lineage.topmost(on_branch).values())
    if len(starts) > 1:
        raise RevisionError(
            "Ambiguous upgrade from multiple current revisions "
            f"{_listed(starts)}; choose one with '<branch>@', as in "
            f"'{starts[0].revision}@{identifier.text.rpartition('@')[2]}'"
        )
    return starts[0] if starts else None


def _start_downwards(
    graph: Graph, current: Sequence[Revision], identifier: resolve.Identifier
) -> Revision:
    """Choose where ``-N`` starts.

    On a branch, that is a current revision; otherwise one that is applied as a requirement of
    another branch. It is never below a fork: reverting it would revert other branches as well.
    """
    branch = identifier.branch
    starts = current
    if branch is not None:
        members = resolve.branch_members(graph, branch)
        starts = [one for one in current if one.revision in members]
        if not starts:
            tops = applied_tops(graph, [one.revision for one in current])
            starts = [one for one in tops if one.revision in members]
    if not starts:
        place = "nothing" if branch is None else f"nothing on branch '{branch}'"
        raise resolve.too_short(identifier, f"{place} is applied")
    if len(starts) > 1 and branch is not None:
        raise RevisionError(
            f"Ambiguous downgrade: branch '{branch}' has multiple current revisions "
            f"{_listed(starts)}; choose one with '<branch>@'"
        )
    if len(starts) > 1:
        warnings.warn(_AMBIGUOUS_DOWNGRADE, UserWarning, stacklevel=2)
    return starts[0]


def _listed(revisions: Iterable[Revision]) -> str:
    return ", ".join(one.revision for one in revisions)
