"""`Plugin` objects are called, and change what is found, as the real Alembic has it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.differential import plugin_objects
from tests.differential.harness import SECONDS
from tests.differential.reference import reference_python


def _outcomes(python: str, tool: str) -> dict[str, Any]:
    done = subprocess.run(
        [python, plugin_objects.__file__, tool],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    outcomes: dict[str, Any] = json.loads(done.stdout)
    return outcomes


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    """What came of each case with the real Alembic."""
    return _outcomes(str(reference_python()), "alembic")


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    """Likewise with Idiolect."""
    return _outcomes(sys.executable, "idiolect")


@pytest.mark.parametrize("case", [*plugin_objects.CASES, "misuse"])
def test_a_plugin_does_what_it_does_with_alembic(
    case: str, real: dict[str, Any], ours: dict[str, Any]
) -> None:
    """Calls, their order and arguments, the differences found and the errors are the same."""
    assert real[case] == ours[case]
