"""Databases for the measured projects: a SQLite file, or one on a server.

POSTGRESQL_URL and MARIADB_URL name servers; without them private ones are started, as the tests do.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Base:
    """A project's database.

    Attributes:
        folder: the project.
        url: the database.
    """

    folder: Path
    url: str

    def empty(self) -> None:
        """Make the database as good as new."""
        if self.url.startswith("sqlite"):
            (self.folder / "data.db").unlink(missing_ok=True)
            return
        self._execute([sa.text("DROP SCHEMA public CASCADE"), sa.text("CREATE SCHEMA public")])

    def stamp(self, heads: Sequence[str]) -> None:
        """Write the version table."""
        table = sa.table("alembic_version", sa.column("version_num"))
        rows = [table.insert().values(version_num=head) for head in heads]
        make = "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"
        self._execute([sa.text(make), *rows])

    def _execute(self, statements: Sequence[sa.Executable]) -> None:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(statement)


@dataclass(frozen=True, slots=True)
class Server:
    """A server of PostgreSQL or MariaDB.

    Attributes:
        url: of a database from which others can be made.
    """

    url: str

    @contextmanager
    def base(self, folder: Path) -> Iterator[Base]:
        """Make a database for a project, and drop it in the end."""
        name = f"benchmark_{uuid.uuid4().hex[:16]}"
        self._say(f"CREATE DATABASE {name}")
        url = sa.make_url(self.url)
        force = " WITH (FORCE)" if url.get_backend_name() == "postgresql" else ""
        try:
            yield Base(folder, url.set(database=name).render_as_string(hide_password=False))
        finally:
            self._say(f"DROP DATABASE {name}{force}")

    def _say(self, statement: str) -> None:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement))


@contextmanager
def server(database: str) -> Iterator[Server]:
    """Have a server at hand: the user's own, or a private one that is stopped in the end.

    Args:
        database: ``postgresql`` or ``mariadb``.
    """
    import os

    # On the path since the venvs were asked for.
    from devtools.servers import running, variable

    own = os.environ.get(variable(database))
    if own:
        yield Server(own)
        return
    with running([database]) as urls:
        yield Server(urls[variable(database)])
