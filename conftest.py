"""Gives the tests of every package the fixtures of `tests/servers`, and the table of contracts."""

from __future__ import annotations

pytest_plugins = ("server_fixtures", "idiolect.testing.plugin")
