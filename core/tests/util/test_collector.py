"""The garbage collector's state is restored after each block."""

from __future__ import annotations

import gc

import pytest

from idiolect.util.collector import collector_paused


@pytest.mark.parametrize("is_on", [True, False])
def test_collector_is_off_in_the_block_only(is_on: bool) -> None:
    """It is disabled in the block, and restored even if that fails."""
    before = gc.isenabled()
    (gc.enable if is_on else gc.disable)()
    try:
        with collector_paused():
            assert not gc.isenabled()
        assert is_on == gc.isenabled()
        with pytest.raises(KeyError), collector_paused():
            raise KeyError
        assert is_on == gc.isenabled()
    finally:
        (gc.enable if before else gc.disable)()
