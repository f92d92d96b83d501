"""Makes the plugin discoverable as if installed, also in subprocesses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from installed import installed_for_tests

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def plugin() -> Iterator[None]:
    """Make the plugin's entry point discoverable."""
    with installed_for_tests(Path(__file__).parents[1]):
        yield
