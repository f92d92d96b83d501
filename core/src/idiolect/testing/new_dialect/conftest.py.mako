"""A database for the contract, and a SQLAlchemy dialect where none is installed."""

from __future__ import annotations

import os

import pytest
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL
from sqlalchemy.exc import NoSuchModuleError

try:
    URL.create("${dialect}").get_dialect()
except NoSuchModuleError:
    # So that tests of scripts run. Name the package that has the dialect in pyproject.toml, then
    # delete this and stand_in.py.
    registry.register("${dialect}", "stand_in", "StandIn")


@pytest.fixture(scope="module")
def contract_url() -> str:
    """URL of an empty database that the tests may fill and empty."""
    return os.environ["${variable}"]
