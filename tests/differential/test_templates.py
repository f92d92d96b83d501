"""Projects from each of Alembic's templates, run half with each tool: the same databases.

The tools take turns, in both orders; the reference is the state that the real Alembic alone leaves
after each command.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.differential.databases import databases
from tests.differential.harness import alembic, assert_same_states, snapshot
from tests.differential.playing import playing
from tests.differential.templates import DRIVERS, TEMPLATES, make_project, use_databases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COMMANDS = (
    ("upgrade", "a1"),
    ("upgrade", "b2"),
    ("downgrade", "-1"),
    ("upgrade", "heads"),
    ("downgrade", "aside@base"),
    ("upgrade", "heads"),
    ("stamp", "b2"),
    ("stamp", "heads"),
    ("downgrade", "base"),
    ("upgrade", "heads"),
)
ORDERS = {"idiolect-first": ("idiolect", "alembic"), "alembic-first": ("alembic", "idiolect")}
SAMPLE = {("multidb", "sqlite"), ("pyproject_async", "sqlite")}
SERVERS = {"postgresql": [pytest.mark.postgresql], "mariadb": [pytest.mark.mariadb]}
CASES = [
    pytest.param(
        template,
        database,
        id=f"{template}-{database}",
        marks=[
            *SERVERS.get(database, []),
            *([] if (template, database) in SAMPLE else [pytest.mark.full]),
        ],
    )
    for template in TEMPLATES
    for database in ("sqlite", "postgresql", "mariadb")
    if "async" not in template or database in DRIVERS
]


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that returns the project of a template, created once per run."""
    made: dict[str, Path] = {}

    def project(template: str) -> Path:
        if template not in made:
            folder = tmp_path_factory.mktemp(template)
            make_project(folder, alembic(), template)
            made[template] = folder
        return made[template]

    return project


@pytest.fixture
def new_url(
    request: pytest.FixtureRequest, database: str, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Return a function that returns the URL of another empty database."""
    with databases(request, database, tmp_path) as new:
        yield new


@pytest.mark.parametrize(("template", "database"), CASES)
def test_a_template_runs_half_with_each_tool(
    template: str,
    database: str,
    projects: Callable[[str], Path],
    new_url: Callable[[], str],
    tmp_path: Path,
) -> None:
    """After each command the databases equal the real Alembic's, whichever tool begins."""
    played: dict[str, list[Any]] = {}
    for order, tools in {"alone": ("alembic",), **ORDERS}.items():
        folder = shutil.copytree(projects(template), tmp_path / order)
        urls = [new_url() for _ in range(2 if template == "multidb" else 1)]
        use_databases(folder, template, urls)
        played[order] = _play(tools, folder, urls)

    for order in ORDERS:
        assert_same_states(played["alone"], played[order], order)


def _play(tools: tuple[str, ...], folder: Path, urls: list[str]) -> list[Any]:
    played = []
    with ExitStack() as stack:
        runs = [
            stack.enter_context(playing(tool, folder, "alembic.config:main", {})) for tool in tools
        ]
        for number, words in enumerate(COMMANDS):
            done = runs[number % len(runs)](words)
            assert not done.failed, f"{tools}: {' '.join(words)}\n{done.said}"
            played.append((words, [snapshot(url) for url in urls]))
    return played
