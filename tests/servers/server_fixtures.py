"""A pytest plugin: databases for tests, and the option that runs the long matrices.

`tools/dev.py test` says by POSTGRESQL_URL and MARIADB_URL where the servers are. Under bare pytest
a variable may be missing: then the tests that need the server are skipped, and the reason says how
to run them.
"""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import URL


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--full`."""
    parser.addoption("--full", action="store_true", help="run the tests marked `full` too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests marked ``full`` unless ``--full`` is given."""
    if config.getoption("--full"):
        return
    left_out = [item for item in items if item.get_closest_marker("full")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """URL of a superuser's database on a PostgreSQL server; tests make no tables there."""
    return url_of("POSTGRESQL_URL")


@pytest.fixture(scope="session")
def mariadb_url() -> str:
    """URL of a MariaDB server under a user who may do everything; tests make no tables there."""
    return url_of("MARIADB_URL")


@pytest.fixture
def fresh_postgresql(postgresql_url: str) -> Iterator[str]:
    """URL of an empty PostgreSQL database; after the test it is dropped, connections or not."""
    with _database(
        postgresql_url, create="CREATE DATABASE {}", drop="DROP DATABASE {} WITH (FORCE)"
    ) as url:
        yield url


@pytest.fixture
def second_postgresql(postgresql_url: str) -> Iterator[str]:
    """URL of one more empty PostgreSQL database, for tests that compare two."""
    with _database(
        postgresql_url, create="CREATE DATABASE {}", drop="DROP DATABASE {} WITH (FORCE)"
    ) as url:
        yield url


@pytest.fixture
def fresh_mariadb(mariadb_url: str) -> Iterator[str]:
    """URL of an empty MariaDB database that is dropped after the test."""
    with _database(mariadb_url, create="CREATE DATABASE {}", drop="DROP DATABASE {}") as url:
        yield url


@pytest.fixture(scope="module")
def module_postgresql(postgresql_url: str) -> Iterator[str]:
    """URL of a PostgreSQL database that the tests of a module share."""
    with _database(
        postgresql_url, create="CREATE DATABASE {}", drop="DROP DATABASE {} WITH (FORCE)"
    ) as url:
        yield url


@pytest.fixture(scope="module")
def module_mariadb(mariadb_url: str) -> Iterator[str]:
    """URL of a MariaDB database that the tests of a module share."""
    with _database(mariadb_url, create="CREATE DATABASE {}", drop="DROP DATABASE {}") as url:
        yield url


@pytest.fixture
def second_mariadb(mariadb_url: str) -> Iterator[str]:
    """URL of one more empty MariaDB database, for tests that compare two."""
    with _database(mariadb_url, create="CREATE DATABASE {}", drop="DROP DATABASE {}") as url:
        yield url


def url_of(variable: str) -> str:
    """Return the URL that an environment variable holds, or skip the test and say why."""
    url = os.environ.get(variable)
    if url is None:
        pytest.skip(
            f"{variable} is not set; `python3 tools/dev.py test` starts a server and sets it"
        )
    if not url:
        pytest.skip(f"{variable} is empty: this database is left out on request")
    return url


def empty_database(kind: str, server: str) -> AbstractContextManager[str]:
    """Give the URL of an empty database on a server, for programs; it is dropped afterwards."""
    force = " WITH (FORCE)" if kind == "postgresql" else ""
    return _database(server, create="CREATE DATABASE {}", drop=f"DROP DATABASE {{}}{force}")


@contextmanager
def _database(server: str, *, create: str, drop: str) -> Iterator[str]:
    from sqlalchemy.engine import make_url

    url = make_url(server)
    name = f"idiolect_{uuid.uuid4().hex[:16]}"
    _say(url, create.format(name))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        _say(url, drop.format(name))


def _say(url: URL, statement: str) -> None:
    from sqlalchemy import NullPool, create_engine, text

    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
