"""The plugin as if it were installed, for commands in processes of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from installed import installed_for_tests

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def plugin() -> Iterator[None]:
    """Let the plugin be found by its entry point."""
    with installed_for_tests(Path(__file__).parents[1]):
        yield
