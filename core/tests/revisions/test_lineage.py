"""Tests of ancestors, descendants and membership in branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.revisions.errors import ResolutionError, RevisionError

if TYPE_CHECKING:
    from idiolect.revisions.graph import RevisionMap


@pytest.mark.parametrize(
    ("start", "include_dependencies", "below", "above"),
    [
        ("c1", True, "a b c1", "c1 d1 m n y1 y2 z2 z3"),
        ("c1", False, "a b c1", "c1 d1 m n"),
        ("y2", True, "a b c1 y1 y2 z1 z2", "y2"),
        ("y2", False, "y1 y2", "y2"),
    ],
)
def test_ancestors_and_descendants(
    forest: RevisionMap, start: str, include_dependencies: bool, below: str, above: str
) -> None:
    """Both directions include the start, and dependencies on demand."""
    targets = forest.get_revisions(start)
    down = forest._get_ancestor_nodes(targets, include_dependencies=include_dependencies)
    up = forest._get_descendant_nodes(targets, include_dependencies=include_dependencies)

    assert below == " ".join(sorted(one.revision for one in down))
    assert above == " ".join(sorted(one.revision for one in up))
    ids = forest.ancestors_of([start], include_dependencies=include_dependencies)
    assert below == " ".join(sorted(ids))


@pytest.mark.parametrize("way", ["_get_ancestor_nodes", "_get_descendant_nodes"])
def test_overlapping_targets_are_refused_on_demand(forest: RevisionMap, way: str) -> None:
    """``check`` rejects targets that are ancestors of others."""
    targets = forest.get_revisions(("c1", "z2"))

    with pytest.raises(RevisionError, match="z2 overlaps with other requested revisions c1"):
        list(getattr(forest, way)(targets, check=True))
    assert list(getattr(forest, way)(targets))


@pytest.mark.parametrize(
    ("lower", "upper", "with_dependencies", "without"),
    [
        ("a", "n", True, True),
        ("c1", "z3", True, False),
        ("a", "y2", True, False),
        ("n", "a", False, False),
        ("c2", "d1", False, False),
        ("z1", "y2", True, False),
        ("m", "m", False, False),
    ],
)
def test_is_ancestor(
    forest: RevisionMap, lower: str, upper: str, with_dependencies: bool, without: bool
) -> None:
    """A revision is an ancestor of what follows it, and of what needs it on demand."""
    assert with_dependencies == forest.is_ancestor(lower, upper)
    assert without == forest.is_ancestor(lower, upper, include_dependencies=False)


@pytest.mark.parametrize(
    ("ids", "heads", "leaving", "expected"),
    [
        pytest.param(("d1", "d2"), (), "m", ("d1", "d2"), id="undone merge"),
        pytest.param(("c1",), ("d2",), "d1", ("c1",), id="other branch"),
        pytest.param(("z1", "c1"), ("n",), "z2", ("z1",), id="needed by another"),
        pytest.param(("c1",), ("c1",), "d1", (), id="has a row"),
        pytest.param(("b",), ("c2",), "c1", (), id="fork"),
        pytest.param(("b", "c1"), (), "d1", ("c1",), id="implied by each other"),
    ],
)
def test_uncovered(
    forest: RevisionMap,
    ids: tuple[str, ...],
    heads: tuple[str, ...],
    leaving: str,
    expected: tuple[str, ...],
) -> None:
    """Targets of a downgrade need a row unless another head implies them."""
    assert expected == forest.uncovered(ids, heads, leaving=leaving)


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        (("n",), "n"),
        (("y2",), "c1 y2 z2"),
        (("z3", "d1"), "d1 z3"),
        (("d1", "d2"), "d1 d2"),
        ((), ""),
    ],
)
def test_get_all_current(forest: RevisionMap, current: tuple[str, ...], expected: str) -> None:
    """Of each branch the uppermost applied revision counts, also when a dependency applied it."""
    found = forest._get_all_current(current)

    assert expected == " ".join(sorted(one.revision for one in found))


@pytest.mark.parametrize(
    ("against", "include_dependencies", "expected"),
    [
        pytest.param("left", False, "n", id="label"),
        pytest.param("left", True, "n z2", id="label with dependencies"),
        pytest.param("left@head", False, "n c2", id="head of a branch"),
        pytest.param("zed@base", False, "z2", id="base of a branch"),
        pytest.param("c1@d1", False, "n", id="id on a branch"),
        pytest.param(None, False, "n z2 c2", id="none"),
        pytest.param("base", False, "n z2 c2", id="base"),
        pytest.param("heads", False, "n z2 c2", id="heads"),
    ],
)
def test_filter_for_lineage(
    forest: RevisionMap, against: str | None, include_dependencies: bool, expected: str
) -> None:
    """Revisions and ids related to the identifier or its branch are returned."""
    ids = ["n", "z2", "c2"]
    found = forest.filter_for_lineage(ids, against, include_dependencies)
    revisions = forest.filter_for_lineage(forest.get_revisions(ids), against, include_dependencies)

    assert expected == " ".join(found)
    assert expected == " ".join(one.revision for one in revisions)


def test_filter_for_lineage_of_an_unknown_name(forest: RevisionMap) -> None:
    """An unknown name is an error, not an empty result."""
    with pytest.raises(ResolutionError, match="No such revision or branch 'nothere'"):
        forest.filter_for_lineage(["n"], "nothere")


@pytest.mark.parametrize(
    ("target", "against", "include_dependencies", "expected"),
    [
        ("c1", ["z2"], False, False),
        ("c1", ["z2"], True, True),
        ("c1", ["d2", "n"], False, True),
        ("left", ["n"], False, True),
        ("c1", [], False, True),
    ],
)
def test_shares_lineage(
    forest: RevisionMap, target: str, against: list[str], include_dependencies: bool, expected: bool
) -> None:
    """Lineage is shared with anything above or below; nothing to compare with is no objection."""
    assert expected == forest._shares_lineage(target, against, include_dependencies)
