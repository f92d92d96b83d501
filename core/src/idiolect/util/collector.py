"""Pauses Python's garbage collector where it would find nothing.

Used by the comparison of models.
"""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Postpone garbage collections until the end of the block.

    A full collection traverses every object of a program's models, of which there are hundreds per
    table: it takes longer than comparing them, and a comparison creates little garbage. A disabled
    collector stays disabled.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
