"""Histories of published packages can be linted, without a server."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.histories.packages import PACKAGES
from tests.histories.project import make_project, use_database
from tests.histories.published import unpacked

if TYPE_CHECKING:
    from tests.histories.published import Published

URLS = {
    "mysql": "mysql+pymysql://app@no.such.host/x",
    "postgresql": "postgresql+psycopg://app@no.such.host/x",
    "sqlite": "sqlite:////no/such/folder/x.db",
}
PROGRAM = (
    "import idiolect_alembic; idiolect_alembic.activate(); "
    "from idiolect.cli.main import main; main()"
)
SAMPLE = ("freezer-api", "mysql"), ("tacker", "postgresql"), ("cloudkitty", "sqlite")
RUNS = [
    pytest.param(
        package,
        dialect,
        id=f"{package.name}-{dialect}",
        marks=[] if (package.name, dialect) in SAMPLE else [pytest.mark.full],
    )
    for package in PACKAGES
    if package.env == "plain"
    for dialect in URLS
]


def calls(path: str) -> set[int]:
    """Return the lines of the calls in a file, and the first line, for findings about all of it."""
    tree = ast.parse(Path(path).read_bytes())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {1, *(line for node in found for line in range(node.lineno, _end(node) + 1))}


def _end(node: ast.Call) -> int:
    return node.end_lineno or node.lineno


@pytest.mark.parametrize(("package", "dialect"), RUNS)
def test_published_history_can_be_linted(package: Published, dialect: str, tmp_path: Path) -> None:
    """Every revision is checked, and each finding is at a call in its file."""
    folder = tmp_path / "project"
    where = unpacked(package)
    make_project(folder, package)
    env = use_database(folder, package, where, URLS[dialect])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "lint", "--json"],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    document: dict[str, Any] = json.loads(done.stdout)
    message = document.get("error", {"message": "The linter found "})["message"]
    files = [
        path
        for place in package.locations
        for path in (where[0] / place).glob("*.py")
        if "revision" in path.read_text(encoding="utf-8")
    ]

    assert message.startswith("The linter found ")
    assert len(files) == len(document["checked"])
    assert {*document["unseen"]} < {*document["checked"]}
    assert [] == [
        each
        for each in [*document["findings"], *document["notes"]]
        if each["line"] not in calls(each["file"])
    ]
