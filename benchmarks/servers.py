"""Databases for the measured projects: a SQLite file, or one on a PostgreSQL server.

POSTGRESQL_URL names a server; without it a private one is started, as the tests do.
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
    """A PostgreSQL server.

    Attributes:
        url: of a database from which others can be made.
    """

    url: str

    @contextmanager
    def base(self, folder: Path) -> Iterator[Base]:
        """Make a database for a project, and drop it in the end."""
        name = f"benchmark_{uuid.uuid4().hex[:16]}"
        self._say(f"CREATE DATABASE {name}")
        try:
            url = sa.make_url(self.url).set(database=name)
            yield Base(folder, url.render_as_string(hide_password=False))
        finally:
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement))


@contextmanager
def postgresql() -> Iterator[Server]:
    """Have a server at hand: the user's own, or a private one that is stopped in the end."""
    import os

    # On the path since the venvs were asked for.
    from devtools.servers import running, variable

    own = os.environ.get(variable("postgresql"))
    if own:
        yield Server(own)
        return
    with running(["postgresql"]) as urls:
        yield Server(urls[variable("postgresql")])
