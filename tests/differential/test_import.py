"""Projects that the real Alembic made, rewritten to Idiolect's names, run without its name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from tests.differential.harness import alembic, idiolect
from tests.differential.templates import HISTORY, TEMPLATES, make_project, use_databases

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = {"multidb", "pyproject_async"}


@pytest.mark.parametrize(
    "template",
    [pytest.param(t, marks=[] if t in SAMPLE else [pytest.mark.full]) for t in TEMPLATES],
)
def test_a_rewritten_project_runs_on_idiolect_alone(
    template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --write nothing names Alembic any more: the history runs where nothing stands for it."""
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
