"""The project that the rows start from, and a pool that runs several rows at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.bad_input import outcome
from tests.bad_input.row import Project, Row
from tests.bad_input.sound import copy_sound, make_sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

Run = tuple[Project, outcome.Outcome]


@pytest.fixture(scope="session")
def sound_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project without faults, its SQLite database at the first of two revisions."""
    return make_sound(tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="session")
def run_row(sound_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """Return a function that runs a row on a copy of the project."""
    root = tmp_path_factory.mktemp("rows")

    def run(row: Row, server: str = "") -> Run:
        project = copy_sound(sound_project, root / row.id, server)
        return project, outcome.run(row, project)

    return run


@pytest.fixture(scope="session")
def started(
    request: pytest.FixtureRequest, run_row: Callable[..., Run]
) -> Iterator[dict[str, Future[Run]]]:
    """Return, by id, the rows of this session that need no server, all of them on their way.

    Under xdist there are none: each worker has every test in its session and runs a share.
    """
    if hasattr(request.config, "workerinput"):
        yield {}
        return
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    rows = [_row_of(item) for item in request.session.items]
    yield {row.id: pool.submit(run_row, row) for row in rows if row is not None and not row.needs}
    pool.shutdown(cancel_futures=True)


def _row_of(item: pytest.Item) -> Row | None:
    row: Any = getattr(item, "callspec", None) and item.callspec.params.get("row")  # type: ignore[attr-defined] # of parametrized ones
    return row if isinstance(row, Row) else None
