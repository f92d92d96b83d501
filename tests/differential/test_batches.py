"""Random batches on SQLite: the real Alembic produces the same schema and rows."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.differential.batches import STEPS, play
from tests.differential.reference import reference_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = st.integers(0, 40)
PLANS = st.lists(
    st.lists(st.tuples(st.sampled_from(STEPS), NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=6),
    min_size=1,
    max_size=5,
)
SETTINGS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def reference() -> Iterator[Callable[[Any], dict[str, Any]]]:
    """Runs plans with the real Alembic, in one process for all."""
    with subprocess.Popen(
        [str(reference_python()), "-m", "tests.differential.batches", "alembic"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def ask(plan: Any) -> dict[str, Any]:
            stdin.write(json.dumps(plan) + "\n")
            stdin.flush()
            answer: dict[str, Any] = json.loads(stdout.readline())
            return answer

        yield ask
        stdin.close()


@pytest.mark.filterwarnings("ignore")
@SETTINGS
@given(plan=PLANS)
def test_random_batches(reference: Callable[[Any], dict[str, Any]], plan: Any) -> None:
    """Columns, constraints, indexes, rows are the same; what fails with one does with both."""
    expected = reference(plan)
    found = play("idiolect", plan)
    assert bool(expected["failed"]) == bool(found["failed"]), (expected["failed"], found["failed"])
    assert expected["held"] == found["held"]


@pytest.mark.filterwarnings("ignore")
def test_every_step_does_something(reference: Callable[[Any], dict[str, Any]]) -> None:
    """Each step changes the table, so both tools cannot agree by failing."""
    before = reference([])
    for word in STEPS:
        # The foreign key that is there goes before another can be made.
        first = [[("undo", 2, 0, 0)]] if word == "key" else []
        after = reference([*first, [(word, 1, 0, 1)]])
        assert not after["failed"], word
        assert before["held"] != after["held"], word
