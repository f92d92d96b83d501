"""The plugin's answers to the core's questions."""

from __future__ import annotations

from idiolect_mysql import plugin
from idiolect_mysql.impl import MySQLImpl


def test_the_impl_is_the_plugins_own() -> None:
    """The plugin chooses its impl class."""
    assert MySQLImpl is plugin.get_impl_class()
