"""Upgrades and downgrades through random graphs: both tools take the same steps in one order."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.differential import planning
from tests.differential.harness import SECONDS
from tests.differential.reference import reference_python

if TYPE_CHECKING:
    from collections.abc import Mapping

    Plans = Mapping[str, list[str] | None]


def _plans(python: str, tool: str) -> Plans:
    done = subprocess.run(
        [python, planning.__file__, tool],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    plans: Plans = json.loads(done.stdout)
    return plans


@pytest.fixture(scope="module")
def real() -> Plans:
    """What the real Alembic plans."""
    return _plans(str(reference_python()), "alembic")


@pytest.fixture(scope="module")
def ours() -> Plans:
    """What Idiolect plans."""
    return _plans(sys.executable, "idiolect")


def test_the_same_plans(real: Plans, ours: Plans) -> None:
    """Where both have a plan, it is the same."""
    both = {key: plan for key, plan in real.items() if plan is not None and ours[key] is not None}

    assert len(both) > 4000
    assert both == {key: ours[key] for key in both}


def test_what_alembic_plans_is_planned(real: Plans, ours: Plans) -> None:
    """Every plan of Alembic is accepted, except for inconsistent names around ``@``."""
    refused = [key for key, plan in real.items() if plan is not None and ours[key] is None]

    assert [] == [key for key in refused if "@" not in key.split()[2]]
