"""A terminal in a project's folder: commands run in this process, or in a subprocess."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idiolect.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

# With the core alone there is no plugin for SQLite: this project brings an impl of its own.
ENV = """
import os
from sqlalchemy import NullPool, create_engine
from idiolect import context
from idiolect.ddl.impl import DefaultImpl

class PlainSQLite(DefaultImpl):
    __dialect__ = "sqlite"

config = context.config
given = context.get_x_argument(as_dictionary=True)
if "show" in given:
    print("x:", context.get_x_argument(), "tag:", context.get_tag_argument())
url = config.get_main_option("sqlalchemy.url")
if context.is_offline_mode():
    context.configure(url=url, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""
INI = """\
[idiolect]
script_location = %(here)s/migrations
path_separator = os
sqlalchemy.url = sqlite:///app.db
"""
REVISION = '''"""{doc}

Revision ID: {rev}
"""

from idiolect import op

revision = {rev!r}
down_revision = {down!r}
{headers}

def upgrade():
    op.execute("CREATE TABLE t_{rev} (id INTEGER)")


def downgrade():
    op.execute("DROP TABLE t_{rev}")
'''
TEMPLATE = '''"""${message}"""
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}

def upgrade():
    pass

def downgrade():
    pass
'''


@dataclass(frozen=True, slots=True)
class Said:
    """A command's exit status and stripped outputs."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Standard output as lines, without trailing blanks."""
        return [line.rstrip() for line in self.out.splitlines()]


class Terminal:
    """A terminal whose folder holds a project on a SQLite file.

    Args:
        folder: the current folder of this process.
        capsys: takes what commands in this process print.
    """

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    @property
    def versions(self) -> Path:
        """The folder of the revision files."""
        return self.folder / "migrations" / "versions"

    def make_project(self) -> None:
        """Write a project without revisions."""
        self.versions.mkdir(parents=True)
        self.write("idiolect.ini", INI)
        self.write("migrations/env.py", ENV)
        self.write("migrations/script.py.mako", TEMPLATE)

    def write(self, name: str, text: str) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def revision(
        self, rev: str, down: str | tuple[str, ...] | None = None, doc: str = "", **headers: object
    ) -> Path:
        """Write a revision that creates the table ``t_<rev>``."""
        lines = "".join(f"{name} = {value!r}\n" for name, value in headers.items())
        text = REVISION.format(rev=rev, down=down, doc=doc or f"make {rev}", headers=lines)
        return self.write(f"migrations/versions/{rev}_.py", text)

    def run(self, *words: str) -> Said:
        """Run a command in this process."""
        self._capsys.readouterr()
        status = 0
        try:
            main(words, prog="idiolect")
        except SystemExit as exc:
            status = exc.code if isinstance(exc.code, int) else 0
        out, err = self._capsys.readouterr()
        return Said(status, out.strip(), err.strip())

    def start(self, *words: str, **env: str) -> Said:
        """Start a command in a subprocess."""
        done = subprocess.run(
            [sys.executable, "-m", "idiolect", *words],
            cwd=self.folder,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Said(done.returncode, done.stdout.strip(), done.stderr.strip())

    def ids(self) -> list[str]:
        """Return the ids in the version table, sorted; [] if there is no table."""
        return self._column("SELECT version_num FROM alembic_version") or []

    def tables(self) -> list[str] | None:
        """Return the names of the tables; None if there is no database."""
        return self._column("SELECT name FROM sqlite_master WHERE type = 'table'")

    def _column(self, query: str) -> list[str] | None:
        path = self.folder / "app.db"
        if not path.exists():
            return None
        with contextlib.closing(sqlite3.connect(path)) as connection:
            try:
                return sorted(row[0] for row in connection.execute(query))
            except sqlite3.OperationalError:
                return None

    def files(self) -> list[str]:
        """Return the names of the revision files."""
        return sorted(path.name for path in self.versions.glob("*.py"))
