"""Histories of published packages, run by the real Alembic and by Idiolect under its name.

Up to the middle, where rows are put into all tables, up to the end, down, and up again: after each
command the two databases hold the same, the version table included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.differential.databases import databases
from tests.differential.harness import assert_same_states, snapshot
from tests.differential.playing import playing
from tests.histories.packages import PACKAGES
from tests.histories.project import make_project, use_database
from tests.histories.published import unpacked
from tests.histories.rows import put_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.histories.published import Published

SERVERS = {"postgresql": [pytest.mark.postgresql], "mariadb": [pytest.mark.mariadb]}
RUNS = [
    pytest.param(
        package,
        database,
        id=f"{package.name}-{database}",
        marks=[
            *SERVERS.get(database, []),
            *([] if database == package.sample else [pytest.mark.full]),
        ],
    )
    for package in PACKAGES
    for database in package.databases
]


@pytest.fixture
def new_url(
    request: pytest.FixtureRequest, database: str, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Return a function that returns the URL of another empty database."""
    with databases(request, database, tmp_path) as new:
        yield new


@pytest.mark.parametrize(("package", "database"), RUNS)
def test_published_history_gives_the_same_database(
    package: Published, database: str, tmp_path: Path, new_url: Callable[[], str]
) -> None:
    """Each command ends as with the real Alembic, with the same schema, rows and heads."""
    expected = _play("alembic", package, tmp_path / "alembic", new_url())

    states = _play("idiolect", package, tmp_path / "idiolect", new_url())

    assert_same_states(expected, states)


def _play(tool: str, package: Published, folder: Path, url: str) -> list[Any]:
    """Run all commands; return after each of them what the database holds.

    An expected failure would compare nothing: every command has to succeed.
    """
    where = unpacked(package)
    make_project(folder, package)
    env = use_database(folder, package, where, url)
    entry, *first = package.command
    states: list[Any] = []
    with playing(tool, folder, entry, env) as run:

        def must(*words: str) -> None:
            done = run([*first, *words])
            assert not done.failed, f"{tool}: {' '.join(words)}\n{done.said}"
            states.append((words, snapshot(url)))

        if package.middle is not None:
            must("upgrade", package.middle)
            taken = put_rows(url)
            assert any(taken.values())
            states.append(taken)
        must("upgrade", "heads")
        if package.down is not None:
            must("downgrade", package.down)
            must("upgrade", "heads")
    assert package.version_table in states[-1][1]
    return states
