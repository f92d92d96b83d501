"""One database for all schemas of the corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine


@pytest.fixture(scope="module")
def sqlite() -> Iterator[Engine]:
    """An engine of one SQLite database in memory."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def postgresql(module_postgresql: str) -> Iterator[Engine]:
    """An engine of a database on a PostgreSQL server."""
    engine = sa.create_engine(module_postgresql)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def mariadb(module_mariadb: str) -> Iterator[Engine]:
    """An engine of a database on a MariaDB server."""
    engine = sa.create_engine(module_mariadb)
    yield engine
    engine.dispose()
