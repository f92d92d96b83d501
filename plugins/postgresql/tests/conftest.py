"""Operations on PostgreSQL, writing a script or on a server."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection


@pytest.fixture
def buffer() -> io.StringIO:
    """The output buffer of the script."""
    return io.StringIO()


@pytest.fixture
def offline(buffer: io.StringIO) -> Operations:
    """Operations that write a script."""
    opts = {"as_sql": True, "output_buffer": buffer}
    return Operations(MigrationContext.configure(dialect_name="postgresql", opts=opts))


@pytest.fixture
def connection(fresh_postgresql: str) -> Iterator[Connection]:
    """A connection to an empty database on a server."""
    engine = create_engine(make_url(fresh_postgresql).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def online(connection: Connection) -> Operations:
    """Operations on ``connection``."""
    return Operations(MigrationContext.configure(connection))
