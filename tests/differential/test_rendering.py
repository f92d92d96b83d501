"""Operations as Python: both tools write the same text, except as listed in differences.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.differential.harness import SECONDS
from tests.differential.reference import reference_python

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]

#: What stands in the real Alembic's text for something that does not run as it is.
CORRECTED = {
    # The driver's escape, written once too often.
    "%%": "%",
    # Not in SQLAlchemy's own namespace.
    "sa.NullType()": "sa.types.NullType()",
    "sa.MatchType()": "sa.types.MatchType()",
    # The prefix of a type inside of another dialect's.
    "(astext_type=Text())": "(astext_type=sa.Text())",
    # Else the revision has a parameter there.
    """"':a'\"""": """"'\\\\:a'\"""",
}
#: The same on PostgreSQL alone, where CREATE INDEX wants brackets.
CASE = "'CASE WHEN (y > 1) THEN 2 ELSE 3 END'"
BRACKETED_CASE = "'(CASE WHEN (y > 1) THEN 2 ELSE 3 END)'"


@pytest.fixture(scope="module")
def real() -> Mapping[str, str]:
    """What the real Alembic renders, by the names of the cases."""
    return _rendered(str(reference_python()), "alembic")


@pytest.fixture(scope="module")
def ours() -> Mapping[str, str]:
    """What Idiolect renders."""
    return _rendered(sys.executable, "idiolect")


def test_the_same_text(real: Mapping[str, str], ours: Mapping[str, str]) -> None:
    """Each case is rendered as the real Alembic does, where that runs."""
    assert len(real) > 1000
    assert {name: _corrected(name, code) for name, code in real.items()} == ours


@pytest.mark.parametrize("wrong", [*CORRECTED, CASE])
def test_each_correction_is_needed(real: Mapping[str, str], wrong: str) -> None:
    """What the real Alembic has mended since is no difference any longer."""
    assert any(wrong in code for code in real.values())


def test_all_is_rendered(ours: Mapping[str, str]) -> None:
    """Every item of the corpus can be rendered."""
    assert [] == [name for name, code in ours.items() if not code.startswith("# ###")]


def _rendered(python: str, tool: str) -> dict[str, str]:
    done = subprocess.run(
        [python, "-m", "tests.differential.rendering", tool],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rendered: dict[str, str] = json.loads(done.stdout)
    return rendered


def _corrected(name: str, code: str) -> str:
    for wrong, right in CORRECTED.items():
        code = code.replace(wrong, right)
    return code.replace(CASE, BRACKETED_CASE) if name.startswith("postgresql") else code
