"""Identifiers that do not depend on applied revisions, one table per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idiolect.revisions import resolve
from idiolect.revisions.errors import MultipleHeads, ResolutionError, RevisionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.revisions.graph import RevisionMap

    GraphOf = Callable[..., RevisionMap]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("ae10", (None, "ae10", None), id="symbol"),
        pytest.param("ae10+2", (None, "ae10", 2), id="up from a symbol"),
        pytest.param("head-1", (None, "head", -1), id="down from a symbol"),
        pytest.param("+2", (None, "", 2), id="up"),
        pytest.param("-1", (None, "", -1), id="down"),
        pytest.param("left@head", ("left", "head", None), id="branch"),
        pytest.param("left@+1", ("left", "", 1), id="up on a branch"),
        pytest.param("left@head-2", ("left", "head", -2), id="branch, symbol, offset"),
        pytest.param("release-2", (None, "release-2", None), id="label like an offset"),
        pytest.param("release-2@release-2+1", ("release-2", "release-2", 1), id="and with one"),
    ],
)
def test_an_identifier_is_taken_apart(
    graph_of: GraphOf, text: str, parts: tuple[str | None, str, int | None]
) -> None:
    """Branch, symbol and offset are recognised, whatever a label looks like."""
    graph = graph_of("a@release-2")._graph
    found = resolve.parse(graph, text)

    assert parts == (found.branch, found.symbol, found.offset)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("c1", ["c1"], id="id"),
        pytest.param("left", ["c1"], id="label"),
        pytest.param(None, [], id="none"),
        pytest.param("base", [], id="base"),
        pytest.param("left@base", [], id="base of a branch"),
        pytest.param("heads", ["n", "z3", "y2"], id="heads"),
        pytest.param("left@head", ["n"], id="head of a branch"),
        pytest.param("c1@head", ["n"], id="head above an id"),
        pytest.param("zed@heads", ["z3"], id="heads of a branch"),
        pytest.param("left@c1", ["c1"], id="id on a branch"),
        pytest.param("left@a", ["a"], id="id below a branch"),
        pytest.param("left@left", ["c1"], id="label on its branch"),
        pytest.param("left@head-1", ["m"], id="down from a head"),
        pytest.param("z3-2", ["z1"], id="down from an id"),
        pytest.param("z1+2", ["z3"], id="up from an id"),
        pytest.param("b+0", ["b"], id="no step"),
        pytest.param("left@b+1", ["c1"], id="the branch decides at a fork"),
        pytest.param("c2@m-1", ["d2"], id="the branch decides at a merge"),
        pytest.param("zed@base+1", ["z1"], id="up from a base"),
        pytest.param("zed@-1", ["z2"], id="down from the heads of a branch"),
        pytest.param("z1-1", [], id="down to base"),
        pytest.param(("c1", "zed@head"), ["c1", "z3"], id="several"),
        pytest.param(("heads", "base"), ["n", "z3", "y2"], id="several symbols"),
        pytest.param((), [], id="nothing"),
    ],
)
def test_get_revisions(forest: RevisionMap, text: Any, expected: list[str]) -> None:
    """Every documented form of identifier means its revisions, in order."""
    assert expected == [one.revision for one in forest.get_revisions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("somel", "somelongername", id="unique"),
        pytest.param("sib@some", "someothername", id="unique on its branch"),
        pytest.param("somel@d", "d", id="partial branch"),
        pytest.param("f", "f", id="exact before partial"),
    ],
)
def test_an_id_may_be_shortened(graph_of: GraphOf, text: str, expected: str) -> None:
    """The beginning of an id serves where it is unique, on the branch if one is named."""
    graph = graph_of("d", "somelongername<d", "f", "sib1<f@sib", "someothername<sib1", "foo<d")
    found = graph.get_revision(text)

    assert found is not None
    assert expected == found.revision


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("nothere", "No such revision or branch 'nothere'", id="unknown"),
        pytest.param(
            "xyz",
            "No such revision or branch 'xyz'; please ensure at least four characters are "
            "present for partial revision identifier matches",
            id="unknown and short",
        ),
        pytest.param(
            "rigth", "No such revision or branch 'rigth'; did you mean 'right'?", id="misspelt"
        ),
        pytest.param(
            "haed", "No such revision or branch 'haed'; did you mean 'head'?", id="misspelt symbol"
        ),
        pytest.param("x@lef1", "No such branch: 'x'", id="unknown branch"),
        pytest.param("x@head", "No such branch: 'x'", id="head of an unknown branch"),
        pytest.param("x@base", "No such branch: 'x'", id="base of an unknown branch"),
        pytest.param(
            "rigth@head", "No such branch: 'rigth'; did you mean 'right'?", id="misspelt branch"
        ),
        pytest.param(
            "lef",
            "Multiple revisions start with 'lef': 'lef1', 'lef2'; give more characters of one",
            id="ambiguous",
        ),
        pytest.param(
            "lef@head",
            "Multiple revisions start with 'lef': 'lef1', 'lef2'; give more characters of one",
            id="ambiguous branch",
        ),
        pytest.param(
            "left@rig1", "Revision rig1 is not a member of branch 'left'", id="other branch"
        ),
        pytest.param(
            "+1",
            "Relative revision +1 didn't produce 1 migrations; there is nothing to "
            "count from: name a revision, as in id+N",
            id="nowhere to stand",
        ),
        pytest.param(
            "lef1+2",
            "Relative revision lef1+2 didn't produce 2 migrations; the history "
            "ends 1 too early, at lef2",
            id="too far up",
        ),
        pytest.param(
            "aaaa-3",
            "Relative revision aaaa-3 didn't produce 3 migrations; the history "
            "ends 2 too early, at base",
            id="too far down",
        ),
        pytest.param(
            "left@+999",
            "Relative revision +999 didn't produce 999 migrations; there is "
            "nothing to count from: name a revision, as in id+N",
            id="much too far",
        ),
        pytest.param(
            "bbbb+1",
            "Ambiguous walk: revision bbbb leads to lef1, rig1; choose one with '<branch>@'",
            id="fork",
        ),
    ],
)
def test_what_an_identifier_cannot_mean(fork: RevisionMap, text: str, message: str) -> None:
    """Each error names the identifier, what was found, and a remedy."""
    with pytest.raises(RevisionError) as caught:
        fork.get_revisions(text)

    assert message == str(caught.value)


@pytest.mark.parametrize("text", ["", "left@", "@head", "@"], ids=repr)
def test_an_incomplete_identifier_is_refused(fork: RevisionMap, text: str) -> None:
    """If a part is missing, nothing is guessed."""
    with pytest.raises(ResolutionError) as caught:
        fork.get_revision(text)

    assert str(caught.value) == (
        f"Revision identifier {text!r} is incomplete; write a revision, a branch label, 'head', "
        "'heads' or 'base', or '<branch>@' and one of these"
    )
    assert caught.value.argument == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(b"12345", "b'12345'", id="bytes"),
        pytest.param(17, "17", id="number"),
        pytest.param((b"12345",), "(b'12345',)", id="bytes in a tuple"),
    ],
)
def test_an_identifier_is_text(fork: RevisionMap, text: Any, shown: str) -> None:
    """The value of a misconfigured driver is shown unchanged."""
    with pytest.raises(RevisionError) as caught:
        fork.get_revision(text)

    assert str(caught.value) == (
        f"revision identifier {shown} is not a string; ensure database driver settings are correct"
    )


@pytest.mark.parametrize(
    ("text", "argument", "heads"),
    [
        pytest.param("head", "head", ["lef2", "rig2"], id="head"),
        pytest.param("heads", "heads", ["lef2", "rig2"], id="heads"),
        pytest.param("aaaa@head", "aaaa@head", ["lef2", "rig2"], id="head above an id"),
        pytest.param("head-1", "head-1", ["lef2", "rig2"], id="down from the head"),
        pytest.param(("lef1", "rig1"), "('lef1', 'rig1')", ["lef1", "rig1"], id="several"),
    ],
)
def test_one_revision_where_there_are_several(
    fork: RevisionMap, text: Any, argument: str, heads: list[str]
) -> None:
    """All candidates are listed, and available as attributes."""
    with pytest.raises(MultipleHeads) as caught:
        fork.get_revision(text)

    assert str(caught.value) == (
        f"Multiple heads are present for given argument '{argument}'; {', '.join(heads)}"
    )
    assert [caught.value.argument, caught.value.heads] == [argument, heads]


def test_many_candidates_are_cut_short(graph_of: GraphOf) -> None:
    """An ambiguous beginning lists ten of the ids."""
    graph = graph_of(*(f"same{number:02}" for number in range(12)))

    with pytest.raises(ResolutionError, match=r"'same00', .*, 'same09'\.\.\.$"):
        graph.get_revision("same")


@pytest.mark.parametrize(
    ("branch", "expected"),
    [(None, None), ("left", "lef2"), ("left@head", "lef2"), ("rig2", "rig2"), ("aaaa", None)],
)
def test_get_current_head(fork: RevisionMap, branch: str | None, expected: str | None) -> None:
    """The head of a branch is found by label or id; several heads are listed."""
    if expected is None:
        with pytest.raises(MultipleHeads, match="lef2, rig2"):
            fork.get_current_head(branch)
    else:
        assert expected == fork.get_current_head(branch)


def test_no_revisions_have_no_head(graph_of: GraphOf) -> None:
    """An empty history has no head, which is not an error."""
    graph = graph_of()

    assert graph.get_current_head() is None
    assert graph.get_revision("head") is None
    assert list(graph.iterate_revisions("head", "base")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("base", ("a", "z1", "y1"), id="all"),
        pytest.param("left@base", ("a",), id="branch"),
        pytest.param("z3", ("z1",), id="id"),
        pytest.param("why@head", ("y1",), id="other symbol"),
    ],
)
def test_get_base_revisions(forest: RevisionMap, text: str, expected: tuple[str, ...]) -> None:
    """Bases are those of the branch that an identifier names."""
    assert expected == forest._get_base_revisions(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("left@head", (("n",), "left"), id="branch"),
        pytest.param("heads", (("n", "z3", "y2"), None), id="heads"),
        pytest.param(None, ((), None), id="none"),
        pytest.param(("c1", "z1"), (("c1", "z1"), None), id="several"),
    ],
)
def test_resolve_revision_number(forest: RevisionMap, text: Any, expected: Any) -> None:
    """Ids come with the branch that the identifier names."""
    assert expected == forest._resolve_revision_number(text)
