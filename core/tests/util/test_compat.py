"""Differences between versions of Python."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from idiolect.util.compat import signature_of

SOURCE = """
def grow(operations, size: OnlyForTypeCheckers, *, fast=False):
    pass
"""


@pytest.mark.skipif(
    sys.version_info < (3, 14), reason="before Python 3.14, such a function cannot be defined"
)
def test_a_name_that_only_type_checkers_import() -> None:
    """The name stays in the signature, whose parameters are still known."""
    namespace: dict[str, Any] = {}
    exec(compile(SOURCE, "revision", "exec", dont_inherit=True), namespace)
    assert ["operations", "size", "fast"] == [*signature_of(namespace["grow"]).parameters]


def test_a_signature_is_the_functions() -> None:
    """Annotations that were written as text are text."""

    def grow(operations: Any, *, fast: bool = False) -> None:
        """Do nothing."""

    assert "(operations: 'Any', *, fast: 'bool' = False) -> 'None'" == str(signature_of(grow))
