"""Tests of a single revision."""

from __future__ import annotations

from typing import Any

import pytest

from idiolect.revisions.errors import DependencyLoopDetected, LoopDetected, RevisionError
from idiolect.revisions.node import Revision, is_revision, tuple_rev_as_scalar


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param(None, None, id="none"),
        pytest.param((), None, id="empty"),
        pytest.param("b", "b", id="one"),
        pytest.param(("b",), "b", id="tuple of one"),
        pytest.param(["b", "c"], ("b", "c"), id="list"),
    ],
)
def test_down_revision_is_kept_in_its_shortest_form(given: Any, kept: Any) -> None:
    """``down_revision`` reads back as None, an id, or a tuple of several."""
    assert kept == Revision("a", given).down_revision


@pytest.mark.parametrize(
    ("revision", "shown"),
    [
        pytest.param(Revision("a", None), "Revision('a', None)", id="base"),
        pytest.param(Revision("a", ("b", "c")), "Revision('a', ('b', 'c'))", id="merge"),
        pytest.param(
            Revision("a", "b", ("c", "d"), "l"),
            "Revision('a', 'b', dependencies=('c', 'd'), branch_labels={'l'})",
            id="everything",
        ),
    ],
)
def test_repr_tells_what_the_file_says(revision: Revision, shown: str) -> None:
    """The repr shows exactly the given arguments."""
    assert shown == repr(revision)


@pytest.mark.parametrize(
    ("rev_id", "message"),
    [
        pytest.param(
            "a@b", "Character(s) '@' not allowed in revision identifier 'a@b'", id="branch"
        ),
        pytest.param(
            "a-1", "Character(s) '-' not allowed in revision identifier 'a-1'", id="offset"
        ),
        pytest.param(
            "a:b@+-",
            "Character(s) '+, -, :, @' not allowed in revision identifier 'a:b@+-'",
            id="all",
        ),
        pytest.param("", "Revision identifier '' is empty; give the revision an id", id="empty"),
    ],
)
def test_an_id_that_identifiers_could_not_name_is_refused(rev_id: str, message: str) -> None:
    """Characters with a meaning in identifiers cannot be part of an id."""
    with pytest.raises(RevisionError) as caught:
        Revision(rev_id, None)

    assert message == str(caught.value)


def test_a_revision_that_follows_itself_is_refused() -> None:
    """A self-loop is rejected by the constructor."""
    with pytest.raises(LoopDetected) as caught:
        Revision("a", ("b", "a"))

    assert str(caught.value) == "Self-loop is detected in revisions (a)"
    assert caught.value.revisions == ["a"]


def test_a_revision_that_depends_on_itself_is_refused() -> None:
    """A self-loop of dependencies has an error class that derives from both kinds."""
    with pytest.raises(DependencyLoopDetected) as caught:
        Revision("a", None, "a")

    assert str(caught.value) == "Dependency self-loop is detected in revisions (a)"
    assert isinstance(caught.value, LoopDetected)


def test_add_nextrev_tells_children_from_users() -> None:
    """A follower is a child; a revision that only depends on this one is not."""
    base = Revision("a", None)
    base.add_nextrev(Revision("b", "a"))
    base.add_nextrev(Revision("c", None, "a"))

    assert base.nextrev == frozenset({"b"})
    assert base._all_nextrev == frozenset({"b", "c"})
    assert not base.is_head
    assert not base.is_branch_point
    assert base._is_real_branch_point


@pytest.mark.parametrize(
    ("given", "expected"),
    [((), None), (None, None), (("a",), "a"), (("a", "b"), ("a", "b"))],
    ids=["empty", "none", "one", "two"],
)
def test_tuple_rev_as_scalar_unpacks_at_most_one(given: Any, expected: Any) -> None:
    """Nothing becomes None, one its element, several stay."""
    assert expected == tuple_rev_as_scalar(given)


def test_is_revision_refuses_anything_else() -> None:
    """A value that is no revision is a programming error."""
    revision = Revision("a", None)

    assert is_revision(revision) is revision
    with pytest.raises(TypeError, match="Expected a Revision, got 'a'"):
        is_revision("a")
