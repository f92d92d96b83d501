"""The project with its history, made once a run, and an empty database for each test."""

from __future__ import annotations

import shutil
import uuid
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from tests.differential.harness import alembic
from tests.differential.history import make_project, use_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that holds the whole history and has no database yet."""
    folder = tmp_path_factory.mktemp("history")
    make_project(folder, alembic())
    return folder


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Return a function that gives the URL of one more empty database."""
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path / uuid.uuid4().hex}.db"
        return
    server: str = request.getfixturevalue(f"{request.param}_url")
    force = " WITH (FORCE)" if request.param == "postgresql" else ""
    made: list[str] = []

    def new() -> str:
        made.append(f"differential_{uuid.uuid4().hex}")
        _administer(server, f"CREATE DATABASE {made[-1]}")
        return sa.make_url(server).set(database=made[-1]).render_as_string(hide_password=False)

    yield new
    for name in made:
        _administer(server, f"DROP DATABASE {name}{force}")


@pytest.fixture
def project(history: Path, tmp_path: Path) -> Path:
    """Return a project of the test's own with the whole history."""
    return shutil.copytree(history, tmp_path / "project")


@pytest.fixture
def on_new_database(project: Path, new_url: Callable[[], str]) -> Callable[[], str]:
    """Return a function that points the project to one more empty database and gives its URL."""

    def point() -> str:
        url = new_url()
        use_database(project, url)
        return url

    return point


def _administer(server: str, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
