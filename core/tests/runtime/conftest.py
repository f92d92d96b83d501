"""Revisions of a graph that stand in no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.revisions.graph import RevisionMap
from idiolect.revisions.node import Revision

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def graph() -> Callable[[str], RevisionMap]:
    """Return a function that reads a graph: ``"a; b<a; m<b,c; d<a+b"``, ``+`` a dependency."""

    def read(text: str) -> RevisionMap:
        revisions = []
        for each in text.split(";"):
            rest, _, dependencies = each.strip().partition("+")
            name, _, downs = rest.partition("<")
            down = tuple(part.strip() for part in downs.split(",") if part.strip())
            needs = tuple(part.strip() for part in dependencies.split(",") if part.strip())
            revisions.append(Revision(name.strip(), down or None, needs or None))
        return RevisionMap(lambda: revisions)

    return read
