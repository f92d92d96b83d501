"""Graphs for tests, written as short lines: ``id<parents!dependencies@labels``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from idiolect.revisions.graph import RevisionMap
from idiolect.revisions.node import Revision

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE = re.compile(r"(?P<id>[^<!@]+)(<(?P<down>[^!@]+))?(!(?P<deps>[^@]+))?(@(?P<labels>.+))?")


def read_revision(line: str) -> Revision:
    """Return the revision that a line such as ``m<b,c!z@label`` describes."""
    found = _LINE.fullmatch(line)
    assert found is not None, line
    down, deps, labels = (
        tuple(found[name].split(",")) if found[name] else None
        for name in ("down", "deps", "labels")
    )
    return Revision(found["id"], down, deps, labels)


def read_graph(*lines: str) -> RevisionMap:
    """Return a map of the revisions that ``lines`` describe, in their order."""
    return RevisionMap(lambda: [read_revision(line) for line in lines])


@pytest.fixture
def graph_of() -> Callable[..., RevisionMap]:
    """Return the function that creates a map from lines."""
    return read_graph


@pytest.fixture
def revision_of() -> Callable[[str], Revision]:
    """Return the function that creates a revision from a line."""
    return read_revision


@pytest.fixture
def linear() -> RevisionMap:
    """Four revisions in a row."""
    return read_graph("aaaa", "bbbb<aaaa", "cccc<bbbb", "dddd<cccc")


@pytest.fixture
def fork() -> RevisionMap:
    """Two labelled branches of two revisions each, forked after the second revision."""
    return read_graph(
        "aaaa", "bbbb<aaaa", "lef1<bbbb@left", "lef2<lef1", "rig1<bbbb@right", "rig2<rig1"
    )


@pytest.fixture
def forest() -> RevisionMap:
    """A diamond with a tail, and two further bases that depend on others.

    ``z2`` depends on one side of the diamond, ``y1`` on ``z2``.
    """
    return read_graph(
        "a",
        "b<a",
        "c1<b@left",
        "c2<b",
        "d1<c1",
        "d2<c2",
        "m<d1,d2",
        "n<m",
        "z1@zed",
        "z2<z1!c1",
        "z3<z2",
        "y1!z2@why",
        "y2<y1",
    )
