"""The stored results are of all cells, and say of this side what the tests hold."""

from __future__ import annotations

from tests.at_once.matrix import CELLS, DATABASES, ROUNDS
from tests.at_once.section import SIDES, stored


def test_every_cell_was_played() -> None:
    """Each cell on each database with both sides, and all rounds."""
    found = {
        (cell, database, side): numbers["rounds"]
        for cell, row in stored()["cells"].items()
        for database, sides in row.items()
        for side, numbers in sides.items()
    }
    expected = {
        (cell, each, side): ROUNDS for cell in CELLS for each in DATABASES for side in SIDES
    }
    assert expected == found
    assert set(SIDES) == set(stored()["threads"])


def test_this_side_is_good_in_every_round() -> None:
    """None failed, and no row was lost or doubled."""
    good = {"rounds": ROUNDS, "good": ROUNDS, "failed": 0, "wrong": 0}
    cells = stored()["cells"]
    assert [good] * 12 == [cells[cell][each]["Idiolect"] for cell in CELLS for each in DATABASES]
    assert good == stored()["threads"]["Idiolect"]
