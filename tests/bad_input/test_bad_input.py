"""Every row of the table of bad input ends in one clear message, without a secret or a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bad_input.outcome import can_be_powerless, faults
from tests.bad_input.table import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from tests.bad_input.conftest import Run
    from tests.bad_input.row import Row


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row.id, marks=[getattr(pytest.mark, row.needs)] if row.needs else [])
        for row in ROWS
    ],
)
def test_row(
    row: Row,
    request: pytest.FixtureRequest,
    run_row: Callable[..., Run],
    started: dict[str, Future[Run]],
) -> None:
    """The command fails or warns as the row says."""
    if row.powerless and not can_be_powerless():
        pytest.skip("root is refused nothing, and setpriv, which would change that, is not there")
    if row.needs:
        project, outcome = run_row(row, request.getfixturevalue(f"fresh_{row.needs}"))
    elif row.id in started:
        project, outcome = started[row.id].result()
    else:
        project, outcome = run_row(row)
    told = f"$ idiolect {row.command}\n{outcome.out}{outcome.err}"

    assert [] == faults(row, project, outcome), told


def test_ids() -> None:
    """No two rows have one id, which names their folder too."""
    ids = [row.id for row in ROWS]

    assert sorted(set(ids)) == sorted(ids)
