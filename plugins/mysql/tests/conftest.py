"""Operations on MySQL and MariaDB, writing a script or on a server.

The tests of servers run on MariaDB, and on the MySQL server in MYSQL_URL, if set: with a user that
may create databases.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest
from server_fixtures import empty_database, url_of
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
    return Operations(MigrationContext.configure(dialect_name="mariadb", opts=opts))


@pytest.fixture(scope="session", params=["MARIADB_URL", *({"MYSQL_URL"} & {*os.environ})])
def mariadb_url(request: pytest.FixtureRequest) -> str:
    """URL of each server in turn; databases are created on it."""
    return url_of(request.param)


@pytest.fixture(scope="class")
def contract_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a database on the server of a contract's dialect."""
    with empty_database("mysql", url_of(f"{request.cls.dialect.upper()}_URL")) as url:
        yield url


@pytest.fixture
def is_mysql(mariadb_url: str) -> bool:
    """Whether the server is MySQL itself."""
    return make_url(mariadb_url).get_backend_name() == "mysql"


@pytest.fixture
def connection(fresh_mariadb: str) -> Iterator[Connection]:
    """A connection to an empty database on a server."""
    engine = create_engine(fresh_mariadb)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def online(connection: Connection) -> Operations:
    """Operations on ``connection``."""
    return Operations(MigrationContext.configure(connection))
