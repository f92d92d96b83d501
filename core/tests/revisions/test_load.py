"""Building a graph: links, labels, dependencies, and invalid input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.revisions.errors import (
    CycleDetected,
    DependencyCycleDetected,
    MissingRevisionError,
    RevisionError,
)
from idiolect.revisions.graph import RevisionMap
from idiolect.revisions.node import Revision

if TYPE_CHECKING:
    from collections.abc import Callable

    GraphOf = Callable[..., RevisionMap]
    RevisionOf = Callable[[str], Revision]


def test_nothing_is_loaded_before_first_use() -> None:
    """The generator runs once, on first access."""
    calls: list[int] = []

    def generate() -> list[Revision]:
        calls.append(1)
        return []

    graph = RevisionMap(generate)
    before = len(calls)
    assert graph.heads == ()
    assert graph.bases == ()

    assert [before, len(calls)] == [0, 1]


def test_heads_and_bases_keep_the_order_of_files(forest: RevisionMap) -> None:
    """Heads with dependents are heads, but not real ones; likewise bases with dependencies."""
    assert forest.heads == ("n", "z3", "y2")
    assert forest._real_heads == ("n", "z3", "y2")
    assert forest.bases == ("a", "z1", "y1")
    assert forest._real_bases == ("a", "z1")


def test_links_can_be_read_under_the_names_of_old(forest: RevisionMap) -> None:
    """The undocumented members that programs use say the same as the documented ones."""
    z2, n = forest._revision_map["z2"], forest._revision_map["n"]

    assert z2._versioned_down_revisions == ("z1",)
    assert z2._all_down_revisions == ("z1", "c1")
    assert z2._all_nextrev == {"y1", "z3"}
    assert forest._revision_map["left"]._orig_branch_labels == ("left",)
    assert [z2._is_real_head, n._is_real_head] == [False, True]
    assert [forest._revision_map[name]._is_real_base for name in ("a", "y1", "n")] == [
        True,
        False,
        False,
    ]


def test_a_head_that_is_depended_on_is_not_real(graph_of: GraphOf) -> None:
    """A head that is implied by a dependent needs no version row."""
    graph = graph_of("a", "b!a", "c<b")

    assert graph.heads == ("a", "c")
    assert graph._real_heads == ("c",)


@pytest.mark.parametrize(
    ("lines", "circle"),
    [
        pytest.param(["a<b", "b<a"], {"a", "b"}, id="two"),
        pytest.param(["a<c", "b<a", "c<b"], {"a", "b", "c"}, id="without base"),
        pytest.param(["a", "b<a,c", "c<b", "d<c"], {"b", "c"}, id="between base and head"),
        pytest.param(["b<a,c", "c<b", "d<c", "a"], {"b", "c"}, id="in any order of files"),
        pytest.param(["a", "b<a", "c<b,e", "d<c", "e<d"], {"c", "d", "e"}, id="at the top"),
        pytest.param(["a<c", "b<a", "c<b", "x", "y<x"], {"a", "b", "c"}, id="beside a line"),
        pytest.param(["a<b!x", "b<a", "x<a"], {"a", "b"}, id="parents before dependencies"),
    ],
)
def test_revisions_in_a_circle_are_refused(
    graph_of: GraphOf, lines: list[str], circle: set[str]
) -> None:
    """A cycle raises an error on first use, which names exactly the revisions in it."""
    with pytest.raises(CycleDetected) as caught:
        _ = graph_of(*lines).heads

    assert type(caught.value) is CycleDetected
    assert circle == set(caught.value.revisions)
    assert str(caught.value) == (
        f"Cycle is detected in revisions ({', '.join(caught.value.revisions)})"
    )


@pytest.mark.parametrize(
    ("lines", "circle"),
    [
        pytest.param(["a!b", "b!a"], {"a", "b"}, id="of dependencies alone"),
        pytest.param(["a!c", "b<a", "c<b"], {"a", "b", "c"}, id="through a dependency"),
        pytest.param(["a", "b<a!c", "c<b", "d<c"], {"b", "c"}, id="between base and head"),
        pytest.param(["a", "b<a", "c<b!top", "d<c@top"], {"c", "d"}, id="through a label"),
    ],
)
def test_dependencies_in_a_circle_are_refused(
    graph_of: GraphOf, lines: list[str], circle: set[str]
) -> None:
    """A cycle that includes a dependency has a separate error class."""
    with pytest.raises(DependencyCycleDetected) as caught:
        _ = graph_of(*lines).heads

    assert circle == set(caught.value.revisions)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        pytest.param(
            ["a", "b<gone"],
            "Revision gone referenced from Revision('b', 'gone') is not present; restore its "
            "file, or correct down_revision of b",
            id="down_revision",
        ),
        pytest.param(
            ["a", "b<a!gone"],
            "Revision gone referenced from Revision('b', 'a', dependencies='gone') is not "
            "present; restore its file, or correct depends_on of b",
            id="depends_on",
        ),
        pytest.param(
            ["aaaa", "b<aaa"],
            "Revision aaa referenced from Revision('b', 'aaa') is not present; restore its "
            "file, or correct down_revision of b; did you mean 'aaaa'?",
            id="partial id",
        ),
        pytest.param(
            ["b<None"],
            "Revision None referenced from Revision('b', 'None') is not present; restore its "
            "file, or correct down_revision of b; None is written without quotes",
            id="None in quotes",
        ),
    ],
)
def test_an_unknown_reference_is_refused(graph_of: GraphOf, lines: list[str], message: str) -> None:
    """The error names both revisions, and is a KeyError too, as Alembic's is."""
    with pytest.raises(MissingRevisionError) as caught:
        _ = graph_of(*lines).heads

    assert message == str(caught.value)
    assert isinstance(caught.value, KeyError)
    assert caught.value.revision == "b"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        pytest.param(
            ["a@x", "b@x"],
            "Branch name 'x' in revision b already used by revision a",
            id="by a label",
        ),
        pytest.param(
            ["a@b", "b"],
            "Branch name 'b' in revision a already used by revision b",
            id="by an id",
        ),
        pytest.param(
            ["a@x,x"],
            "Branch name 'x' in revision a already used by revision a",
            id="twice in a file",
        ),
        pytest.param(
            ["a@a"], "Branch name 'a' in revision a already used by revision a", id="as own id"
        ),
    ],
)
def test_a_label_names_one_revision(graph_of: GraphOf, lines: list[str], message: str) -> None:
    """A duplicate label is rejected; the error names both revisions."""
    with pytest.raises(RevisionError) as caught:
        _ = graph_of(*lines).heads

    assert str(caught.value) == f"{message}; a label names one revision, so choose another"


