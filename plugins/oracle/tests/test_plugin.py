"""The plugin's answers to the core's questions."""

from __future__ import annotations

from idiolect_oracle import plugin
from idiolect_oracle.impl import OracleImpl


def test_the_impl_is_the_plugins_own() -> None:
    """The plugin chooses its impl class."""
    assert OracleImpl is plugin.get_impl_class()
