"""Keeps Python's garbage collector from looking for what is not there.

Used by the comparison of models. Nothing here keeps anything alive.
"""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let collections wait until the end of the block.

    A full collection looks at each object of a program's models, of which there are hundreds to
    a table: it takes longer than comparing them, and a comparison makes little garbage. A
    collector that is off stays so.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
