"""Gives the tests of every package the fixtures of `tests/servers`."""

from __future__ import annotations

pytest_plugins = ("server_fixtures",)
