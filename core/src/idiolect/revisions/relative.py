"""Where ``+N`` and ``-N`` lead from what is applied: the ends of upgrades and downgrades.

``resolve`` reads identifiers that do not depend on what is applied. An upgrade counts up, a
downgrade down; either may instead name its end. The applied revisions come as the version table
holds them: the heads, which imply all that lies below.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

from idiolect.revisions import lineage, resolve
from idiolect.revisions.errors import RevisionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idiolect.revisions.load import Graph
    from idiolect.revisions.node import Revision

_AMBIGUOUS_DOWNGRADE = (
    "downgrade -1 from multiple heads is ambiguous; this usage will be disallowed in a future "
    "release."
)


class Destination(NamedTuple):
    """Where a downgrade is to end.

    Attributes:
        branch: the branch to which the downgrade is confined, or None for all.
        revision: the revision that is to remain, or None for base.
    """

    branch: str | None
    revision: Revision | None


def upgrade_targets(
    graph: Graph, current: resolve.Wanted, target: resolve.Wanted, *, strict: bool = True
) -> tuple[Revision, ...]:
    """Return where an upgrade is to end; empty for base.

    Args:
        graph: the graph.
        current: the revisions from which ``+N`` counts.
        target: the identifier, or several.
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
    """Return where a downgrade is to end.

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
    """Return the uppermost applied revision of each branch.

    Args:
        graph: the graph.
        current: ids that are applied, with all that they need.
    """
    ids = set(current)
    if ids.issuperset(graph.real_heads):
        # Everything is applied: known without a look at what lies below.
        return [graph.nodes[name] for name in graph.heads]
    return list(lineage.topmost(lineage.ancestors(graph.names, ids)).values())


def _start_upwards(
    graph: Graph, current: Sequence[Revision], identifier: resolve.Identifier
) -> Revision | None:
    """Choose where ``+N`` starts; None for base.

    On a branch that is a current revision; or else the uppermost applied one, which may lie
    below the fork where the branch begins.
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

    On a branch that is a current revision; or else one that is applied for the sake of another
    branch. It never lies below a fork: undoing that would undo what was not asked for.
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
