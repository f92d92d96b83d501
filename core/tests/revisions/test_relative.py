"""Tests of ``+N`` and ``-N``: where they lead from what is applied."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.revisions import relative
from idiolect.revisions.errors import RevisionError

if TYPE_CHECKING:
    from idiolect.revisions.graph import RevisionMap


@pytest.mark.parametrize(
    ("current", "target", "expected"),
    [
        pytest.param([], "+1", ["aaaa"], id="from nothing"),
        pytest.param(["aaaa"], "+1", ["bbbb"], id="one"),
        pytest.param([], "base+2", ["bbbb"], id="from base"),
        pytest.param(["bbbb"], "left@+1", ["lef1"], id="branch at the fork"),
        pytest.param(["bbbb"], "left@+2", ["lef2"], id="branch, two"),
        pytest.param(["rig1"], "left@+1", ["lef1"], id="branch not yet begun"),
        pytest.param(["rig2", "lef1"], "left@+1", ["lef2"], id="branch among current"),
        pytest.param([], "left@+3", ["lef1"], id="branch from nothing"),
        pytest.param(["aaaa"], "lef1+1", ["lef2"], id="from an id"),
        pytest.param(["aaaa"], "lef2-1", ["lef1"], id="down from an id"),
        pytest.param(["aaaa"], "heads", ["lef2", "rig2"], id="heads"),
        pytest.param(["aaaa"], ("lef1", "rig1"), ["lef1", "rig1"], id="several"),
        pytest.param(["aaaa"], "base", [], id="base"),
    ],
)
def test_upgrade_targets(
    fork: RevisionMap, current: list[str], target: Any, expected: list[str]
) -> None:
    """An upgrade counts up from what is applied, or from what the identifier names."""
    found = relative.upgrade_targets(fork._graph, current, target)

    assert expected == [one.revision for one in found]


@pytest.mark.parametrize(
    ("current", "target", "message"),
    [
        pytest.param(
            ["bbbb"],
            "+1",
            "Ambiguous walk: revision bbbb leads to lef1, rig1; choose one with '<branch>@'",
            id="fork",
        ),
        pytest.param(
            ["lef1", "rig1"],
            "+1",
            "Ambiguous upgrade from multiple current revisions "
            "lef1, rig1; choose one with '<branch>@', as in 'lef1@+1'",
            id="two current",
        ),
        pytest.param(
            ["lef1"],
            "+2",
            "Relative revision +2 didn't produce 2 migrations; the history ends 1 too early, at "
            "lef2",
            id="too far",
        ),
        pytest.param(
            ["lef1"],
            "left@+999",
            "Relative revision +999 didn't produce 999 migrations; "
            "the history ends 998 too early, at lef2",
            id="much too far",
        ),
        pytest.param(
            ["lef1"],
            "-1",
            "Relative revision -1 didn't produce 1 migrations; an upgrade "
            "goes up: write +N, or name a revision",
            id="down",
        ),
        pytest.param(
            ["lef1"],
            "+0",
            "Relative revision +0 didn't produce 0 migrations; an upgrade "
            "goes up: write +N, or name a revision",
            id="nowhere",
        ),
    ],
)
def test_upgrade_targets_that_do_not_exist(
    fork: RevisionMap, current: list[str], target: str, message: str
) -> None:
    """An upgrade beyond the history is rejected; the error names revisions and a remedy."""
    with pytest.raises(RevisionError) as caught:
        relative.upgrade_targets(fork._graph, current, target)

    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("current", "target", "expected"),
    [
        pytest.param(["bbbb"], "-1", ("bbbb", "aaaa"), id="one"),
        pytest.param(["aaaa"], "-1", ("aaaa", None), id="to base"),
        pytest.param(["lef2", "rig2"], "left@-1", ("left", "lef1"), id="branch"),
        pytest.param(["lef2", "rig1"], "right@-2", ("right", "aaaa"), id="branch past the fork"),
        pytest.param(["lef2"], "left@bbbb", ("left", "bbbb"), id="branch at a revision"),
        pytest.param(["lef2"], "left@base+2", ("left", "bbbb"), id="branch up from base"),
        pytest.param(["lef2"], "left@head-1", ("left", "lef1"), id="branch down from head"),
        pytest.param(["lef2"], "left@head", ("left", "lef2"), id="head of a branch"),
        pytest.param(["lef2"], "lef2-1", (None, "lef1"), id="down from an id"),
        pytest.param(["lef2"], "base", (None, None), id="base"),
        pytest.param(["lef2"], "left@base", ("left", None), id="base of a branch"),
        pytest.param(["lef2"], None, (None, None), id="none"),
    ],
)
def test_downgrade_target(
    fork: RevisionMap, current: list[str], target: str | None, expected: Any
) -> None:
    """A downgrade counts down from what is applied, confined to the branch it counts on."""
    found = relative.downgrade_target(fork._graph, current, target)
    remains = None if found.revision is None else found.revision.revision

    assert expected == (found.branch, remains)


def test_downgrade_from_several_counts_from_the_first(fork: RevisionMap) -> None:
    """``-1`` without a branch takes the first current revision, with a warning."""
    with pytest.warns(UserWarning, match="^downgrade -1 from multiple heads is ambiguous;"):
        found = relative.downgrade_target(fork._graph, ["rig2", "lef1"], "-1")

    assert (found.branch, found.revision and found.revision.revision) == ("rig2", "rig1")


def test_downgrade_counts_on_a_branch_that_a_dependency_applied(forest: RevisionMap) -> None:
    """What is applied for the sake of another branch has no row, and counts all the same."""
    found = relative.downgrade_target(forest._graph, ["y2"], "zed@-1")

    assert (found.branch, found.revision and found.revision.revision) == ("zed", "z1")


@pytest.mark.parametrize(
    ("current", "target", "message"),
    [
        pytest.param(
            [],
            "-1",
            "Relative revision -1 didn't produce 1 migrations; nothing is applied",
            id="nothing",
        ),
        pytest.param(
            ["rig2"],
            "left@-1",
            "Relative revision -1 didn't produce 1 migrations; nothing on branch 'left' is applied",
            id="nothing of a branch",
        ),
        pytest.param(
            ["lef1", "rig1"],
            "bbbb@-1",
            "Ambiguous downgrade: branch 'bbbb' has "
            "multiple current revisions lef1, rig1; choose one with '<branch>@'",
            id="forked branch",
        ),
        pytest.param(
            ["bbbb"],
            "-3",
            "Relative revision -3 didn't produce 3 migrations; the history ends 1 too early, at "
            "base",
            id="too far",
        ),
        pytest.param(
            ["bbbb"],
            "+1",
            "Relative revision +1 didn't produce 1 migrations; a "
            "downgrade goes down: write -N, or name a revision",
            id="up",
        ),
        pytest.param(
            ["bbbb"],
            "-0",
            "Relative revision -0 didn't produce 0 migrations; a "
            "downgrade goes down: write -N, or name a revision",
            id="nowhere",
        ),
        pytest.param(
            ["lef2"],
            "heads",
            "Multiple heads are present for given argument 'heads'; lef2, rig2",
            id="heads",
        ),
    ],
)
def test_downgrade_targets_that_do_not_exist(
    fork: RevisionMap, current: list[str], target: str, message: str
) -> None:
    """A downgrade without a unique end is rejected; the error names revisions and a remedy."""
    with pytest.raises(RevisionError) as caught:
        relative.downgrade_target(fork._graph, current, target)

    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("upper", "lower", "strict", "expected"),
    [
        pytest.param("cccc", "-1", True, ["cccc"], id="from the upper end"),
        pytest.param("heads", "-2", True, ["dddd", "cccc"], id="from the heads"),
        pytest.param("head", "aaaa+1", True, ["dddd", "cccc"], id="up from an id"),
        pytest.param("head", "head-1", True, ["dddd"], id="down from the head"),
        pytest.param("bbbb", "-9", False, ["bbbb", "aaaa"], id="to the end when not strict"),
        pytest.param("aaaa+9", "cccc", False, ["dddd"], id="from the end when not strict"),
        pytest.param("+2", "bbbb", True, ["dddd", "cccc"], id="upper end above the lower one"),
        pytest.param("+9", "bbbb", False, ["dddd", "cccc"], id="upwards when not strict"),
        pytest.param("bbbb", "-9", True, None, id="too far"),
        pytest.param("bbbb", "+1", True, None, id="lower end upwards"),
    ],
)
def test_ranges(
    linear: RevisionMap, upper: str, lower: str, strict: bool, expected: list[str] | None
) -> None:
    """Ends of ranges count from each other; beyond the end is an error, unless it may stop."""
    refused = pytest.raises(RevisionError, match=r"^Relative revision .* didn't produce")
    with refused if expected is None else contextlib.nullcontext():
        found = linear.iterate_revisions(upper, lower, assert_relative_length=strict)
        assert expected == [one.revision for one in found]
