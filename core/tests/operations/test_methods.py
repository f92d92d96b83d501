"""The generated file that type checkers read."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from typing import Any

import pytest

from idiolect.operations import Operations
from idiolect.operations.methods import OperationsMethods
from idiolect.operations.registry import directives

GENERATOR = Path(__file__).parents[3] / "tools" / "write_stubs.py"


@pytest.mark.skipif(not GENERATOR.exists(), reason="the generator stands in the repository only")
def test_generated_files_are_up_to_date() -> None:
    """Generating the files again changes nothing."""
    spec = importlib.util.spec_from_file_location("write_stubs", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    generator: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    assert generator.outdated() == [], "run tools/write_stubs.py"


@pytest.mark.parametrize("name", [n for n in directives.names() if n in vars(OperationsMethods)])
def test_generated_signatures_are_those_of_operations(name: str) -> None:
    """What a type checker sees is what Operations take."""
    seen = inspect.signature(vars(OperationsMethods)[name])
    real = inspect.signature(vars(Operations)[name])
    assert list(seen.parameters.values()) == list(real.parameters.values())
    assert seen.return_annotation == real.return_annotation


def test_every_directive_of_the_core_is_generated() -> None:
    """No operation of the core is hidden from type checkers."""
    core = {
        registration.name
        for registration in directives.registrations()
        if registration.op_class.__module__.startswith("idiolect.")
    }
    assert core <= vars(OperationsMethods).keys()
