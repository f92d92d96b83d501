"""The servers for the tests: the user's own if a URL is given, otherwise private ones.

A server that is not available is an error, unless it is excluded by `--without`.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from devtools import mariadb, postgresql
from devtools.shell import Failure, announce

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from devtools.server import Server

PRIVATE: dict[str, Callable[[], tuple[Server, str]]] = {
    "postgresql": postgresql.start,
    "mariadb": mariadb.start,
}


def variable(database: str) -> str:
    """Name the environment variable that holds a database's URL."""
    return f"{database.upper()}_URL"


@contextmanager
def running(databases: Collection[str], without: Collection[str] = ()) -> Iterator[dict[str, str]]:
    """Provide the databases' servers, and stop those that were started, whatever happens.

    Args:
        databases: names from `PRIVATE`.
        without: databases to leave out.

    Yields:
        The variables with the URLs for the tests. A variable that the user set is not changed.

    Raises:
        Failure: a server is not available.
    """
    urls: dict[str, str] = {}
    with ExitStack() as stack:
        for database in databases:
            name = variable(database)
            if database in without:
                announce(f"left out on request: {database}, and every test that needs it")
                urls[name] = ""
            elif os.environ.get(name):
                announce(f"{database}: using {name}")
            else:
                urls[name] = stack.enter_context(_private(database))
        yield urls


@contextmanager
def _private(database: str) -> Iterator[str]:
    try:
        server, url = PRIVATE[database]()
    except Failure as exc:
        raise Failure(
            f"{exc}\nNo {database} server for the tests. Set {variable(database)} to one of your "
            f"own, or leave its tests out with --without {database}."
        ) from exc
    try:
        announce(f"{database}: private server on port {server.port}")
        yield url
    finally:
        server.stop()
