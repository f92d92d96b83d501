"""The page on reliability matches the stored results, and these match the current histories."""

from __future__ import annotations

from tests.faults.matrix import DATABASES, histories_for
from tests.faults.page import PAGE, SIDES, names, stored, text_of


def test_the_page_is_written_from_the_results() -> None:
    """After a change run tools/write_reliability_page.py."""
    assert text_of(stored()) == PAGE.read_text(encoding="utf-8")


def test_the_results_are_of_these_histories() -> None:
    """Each history on each database that it can run on, with both sides."""
    cells = stored()["cells"]
    assert names() == list(cells)
    expected = {
        (history.name, name): set(SIDES) for name in DATABASES for history in histories_for(name)
    }
    assert expected == {
        (name, database): set(sides)
        for name, row in cells.items()
        for database, sides in row.items()
    }


def test_every_case_is_finished_or_told() -> None:
    """No row is lost or duplicated, no run is blocked; only revisions that read report an error."""
    cells = stored()["cells"]
    for database in DATABASES:
        for history in histories_for(database):
            found = cells[history.name][database]["Idiolect"]
            allowed = {"same", "told"} if history.reads else {"same"}
            assert set() == {*found} - allowed
