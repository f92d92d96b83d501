"""The contract suite for PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from idiolect.testing.suite import DialectContract

if TYPE_CHECKING:
    from sqlalchemy import Connection


@pytest.fixture(scope="module")
def contract_url(module_postgresql: str) -> str:
    """URL of a database on the server."""
    return module_postgresql


@pytest.mark.postgresql
class TestContract(DialectContract):
    """PostgreSQL."""

    dialect = "postgresql"

    def empty(self, connection: Connection) -> None:
        """Drop everything: types and sequences outlive their tables."""
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