def test_of_two_files_with_one_id_the_later_is_taken(graph_of: GraphOf) -> None:
    """A doubled id is warned of, and does not double heads."""
    graph = graph_of("a", "b<a", "b<a@late")

    with pytest.warns(UserWarning, match="^Revision b is present more than once$"):
        assert graph.heads == ("b",)
    assert graph._revision_map["b"].own_labels == ("late",)
    graph.check_single("a")
    with pytest.raises(RevisionError, match=r"b is present more than once.*Delete one file"):
        graph.check_single("b")


@pytest.mark.parametrize("label", ["head", "heads", "base", "current", "a@b", "x:y", "+2", "-10"])
def test_labels_that_name_nothing_are_told(label: str) -> None:
    """No identifier could mean them; the history is loaded all the same, as by Alembic."""
    graph = RevisionMap(lambda: [Revision("a", None), Revision("b", "a", None, label)])

    with pytest.warns(UserWarning, match="of revision b can name nothing: .* another label"):
        assert graph.heads == ("b",)


@pytest.mark.parametrize("label", ["release-2", "a+b", "2", "x y", "lib/web", "headless"])
def test_uncommon_labels_are_no_trouble(label: str) -> None:
    """What an identifier can mean is no reason for a warning, and is found."""
    graph = RevisionMap(lambda: [Revision("a", None), Revision("b", "a", None, label)])

    assert ("b",) == tuple(one.revision for one in graph.get_revisions(label))
    assert ("b",) == tuple(one.revision for one in graph.get_revisions(f"{label}@head"))


