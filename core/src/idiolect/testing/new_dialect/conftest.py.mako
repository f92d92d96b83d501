"""The database for the contract suite, and a stand-in if no SQLAlchemy dialect is installed."""

from __future__ import annotations

import os

import pytest
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL
from sqlalchemy.exc import NoSuchModuleError

try:
    URL.create("${dialect}").get_dialect()
except NoSuchModuleError:
    # Lets the tests of scripts run. Once pyproject.toml depends on the package that provides the
    # dialect, delete this and stand_in.py.
    registry.register("${dialect}", "stand_in", "StandIn")


@pytest.fixture(scope="module")
def contract_url() -> str:
    """Return the URL of an empty database, in which the tests create and drop objects."""
    return os.environ["${variable}"]
