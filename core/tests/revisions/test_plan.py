"""Tests of ways up and down: which revisions they take, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idiolect.revisions.errors import RangeNotAncestorError, ResolutionError, RevisionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.revisions.graph import RevisionMap

    GraphOf = Callable[..., RevisionMap]

ALL = "n m d1 z3 y2 y1 z2 z1 c1 d2 c2 b a"


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        pytest.param("heads", "base", ALL, id="everything"),
        pytest.param("heads", None, ALL, id="none is base"),
        pytest.param("left@head", "base", "n m d1 c1 d2 c2 b a", id="branch"),
        pytest.param("zed@head", "base", "z3 z2 z1 c1 b a", id="branch with its dependencies"),
        pytest.param("n", "c1", "n m d1", id="what lies above"),
        pytest.param("heads", ("c1", "z1"), "n m d1 z3 z2", id="above several"),
        pytest.param("heads", "z1", "z3 z2", id="not what depends"),
        pytest.param("heads", "zed@base", "z3 z2 z1 c1 b a", id="from the base of a branch"),
        pytest.param(("d1", "z3"), "b", "d1 c1", id="several ends"),
        pytest.param("n", "zed@base", "", id="from a base elsewhere"),
        pytest.param(("n", "y2"), ("c1", "z1"), "n m d1", id="not what others need from outside"),
        pytest.param("n", "n", "", id="nothing"),
    ],
)
def test_range(forest: RevisionMap, upper: Any, lower: Any, expected: str) -> None:
    """A range holds what its upper end needs and its lower end leads to, without the latter."""
    found = forest.iterate_revisions(upper, lower)

    assert expected == " ".join(one.revision for one in found)


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        pytest.param("n", "c1", "n m d1 c1", id="one"),
        pytest.param("heads", ("c1", "z1"), "n m d1 z3 z2 z1 c1", id="several"),
        pytest.param("n", "base", "n m d1 c1 d2 c2 b a", id="base"),
        pytest.param("n", "n", "n", id="itself"),
    ],
)
def test_range_with_its_lower_end(
    forest: RevisionMap, upper: Any, lower: Any, expected: str
) -> None:
    """``inclusive`` adds the lower end."""
    found = forest.iterate_revisions(upper, lower, inclusive=True)

    assert expected == " ".join(one.revision for one in found)


@pytest.mark.parametrize(
    ("current", "target", "expected"),
    [
        pytest.param((), "n", "n m d1 c1 d2 c2 b a", id="from nothing"),
        pytest.param(("c1",), "n", "n m d1 d2 c2", id="both sides of a merge"),
        pytest.param(("c2",), "zed@head", "z3 z2 z1 c1", id="with dependencies"),
        pytest.param(("n", "z1"), "heads", "z3 y2 y1 z2", id="what is missing"),
        pytest.param(("n", "z3", "y2"), "heads", "", id="nothing due"),
        pytest.param(("z1",), "left@+1", "a", id="branch that was not begun"),
    ],
)
def test_upgrade(forest: RevisionMap, current: tuple[str, ...], target: str, expected: str) -> None:
    """An upgrade takes all that the target needs and that is not applied."""
    found = forest.iterate_revisions(target, current, implicit_base=True)

    assert expected == " ".join(one.revision for one in found)


@pytest.mark.parametrize(
    ("current", "target", "expected"),
    [
        pytest.param("heads", "base", ALL, id="everything"),
        pytest.param(("n",), "c1", "n m d1", id="one side of a merge stays"),
        pytest.param(("n", "z3"), "c1", "n m d1", id="what depends on the target stays"),
        pytest.param(("n", "z3"), "b", "n m d1 z3 z2 c1 d2 c2", id="what depends goes"),
        pytest.param(("n", "z3"), "zed@base", "z3 z2 z1", id="base of a branch"),
        pytest.param(("y2",), "why@base", "y2 y1", id="not what it depends on"),
        pytest.param(("y2",), "zed@base", "y2 y1 z2 z1", id="with what depends on it"),
        pytest.param(("n", "z3"), "left@b", "n m d1 z3 z2 c1", id="branch to the fork"),
        pytest.param(("n", "z3"), "c2@b", "n m d2 c2", id="other branch to the fork"),
        pytest.param(("n",), "left@-1", "n", id="a step on a branch"),
        pytest.param(("y2",), "zed@-1", "y2 y1 z2", id="a step on an implied branch"),
        pytest.param(("n",), "n", "", id="to where it is"),
        pytest.param(("d1", "d2"), "d2", "", id="to one of the current"),
        pytest.param((), "base", "", id="nothing applied"),
        pytest.param(("n",), ("m",), "n", id="target in a tuple"),
    ],
)
def test_downgrade(forest: RevisionMap, current: Any, target: Any, expected: str) -> None:
    """A downgrade reverts the descendants of the target, and their dependents, and nothing more."""
    found = forest.iterate_revisions(current, target, select_for_downgrade=True)

    assert expected == " ".join(one.revision for one in found)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"inclusive": True}, "n m d1 z3 z2 c1", id="inclusive"),
        pytest.param({"implicit_base": True}, "n m d1 z3 z2 z1 d2 c2", id="implicit base"),
    ],
)
def test_downgrade_options(forest: RevisionMap, options: dict[str, bool], expected: str) -> None:
    """Optionally includes the target itself, or everything that it does not require."""
    found = forest.iterate_revisions(("n", "z3"), "c1", select_for_downgrade=True, **options)

    assert expected == " ".join(one.revision for one in found)


@pytest.mark.parametrize(
    ("upper", "lower", "options", "message"),
    [
        pytest.param("b", "d1", {}, "Revision d1 is not an ancestor of revision b", id="reversed"),
        pytest.param("d1", "c2", {}, "Revision c2 is not an ancestor of revision d1", id="beside"),
        pytest.param(None, "d1", {}, "Revision d1 is not an ancestor of revision base", id="none"),
        pytest.param((), "d1", {}, "Revision d1 is not an ancestor of revision base", id="empty"),
        pytest.param(
            "n",
            ("c1", "z1"),
            {},
            "Revision c1, z1 is not an ancestor of revision n",
            id="one of two",
        ),
        pytest.param(
            "z3", "a", {}, "Revision a is not an ancestor of revision z3", id="by dependency alone"
        ),
        pytest.param(
            ("c1",),
            "d1",
            {"select_for_downgrade": True},
            "Revision d1 is not an ancestor of revision c1",
            id="downgrade upwards",
        ),
        pytest.param(
            (),
            "a",
            {"select_for_downgrade": True},
            "Revision a is not an ancestor of revision base",
            id="downgrade of nothing",
        ),
        pytest.param(
            ("y2",),
            "z2",
            {"select_for_downgrade": True},
            "Revision z2 is not an ancestor of revision y2",
            id="downgrade to what is there for others",
        ),
    ],
)
def test_ends_that_are_not_in_line(
    forest: RevisionMap, upper: Any, lower: Any, options: dict[str, bool], message: str
) -> None:
    """The lower end has to lie below the upper one."""
    with pytest.raises(RangeNotAncestorError) as caught:
        list(forest.iterate_revisions(upper, lower, **options))

    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("upper", "lower", "message"),
    [
        pytest.param(
            ("d2", "c1", "n"),
            "base",
            "Requested revision n overlaps with other requested revisions d2, c1",
            id="upper",
        ),
        pytest.param(
            "heads",
            ("a", "z2"),
            "Requested revision z2 overlaps with other requested revisions a",
            id="lower, by dependency",
        ),
    ],
)
def test_ends_that_overlap(forest: RevisionMap, upper: Any, lower: Any, message: str) -> None:
    """Of several ends none may lie below another."""
    with pytest.raises(RevisionError) as caught:
        list(forest.iterate_revisions(upper, lower))

    assert message == str(caught.value)


def test_the_same_end_twice_is_one(linear: RevisionMap) -> None:
    """An end that is named twice does not overlap with itself."""
    found = linear.iterate_revisions(("cccc", "cccc"), "aaaa")

    assert [one.revision for one in found] == ["cccc", "bbbb"]


def test_a_downgrade_has_one_end(linear: RevisionMap) -> None:
    """Several targets of a downgrade are rejected."""
    with pytest.raises(RevisionError) as caught:
        list(linear.iterate_revisions("dddd", ("aaaa", "bbbb"), select_for_downgrade=True))

    assert str(caught.value) == (
        "A downgrade ends at one revision, not at 'aaaa', 'bbbb'; write '<branch>@<revision>' to "
        "confine it to a branch"
    )


def test_a_downgrade_does_not_leave_its_branch(forest: RevisionMap) -> None:
    """A target outside of the branch is rejected; its other children are not reverted instead."""
    with pytest.raises(ResolutionError, match=r"^Revision c1 is not a member of branch 'zed'$"):
        list(forest.iterate_revisions(("n", "z3"), "zed@c1", select_for_downgrade=True))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(["a", "b1<a", "b2<a", "c<b1,b2", "d<c"], "d c b1 b2 a", id="diamond"),
        pytest.param(
            ["a", "b1<a", "b2<a", "c1<b1", "d1<c1", "d2<c1"],
            "b2 d1 d2 c1 b1 a",
            id="long and short",
        ),
        pytest.param(["a", "b<a", "z!a", "y<z"], "b y z a", id="base with a dependency"),
        pytest.param(["s", "t", "u<s,t", "v!u", "w<v"], "w v u s t", id="merge below a dependency"),
    ],
)
def test_branches_stay_together(graph_of: GraphOf, lines: list[str], expected: str) -> None:
    """Each branch comes down to its fork before the next begins."""
    found = graph_of(*lines).iterate_revisions("heads", "base")

    assert expected == " ".join(one.revision for one in found)


def test_a_broken_map_is_told(graph_of: GraphOf) -> None:
    """Links that were bent after loading end in an error that names who bends where."""
    graph = graph_of("base1", "a1<base1", "a2<base1", "b1<a1", "c1<b1")
    graph._revision_map["fake"] = graph._revision_map["a2"]
    graph._revision_map["b1"]._resolved_dependencies = ("fake",)

    with pytest.raises(RevisionError) as caught:
        list(graph.iterate_revisions("c1", "base1"))

    assert str(caught.value) == (
        "Dependency resolution failed; broken map: revision b1 needs fake, which does not exist"
    )


def test_collections_are_unordered_with_their_ends(forest: RevisionMap) -> None:
    """What a way takes can be had without an order."""
    up, targets = forest._collect_upgrade_revisions("z3", "z1", False, True, True)
    down, current = forest._collect_downgrade_revisions(("y2",), "why@base", False, False, True)

    assert {one.revision for one in up} == {"a", "b", "c1", "z2", "z3"}
    assert [one.revision for one in targets] == ["z3"]
    assert {one.revision for one in down} == {"y1", "y2"}
    assert [one.revision for one in current] == ["y2"]


def test_a_line_that_a_program_closed_to_a_circle_is_refused(linear: RevisionMap) -> None:
    """Links that form a cycle never result in an order."""
    list(linear.iterate_revisions("heads", "base"))
    bottom = linear.get_revision("aaaa")
    assert bottom is not None
    bottom.set_dependencies(("dddd",))

    with pytest.raises(RevisionError, match="broken map"):
        list(linear.iterate_revisions("dddd", "base"))
