"""Tests of orders that the ways of ``test_plan`` do not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.revisions.errors import RevisionError
from idiolect.revisions.graph import RevisionMap
from idiolect.revisions.node import Revision

if TYPE_CHECKING:
    from collections.abc import Callable

    GraphOf = Callable[..., RevisionMap]


def test_topological_sort_of_some_revisions(fork: RevisionMap) -> None:
    """A subset of the revisions can be sorted, starting at given heads."""
    some = fork.get_revisions(("aaaa", "lef1", "bbbb", "rig1"))
    heads = fork.get_revisions(("rig1", "lef1"))

    assert fork._topological_sort(some, heads) == ["lef1", "rig1", "bbbb", "aaaa"]


def test_topological_sort_needs_all_heads(fork: RevisionMap) -> None:
    """A revision that only a missing head leads past cannot be put in order."""
    some = fork.get_revisions(("bbbb", "lef1", "rig1"))

    with pytest.raises(RevisionError) as caught:
        fork._topological_sort(some, fork.get_revisions("lef1"))

    assert str(caught.value) == (
        "Dependency resolution failed; broken map: nothing leads past revision bbbb"
    )


def test_a_line_waits_for_the_branch_that_depends_on_it(graph_of: GraphOf) -> None:
    """If a line has to wait, the branch that it waits for continues, not just any other."""
    graph = graph_of("a", "b1<a", "b2<b1", "c1<a", "z1", "z2<z1!b1")
    found = graph.iterate_revisions("heads", "base")

    assert [one.revision for one in found] == ["b2", "z2", "z1", "c1", "b1", "a"]


def test_a_long_history_is_no_deep_one() -> None:
    """Nothing recurses: histories far longer than Python's stack work in every direction."""
    size = 5000
    graph = RevisionMap(
        lambda: [
            Revision(f"r{number}", f"r{number - 1}" if number else None) for number in range(size)
        ]
    )
    head = f"r{size - 1}"

    assert graph.heads == (head,)
    assert len(list(graph.iterate_revisions("head", "base"))) == size
    assert len(list(graph.iterate_revisions(head, "base", select_for_downgrade=True))) == size
    assert graph.is_ancestor("r0", head)
    assert [one.revision for one in graph._get_all_current((head,))] == [head]
