"""Revisions interrupted at any point are completed by the next run, or it reports why not.

Processes are killed after statements and commits and at random moments, sessions are terminated by
the server, the disk is full; statements fail and are fixed. See `histories.py` for the revisions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.matrix import FULL, SAMPLE, histories_for, play

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.histories import History

MARKS = {"postgresql": pytest.mark.postgresql, "mariadb": pytest.mark.mariadb}
#: Not every history runs on every database.
EACH = [
    pytest.param(name, history.name, marks=MARKS.get(name, ()), id=f"{name}-{history.name}")
    for name in FULL
    for history in histories_for(name)
]


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """A database's name and the URL of an empty one."""
    name: str = request.param
    if name == "sqlite":
        return name, f"sqlite:///{tmp_path / 'faults.db'}"
    return name, request.getfixturevalue(f"fresh_{name}")


def test_a_sample(database: tuple[str, str], tmp_path: Path) -> None:
    """The next run reaches the undisturbed state, or stops with an error if the revision reads."""
    name, url = database
    histories = [history for history in histories_for(name) if history.in_sample]
    played = play(url, tmp_path / "projects", histories, SAMPLE[name])
    assert [] == [case for each in histories for case in wrong(name, each, played)]
    struck = {
        case["fault"] for cases in played.values() for case in cases if "done" != case["first"]
    }
    # What is killed after a while may be done by then.
    assert {*SAMPLE[name]} - {"moment"} == struck - {"moment"}


@pytest.mark.full
@pytest.mark.parametrize(("database", "name"), EACH, indirect=["database"])
def test_all_points(database: tuple[str, str], name: str, tmp_path: Path) -> None:
    """The same, cut off at each point there is."""
    kind, url = database
    histories = [history for history in histories_for(kind) if history.name == name]
    played = play(url, tmp_path / "projects", histories, FULL[kind])
    assert [] == wrong(kind, histories[0], played)


def wrong(
    database: str, history: History, played: dict[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return the cases that did not end as they should."""
    # Where a rollback undoes all, what was read is read again.
    allowed = {"same", "told"} if history.reads and database == "mariadb" else {"same"}
    return [case for case in played[history.name] if case["outcome"] not in allowed]
