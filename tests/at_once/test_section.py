"""The stored results are of all cells and rows, and say of this side what the tests hold."""

from __future__ import annotations

from tests.at_once.matrix import CELLS, DATABASES, ROUNDS
from tests.at_once.section import OUTCOMES, SIDES, stored
from tests.bad_input.table import ROWS


def test_every_cell_was_played() -> None:
    """Each cell on each database with both sides, and all rounds."""
    found = {
        (cell, database, side): numbers["rounds"]
        for cell, row in stored()["cells"].items()
        for database, sides in row.items()
        for side, numbers in sides.items()
    }
    places = [(cell, database) for cell in CELLS for database in DATABASES]
    expected = {(*place, side): ROUNDS for place in places for side in SIDES}
    assert expected == found
    assert set(SIDES) == set(stored()["threads"])


def test_this_side_is_good_in_every_round() -> None:
    """None failed, and no row was lost or doubled."""
    good = {"rounds": ROUNDS, "good": ROUNDS, "failed": 0, "wrong": 0}
    cells = stored()["cells"]
    assert [good] * 12 == [cells[cell][each]["Idiolect"] for cell in CELLS for each in DATABASES]
    assert good == stored()["threads"]["Idiolect"]


def test_no_bad_input_of_this_side_ends_badly() -> None:
    """As `tests/bad_input` holds for each row."""
    bad = stored()["bad_input"]
    assert [] == [name for name in OUTCOMES if bad["Idiolect"].get(name)]
    # Rows come with each change; the page is written anew now and then.
    assert bad["both"] <= bad["rows"] <= len(ROWS)
