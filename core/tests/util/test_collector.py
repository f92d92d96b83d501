"""The collector is as it was after each block."""

from __future__ import annotations

import gc

from idiolect.util.collector import frozen_garbage


def test_objects_are_left_alone_in_the_block_only() -> None:
    """In the block they are frozen, after it they are not."""
    before = gc.get_freeze_count()
    with frozen_garbage():
        assert gc.get_freeze_count() > before
    assert before == gc.get_freeze_count()


def test_what_a_program_froze_stays_frozen() -> None:
    """A program that freezes for its own purpose finds that undisturbed."""
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with frozen_garbage():
            pass
        assert 0 < gc.get_freeze_count() <= frozen
    finally:
        gc.unfreeze()
