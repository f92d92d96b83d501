"""Lazily created revisions: the dictionary appears complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.revisions.node import Revision
from idiolect.revisions.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("ccc", "aaa", "bbb")


@pytest.fixture
def made() -> list[str]:
    """Return a list of all revisions created from now on."""
    return []


@pytest.fixture
def shelf(made: list[str]) -> Shelf:
    """Return a shelf of three revisions."""

    def make(place: int) -> Revision:
        made.append(NAMES[place])
        return Revision(NAMES[place], None)

    return Shelf({name: place for place, name in enumerate(NAMES)}, make)


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        pytest.param(len, 3, id="len"),
        pytest.param(list, list(NAMES), id="iteration"),
        pytest.param(lambda shelf: list(shelf.keys()), list(NAMES), id="keys"),
        pytest.param(lambda shelf: "aaa" in shelf, True, id="in"),
        pytest.param(lambda shelf: "zzz" in shelf, False, id="not in"),
        pytest.param(lambda shelf: shelf.get("zzz", 1), 1, id="get"),
        pytest.param(bool, True, id="bool"),
        pytest.param(sorted, sorted(NAMES), id="sorted"),
    ],
)
def test_names_are_there_before_revisions_are(
    shelf: Shelf, made: list[str], look: Callable[[Shelf], object], expected: object
) -> None:
    """Iterating over names creates no revisions."""
    assert expected == look(shelf)
    assert [] == made


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(lambda shelf: list(shelf.values()), id="values"),
        pytest.param(lambda shelf: [one for _, one in shelf.items()], id="items"),
        pytest.param(lambda shelf: list(shelf.filled().values()), id="filled"),
        pytest.param(lambda shelf: list(dict(shelf).values()), id="copied"),
        pytest.param(lambda shelf: list({**shelf}.values()), id="unpacked"),
    ],
)
def test_whoever_wants_all_gets_all_in_order(
    shelf: Shelf, made: list[str], look: Callable[[Shelf], list[Revision]]
) -> None:
    """Views and copies are complete, and no revision is created twice."""
    first = shelf["bbb"]

    found = look(shelf)

    assert list(NAMES) == [one.revision for one in found]
    assert first is found[2] is shelf["bbb"] is shelf.get("bbb")
    assert sorted(NAMES) == sorted(made)


def test_unknown_name_is_a_key_error(shelf: Shelf) -> None:
    """An unknown name raises KeyError, as in any dictionary."""
    with pytest.raises(KeyError, match="zzz"):
        shelf["zzz"]


def test_of_two_that_are_made_at_once_one_stays() -> None:
    """If a second thread creates the revision meanwhile, both get the same one."""
    seen: list[Revision] = []

    def make(_: int) -> Revision:
        if not seen:
            seen.append(Revision("other", None))
            seen.append(one_name["aaa"])
        return Revision("aaa", None)

    one_name = Shelf({"aaa": 0}, make)

    assert one_name["aaa"] is seen[1] is one_name["aaa"]
