"""Tests of the documented import path."""

from __future__ import annotations

import subprocess
import sys

import pytest

from idiolect.errors import IdiolectError
from idiolect.script import revision

DOCUMENTED = [
    "CycleDetected",
    "DependencyCycleDetected",
    "DependencyLoopDetected",
    "LoopDetected",
    "MultipleHeads",
    "RangeNotAncestorError",
    "ResolutionError",
    "Revision",
    "RevisionError",
    "RevisionMap",
    "is_revision",
    "tuple_rev_as_scalar",
]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_names_are_there(name: str) -> None:
    """Every documented name can be imported from ``script.revision``."""
    assert name in revision.__all__
    assert hasattr(revision, name)


@pytest.mark.parametrize(
    "name", [name for name in DOCUMENTED if name.endswith(("Error", "Detected", "Heads"))]
)
def test_errors_have_codes_of_their_own(name: str) -> None:
    """Errors are user-facing, and each class has a code that no other has."""
    error = getattr(revision, name)
    others = [one for one in vars(revision).values() if hasattr(one, "code") and one is not error]

    assert issubclass(error, revision.RevisionError)
    assert issubclass(error, IdiolectError)
    assert error.code not in [one.code for one in others]


def test_the_graph_imports_nothing_heavy() -> None:
    """The graph only needs the standard library."""
    program = "import idiolect.revisions.graph, sys; print('sqlalchemy' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)

    assert shown.stdout.strip() == b"False"
