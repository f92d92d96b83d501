"""Empty databases for a test that needs several of them, on any of the three servers."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest


@contextmanager
def databases(
    request: pytest.FixtureRequest, kind: str, folder: Path
) -> Iterator[Callable[[], str]]:
    """Yield a function that creates another empty database and returns its URL.

    Args:
        request: of the calling fixture; used to request the server.
        kind: "sqlite", "postgresql" or "mariadb".
        folder: where SQLite files are created.
    """
    if kind == "sqlite":
        yield lambda: f"sqlite:///{folder / uuid.uuid4().hex}.db"
        return
    server: str = request.getfixturevalue(f"{kind}_url")
    force = " WITH (FORCE)" if kind == "postgresql" else ""
    made: list[str] = []

    def new() -> str:
        made.append(f"differential_{uuid.uuid4().hex}")
        _administer(server, f"CREATE DATABASE {made[-1]}")
        return sa.make_url(server).set(database=made[-1]).render_as_string(hide_password=False)

    try:
        yield new
    finally:
        for name in made:
            _administer(server, f"DROP DATABASE {name}{force}")


def _administer(server: str, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
