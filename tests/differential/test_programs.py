"""Programs that use the API get the same results as with the real Alembic."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.differential.harness import SECONDS
from tests.differential.reference import reference_python

ROOT = Path(__file__).resolve().parents[2]
MORE = "an identifier of several is one answer, all of them"
NAMED = "an identifier that names one is taken in a list, too"
#: What differs, and why.
ALLOWED = {
    "as_revision_number ('a1aa', 'b2bb')": MORE,
    "as_revision_number ['heads']": NAMED,
}


def test_answers(tmp_path: Path) -> None:
    """Config, ScriptDirectory, commands and callbacks return or raise the same."""
    expected = _answers(str(reference_python()), "alembic", tmp_path)
    found = _answers(sys.executable, "idiolect", tmp_path)

    assert expected.keys() == found.keys()
    differing = {
        question: (expected[question], found[question])
        for question in expected
        if expected[question] != found[question]
    }
    assert ALLOWED == {
        question: ALLOWED.get(question, both) for question, both in differing.items()
    }


def _answers(python: str, tool: str, base: Path) -> dict[str, Any]:
    folder = base / tool
    folder.mkdir()
    done = subprocess.run(
        [python, "-m", "tests.differential.programs", tool, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.replace(str(folder), "FOLDER"))
    return told
