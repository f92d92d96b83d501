"""The plugin's answers to the core's questions."""

from __future__ import annotations

from idiolect_mssql import plugin
from idiolect_mssql.impl import MSSQLImpl


def test_the_impl_is_the_plugins_own() -> None:
    """The plugin chooses its impl class."""
    assert MSSQLImpl is plugin.get_impl_class()
