"""Projects created by the real Alembic run without it once their imports are rewritten."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.differential.fetch import fetched
from tests.differential.harness import alembic, idiolect
from tests.differential.templates import HISTORY, TEMPLATES, make_project, use_databases

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "from-alembic.md"
IHATEMONEY = "7.2.1"
IHATEMONEY_HASH = "19742d7c6d08ee5675b97beefc7c40f1e07fe8ee2124a1036f5679f20ff9e324"
SAMPLE = {"multidb"}


@pytest.mark.parametrize(
    "template",
    [pytest.param(t, marks=[] if t in SAMPLE else [pytest.mark.full]) for t in TEMPLATES],
)
def test_a_rewritten_project_runs_on_idiolect_alone(
    template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After --write nothing names Alembic any more: the history runs without an alias."""
    make_project(tmp_path, alembic(), template)
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in ("one", "two")]
    use_databases(tmp_path, template, urls[: 2 if template == "multidb" else 1])
    heads = [HISTORY[-1].rev_id]
    words = ("import-alembic", "--format", "json")

    found = json.loads(idiolect().must(tmp_path, *words))
    idiolect().must(tmp_path, *words, "--write")

    assert (heads, len(HISTORY)) == (found["history"]["heads"], found["history"]["revisions"])
    assert ([], []) == (found["left"], found["notes"])
    assert len(HISTORY) + 3 + template.startswith("pyproject") == len(found["changes"])
    monkeypatch.setenv("IDIOLECT_DISABLE_PLUGINS", "idiolect-alembic")
    idiolect().must(tmp_path, "upgrade", "heads")
    idiolect().must(tmp_path, "revision", "-m", "one more")
    idiolect().must(tmp_path, "upgrade", "heads")
    assert "account" in sa.inspect(sa.create_engine(urls[0])).get_table_names()


def test_the_guide_shows_what_is_found_in_a_published_package(tmp_path: Path) -> None:
    """Each whole line of the report in from-alembic.md is reported for the package in question."""
    text = GUIDE.read_text(encoding="utf-8")
    shown = text.partition("```text\nProject /home/ann/ihatemoney\n")[2].partition("```")[0]
    lines = [line for line in shown.splitlines() if line and "..." not in line]
    package = fetched("ihatemoney", (f"ihatemoney=={IHATEMONEY}",), IHATEMONEY_HASH)
    project = shutil.copytree(package / "ihatemoney", tmp_path / "ihatemoney")

    told = idiolect().must(project, "import-alembic").splitlines()
    written = json.loads(idiolect().must(project, "import-alembic", "--write", "--format", "json"))

    assert f"{IHATEMONEY}, a Flask application" in text
    assert len(lines) > 10
    assert [] == [line for line in lines if line not in told]
    assert ([], 17) == (written["left"], len(written["changes"]))
