"""Tries the rows on a dialect: on a database, or, where none can be had, by parsing the script.

Used by the page's writer. Each row finds the tables of `cases` as they were.
"""

from __future__ import annotations

import io
import os
import uuid
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

import sqlalchemy as sa
from capabilitiespage import OLD_SQLITE
from devtools import plsql, tsql
from devtools.shell import Failure

from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from opsmatrix.cases import CASES, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opsmatrix.cases import Case


def on_sqlite() -> dict[str, str]:
    """Return by row what went wrong, "" where nothing did, in databases in memory."""
    # Whatever version is here, the table is for old ones.
    with patch("sqlite3.dbapi2.sqlite_version_info", OLD_SQLITE):
        return {case.key: _on(sa.create_engine("sqlite://"), case) for case in CASES}


def on_postgresql() -> dict[str, str]:
    """Return the same from a PostgreSQL server, in a separate database.

    Raises:
        Failure: POSTGRESQL_URL is not set.
    """
    return _on_server("POSTGRESQL_URL", "postgresql+psycopg", " WITH (FORCE)")


def on_mysql() -> dict[str, str]:
    """Return the same from a MariaDB server.

    Raises:
        Failure: MARIADB_URL is not set.
    """
    return _on_server("MARIADB_URL", "mariadb+pymysql", "")


def of_mssql() -> dict[str, str]:
    """Return what is wrong with the scripts for SQL Server.

    Raises:
        Failure: the parser cannot be had.
    """
    return _parsed("mssql", "\n\nGO\n\n", tsql.mistakes)


def of_oracle() -> dict[str, str]:
    """Return what is wrong with the scripts for Oracle.

    Raises:
        Failure: the parser cannot be had.
    """
    return _parsed("oracle", "\n\n/\n\n", plsql.mistakes)


def _parsed(
    dialect: str, separator: str, mistakes: Callable[[list[str]], list[tuple[str, str]]]
) -> dict[str, str]:
    found: dict[str, str] = {}
    statements: list[tuple[str, str]] = []
    for case in CASES:
        script, found[case.key] = _script(dialect, case)
        statements += [(text, case.key) for text in script.split(separator)[:-1]]
    wrong = dict(mistakes([text for text, _ in statements]))
    for text, key in statements:
        found[key] = found[key] or wrong.get(text, "")
    return found


def _script(dialect: str, case: Case) -> tuple[str, str]:
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer}
    context = MigrationContext.configure(dialect_name=dialect, opts=opts)
    problem = _tried(case, Operations(context))
    return buffer.getvalue(), problem


def _on_server(variable: str, drivername: str, force: str) -> dict[str, str]:
    given = os.environ.get(variable)
    if not given:
        raise Failure(f"{variable} is not set.")
    url = sa.make_url(given).set(drivername=drivername)
    found = {}
    for case in CASES:
        with _database(url, force) as own:
            found[case.key] = _on(sa.create_engine(own, poolclass=sa.NullPool), case)
    return found


@contextmanager
def _database(url: sa.URL, force: str) -> Iterator[sa.URL]:
    name = f"opsmatrix_{uuid.uuid4().hex}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        try:
            yield url.set(database=name)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name}{force}")


def _on(engine: sa.Engine, case: Case) -> str:
    with engine.connect() as connection:
        TABLES.create_all(connection)
        connection.commit()
        problem = _tried(case, Operations(MigrationContext.configure(connection)))
    engine.dispose()
    return problem


def _tried(case: Case, op: Operations) -> str:
    """Return the first line of what went wrong; a warning that something is left out counts."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Computed column .* is being created as 'STORED'")
        try:
            case.play(op)
        except Exception as exc:  # noqa: BLE001 - whatever it is, the row does not work
            return f"{type(exc).__name__}: {exc}".split("\n", 1)[0]
    return ""
