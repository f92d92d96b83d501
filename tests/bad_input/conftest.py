"""The project that the rows start from, and a pool that runs several rows at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.bad_input import outcome
from tests.bad_input.row import FIRST, FIRST_FILE, SECOND, SECOND_FILE, Project, Row
from tests.bad_input.spoil import url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

Run = tuple[Project, outcome.Outcome]

_REVISION = '''"""{doc}"""

import sqlalchemy as sa
from idiolect import op

revision = {rev!r}
down_revision = {down!r}


def upgrade():
    op.create_table("{doc}", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("{doc}")
'''


@pytest.fixture(scope="session")
def sound_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project without faults, its SQLite database at the first of two revisions."""
    folder = tmp_path_factory.mktemp("sound")
    _idiolect(folder, "-q", "init", "migrations")
    project = Project(folder)
    # Text that no message may show, wherever the file is spoilt.
    url("sqlite:///app.db\nreporting.url = postgresql://app:THE-SECRET@db.example/app")(project)
    for rev, down, file, doc in (
        (FIRST, None, FIRST_FILE, "first"),
        (SECOND, FIRST, SECOND_FILE, "second"),
    ):
        (project.versions / file).write_text(_REVISION.format(rev=rev, down=down, doc=doc))
    _idiolect(folder, "upgrade", FIRST)
    return folder


@pytest.fixture(scope="session")
def run_row(sound_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """Return a function that runs a row on a copy of the project."""
    root = tmp_path_factory.mktemp("rows")

    def run(row: Row, server: str = "") -> Run:
        # As with Alembic, bytecode stands in for an env.py that is gone: none is copied or made.
        without_bytecode = shutil.ignore_patterns("__pycache__")
        folder = shutil.copytree(sound_project, root / row.id, ignore=without_bytecode)
        project = Project(folder, server)
        ini = folder / "idiolect.ini"
        ini.write_text(ini.read_text("utf-8").replace("THE-SECRET", project.secret), "utf-8")
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


def _idiolect(folder: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "idiolect", *words], cwd=folder, check=True, capture_output=True
    )
