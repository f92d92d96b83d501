"""Gives the tests of every package the fixtures of `tests/servers`, and the table of contracts."""

from __future__ import annotations

import os

pytest_plugins = ("server_fixtures", "idiolect.testing.plugin")


def pytest_configure() -> None:
    """Keep colours out of help texts, which Python 3.14 paints where these variables are set."""
    for name in ("FORCE_COLOR", "PYTHON_COLORS"):
        os.environ.pop(name, None)
