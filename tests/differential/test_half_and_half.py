"""A history run partly by each tool, in both orders: schema and version table are the same.

The reference is the result of the same commands with the real Alembic alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.differential.harness import alembic, idiolect, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.differential.harness import Tool

Plan = tuple[tuple[str, ...], ...]

SAMPLE: dict[str, Plan] = {
    "linear-then-all": (("upgrade", "b2"), ("upgrade", "heads")),
    "all-and-back": (("upgrade", "heads"), ("downgrade", "base")),
    "over-the-merge": (("upgrade", "a7"), ("downgrade", "b2"), ("upgrade", "heads")),
}
LONG: dict[str, Plan] = {
    "branch-then-merge": (("upgrade", "billing@head"), ("upgrade", "a7")),
    "relative": (("upgrade", "+2"), ("downgrade", "-1"), ("upgrade", "c3")),
    "depends-on": (("upgrade", "reports@head"), ("upgrade", "heads")),
    "one-line-back": (("upgrade", "heads"), ("downgrade", "reports@base")),
    "stamps": (("stamp", "b2"), ("stamp", "heads"), ("stamp", "c3")),
    "purge": (("upgrade", "b2"), ("stamp", "--purge", "a7"), ("downgrade", "e5")),
    "unknown-revision": (("upgrade", "b2"), ("upgrade", "nowhere")),
    "below-the-base": (("upgrade", "a1"), ("downgrade", "-2")),
    "several-heads": (("upgrade", "b2"), ("upgrade", "head")),
}
PLANS = [
    *(pytest.param(plan, id=name) for name, plan in SAMPLE.items()),
    *(pytest.param(plan, id=name, marks=pytest.mark.full) for name, plan in LONG.items()),
]
"""Commands in order; the tools take turns."""


@pytest.mark.parametrize("idiolect_begins", [True, False], ids=["idiolect-first", "alembic-first"])
@pytest.mark.parametrize("plan", PLANS)
def test_taking_turns_gives_the_same_database(
    plan: Plan,
    idiolect_begins: bool,
    project: Path,
    on_new_database: Callable[[], str],
) -> None:
    """Exit statuses and database equal those of the real Alembic alone, whichever begins."""
    url = on_new_database()
    expected_statuses = _run(plan, [alembic()], project)
    expected = snapshot(url)
    url = on_new_database()
    tools = [idiolect(), alembic()] if idiolect_begins else [alembic(), idiolect()]

    statuses = _run(plan, tools, project)

    assert expected_statuses == statuses
    assert expected == snapshot(url)


@pytest.mark.full
@pytest.mark.parametrize("plan", PLANS)
def test_idiolect_alone_gives_the_same_database(
    plan: Plan, project: Path, on_new_database: Callable[[], str]
) -> None:
    """Exit statuses and database equal those of the real Alembic, with Idiolect alone."""
    url = on_new_database()
    expected_statuses = _run(plan, [alembic()], project)
    expected = snapshot(url)
    url = on_new_database()

    statuses = _run(plan, [idiolect()], project)

    assert expected_statuses == statuses
    assert expected == snapshot(url)


def _run(plan: Plan, tools: Sequence[Tool], project: Path) -> list[int]:
    return [
        _status(tools[number % len(tools)], project, words) for number, words in enumerate(plan)
    ]


def _status(tool: Tool, project: Path, words: tuple[str, ...]) -> int:
    outcome = tool.run(project, *words)
    # An error of a user's making is expected in some plans; a crash never is.
    assert "Traceback" not in outcome.err, outcome.err
    return min(outcome.status, 1)
