"""The example works as its README says, on each database with only the URL changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

PROJECT = Path(__file__).parents[1]
HEAD = "6d3ba9f7205c"
TABLES = {"currency", "customer", "orders", "product"}


@pytest.fixture(
    params=[
        pytest.param("sqlite", id="sqlite"),
        pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgresql),
    ]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/shop.db"
    fresh: str = request.getfixturevalue("fresh_postgresql")
    return fresh


@pytest.fixture
def project(tmp_path: Path, url: str) -> Path:
    """A copy of the example with another URL."""
    copy = tmp_path / "project"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("*.db", "tests", "__pycache__"))
    ini = copy / "idiolect.ini"
    lines = ini.read_text(encoding="utf-8").splitlines()
    doubled = url.replace("%", "%%")
    changed = [f"sqlalchemy.url = {doubled}" if _is_url(line) else line for line in lines]
    ini.write_text("\n".join(changed), encoding="utf-8")
    return copy


def test_up_down_and_up_again(project: Path, url: str) -> None:
    """Each run ends at its target, with the tables and rows of that revision."""
    run(project, "upgrade", "head")
    first = tables(url)
    run(project, "downgrade", "base")
    emptied = tables(url)
    run(project, "upgrade", "head")

    assert TABLES <= first
    assert not TABLES & emptied
    assert TABLES <= tables(url)
    assert ["CHF", "EUR", "JPY"] == currencies(url)
    assert f"{HEAD} (head)" == run(project, "current").strip().splitlines()[-1]


def test_history_shows_branch_and_merge(project: Path) -> None:
    """The history lists all six revisions, and marks the branch point and the merge point."""
    lines = run(project, "history").splitlines()

    assert 6 == len(lines)
    assert any("(mergepoint)" in line for line in lines)
    assert any("(branchpoint)" in line for line in lines)


def test_sql_holds_every_step(project: Path) -> None:
    """Offline, the same revisions generate SQL and connect to no database."""
    sql = run(project, "upgrade", "head", "--sql")

    assert all(f"CREATE TABLE {name}" in sql for name in TABLES)
    assert "INSERT INTO currency" in sql
    assert "CREATE INDEX ix_orders_customer_placed" in sql


def _is_url(line: str) -> bool:
    return line.startswith("sqlalchemy.url")


def run(project: Path, *arguments: str) -> str:
    """Run idiolect in the project's folder and return its output."""
    done = subprocess.run(
        [sys.executable, "-m", "idiolect", *arguments],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def tables(url: str) -> set[str]:
    """Return the names of the tables."""
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def currencies(url: str) -> list[str]:
    """Return the codes of the currencies, sorted."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return list(connection.scalars(text("SELECT code FROM currency ORDER BY code")))
    finally:
        engine.dispose()
