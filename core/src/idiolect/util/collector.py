"""Keeps Python's garbage collector away from what is known to be no garbage.

The comparison of tables comes in. Nothing here collects, or keeps anything alive.
"""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def frozen_garbage() -> Iterator[None]:
    """Leave out of collections in the block what there is when it is entered.

    A full collection looks at each object of a program's models, of which there are hundreds to
    a table: it takes longer than comparing them. A program that has frozen objects itself is
    left alone.
    """
    may_freeze = hasattr(gc, "freeze") and not gc.get_freeze_count()
    if may_freeze:
        gc.freeze()
    try:
        yield
    finally:
        if may_freeze:
            gc.unfreeze()
