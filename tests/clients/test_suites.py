"""The tests that libraries ship, or are: each ends as with the real Alembic."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.clients.client import CLIENTS, make_project
from tests.clients.suites import run_suite
from tests.differential.fetch import fetched_source

if TYPE_CHECKING:
    from pathlib import Path

FLASK_MIGRATE_SOURCE = "1a336b06eb2c3ace005f5f2ded8641d534c18798d64061f6ff11f79e1434126d"


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(("-k", "custom_template"), id="sample"),
        pytest.param((), id="all", marks=pytest.mark.full),
    ],
)
def test_flask_migrate_passes_its_own_tests(chosen: tuple[str, ...], tmp_path: Path) -> None:
    """``flask db`` passes its authors' tests under the alias, in separate processes."""
    client = CLIENTS["flask-migrate"]
    source = fetched_source(f"{client.name}=={client.version}", FLASK_MIGRATE_SOURCE)
    suites = {}
    for tool in ("alembic", "idiolect"):
        folder = shutil.copytree(source / "tests", tmp_path / tool / "tests").parent
        suites[tool] = run_suite(tool, client, folder, ("tests", *chosen), tmp_path / f"{tool}-bin")

    assert suites["alembic"].outcomes == suites["idiolect"].outcomes, suites["idiolect"].said
    assert {"passed"} == set(suites["idiolect"].outcomes.values())


def test_pytest_alembic_judges_alike(tmp_path: Path) -> None:
    """Its tests find the same faults of a history, with the same exceptions."""
    client = CLIENTS["pytest-alembic"]
    suites = {}
    for tool in ("alembic", "idiolect"):
        folder = tmp_path / tool
        make_project(folder, client, "sqlite://")
        arguments = ("-p", "pytest_alembic.plugin", "--rootdir", str(folder), "own_tests.py")
        suites[tool] = run_suite(tool, client, folder, arguments, tmp_path / f"{tool}-bin")

    assert suites["alembic"].outcomes == suites["idiolect"].outcomes, suites["idiolect"].said
    assert {"passed"} < set(suites["idiolect"].outcomes.values())
