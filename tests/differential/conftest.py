"""The project with its history, created once per run, and an empty database for each test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.differential.databases import databases
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
    """Return a function that returns the URL of another empty database."""
    with databases(request, request.param, tmp_path) as new:
        yield new


@pytest.fixture
def project(history: Path, tmp_path: Path) -> Path:
    """Return a project of the test's own with the whole history."""
    return shutil.copytree(history, tmp_path / "project")


@pytest.fixture
def on_new_database(project: Path, new_url: Callable[[], str]) -> Callable[[], str]:
    """Return a function that points the project to another empty database and returns its URL."""

    def point() -> str:
        url = new_url()
        use_database(project, url)
        return url

    return point