@pytest.mark.parametrize(
    ("lines", "labels"),
    [
        pytest.param(["d", "e<d@l", "f<e"], {"d": "l", "e": "l", "f": "l"}, id="whole line"),
        pytest.param(
            ["a", "b<a", "c<b@l", "d<b", "e<c"],
            {"a": "", "b": "", "c": "l", "d": "", "e": "l"},
            id="down to the fork",
        ),
        pytest.param(
            ["a", "b", "c<a,b", "d<c", "e<d@l"],
            {"c": "", "d": "l", "e": "l"},
            id="down to the merge",
        ),
        pytest.param(
            ["a@l", "b@k", "c<a,b", "d<c"],
            {"a": "l", "b": "k", "c": "kl", "d": "kl"},
            id="up through a merge",
        ),
        pytest.param(["a@l", "b!a"], {"a": "l", "b": ""}, id="not to what depends"),
        pytest.param(["f<e", "e<d@l", "d", "x<d!e"], {"d": "", "e": "l", "f": "l"}, id="any order"),
    ],
)
def test_labels_spread_along_their_branch(
    graph_of: GraphOf, lines: list[str], labels: dict[str, str]
) -> None:
    """A label is inherited by all descendants, and down to the preceding fork or merge."""
    revisions = graph_of(*lines)._revision_map

    assert labels == {name: "".join(sorted(revisions[name].branch_labels)) for name in labels}


def test_a_dependency_that_a_parent_implies_is_left_out(graph_of: GraphOf) -> None:
    """Order and version rows depend only on the other dependencies."""
    graph = graph_of("a1", "a2<a1", "b1", "b2<b1!a2", "b3<b2!a1,a2", "b4<b3!b3")
    b3, b4 = graph._revision_map["b3"], graph._revision_map["b4"]

    assert b3._all_down_revisions == ("b2", "a1", "a2")
    assert b3._normalized_down_revisions == ("b2",)
    assert b4._normalized_resolved_dependencies == ()


def test_a_dependency_may_be_a_label(graph_of: GraphOf) -> None:
    """A label is resolved to the id of the revision that declares it."""
    graph = graph_of("a@lib", "b<a", "c!lib")

    assert graph._revision_map["c"]._resolved_dependencies == ("a",)
    assert graph.ancestors_of(["c"]) == {"a", "c"}


# growing


def test_a_revision_can_be_added(linear: RevisionMap, revision_of: RevisionOf) -> None:
    """Heads, labels and dependencies are as if it had been loaded with the others."""
    linear.add_revision(revision_of("left<dddd@lab"))
    linear.add_revision(revision_of("other!lab"))

    assert linear.heads == ("left", "other")
    assert linear._real_heads == ("other",)
    assert linear.bases == ("aaaa", "other")
    assert linear._revision_map["aaaa"].branch_labels == {"lab"}
    assert linear.is_ancestor("aaaa", "other")


def test_adding_what_does_not_fit_changes_nothing(
    linear: RevisionMap, revision_of: RevisionOf
) -> None:
    """After an error the graph is unchanged."""
    for line in ("new<gone", "new<dddd!gone", "new<dddd@aaaa", "new<dddd@new"):
        with pytest.raises(RevisionError):
            linear.add_revision(revision_of(line))

    assert linear.heads == ("dddd",)
    assert linear._revision_map["dddd"].nextrev == frozenset()
    assert sorted(linear._revision_map) == ["aaaa", "bbbb", "cccc", "dddd"]


def test_a_revision_can_be_replaced(fork: RevisionMap, revision_of: RevisionOf) -> None:
    """Links of the old one are removed, links to it lead to the new one."""
    fork.add_revision(revision_of("lef1<aaaa@new"), _replace=True)

    assert fork._revision_map["bbbb"].nextrev == frozenset({"rig1"})
    assert fork._revision_map["aaaa"].nextrev == frozenset({"bbbb", "lef1"})
    assert fork._revision_map["lef2"].branch_labels == {"new"}
    assert "left" not in fork._revision_map


def test_only_what_is_there_can_be_replaced(linear: RevisionMap, revision_of: RevisionOf) -> None:
    """Replacing an unknown id is rejected."""
    with pytest.raises(RevisionError, match="revision new not in map; nothing to replace"):
        linear.add_revision(revision_of("new<dddd"), _replace=True)


def test_adding_an_id_again_replaces_it_with_a_warning(
    linear: RevisionMap, revision_of: RevisionOf
) -> None:
    """A doubled id is warned of when it is added, too."""
    with pytest.warns(UserWarning, match="^Revision dddd is present more than once$"):
        linear.add_revision(revision_of("dddd<bbbb"))

    assert set(linear.heads) == {"cccc", "dddd"}
    with pytest.raises(RevisionError, match="dddd is present more than once"):
        linear.check_single("dddd")
    linear.add_revision(revision_of("eeee<cccc"))
    with pytest.raises(RevisionError, match="dddd is present more than once"):
        linear.check_single("dddd")
    linear.add_revision(revision_of("dddd<cccc"), _replace=True)
    linear.check_single("dddd")
