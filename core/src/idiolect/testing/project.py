"""A project on disk, for contract tests that run commands: env.py, revisions, a database."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

from idiolect.commands import migrate
from idiolect.settings.config import Config

if TYPE_CHECKING:
    from pathlib import Path

_ENV = """
from sqlalchemy import NullPool, create_engine
from idiolect import context

options = context.config.attributes.get("options", {})
url = context.config.get_main_option("sqlalchemy.url")
if context.is_offline_mode():
    named = {"paramstyle": "named"}
    context.configure(url=url, literal_binds=True, dialect_opts=named, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()
"""
_REVISION = """
import os
import signal

import sqlalchemy as sa
from idiolect import context, op

revision = {revision!r}
down_revision = {down!r}

def upgrade():
{upgrade}

def downgrade():
{downgrade}
"""
_SECONDS = 300


class Project:
    """A project on disk and the database that it migrates.

    Args:
        folder: the folder to create it in.
        url: the database's URL; for scripts, any URL of the dialect.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(_ENV, encoding="utf-8")
        self.ini.write_text(
            "[idiolect]\nscript_location = %(here)s\nsqlalchemy.url = {}\n".format(
                url.replace("%", "%%")
            ),
            encoding="utf-8",
        )

    def revision(
        self,
        revision: str,
        down: str | tuple[str, ...] | None = None,
        upgrade: str = "pass",
        downgrade: str = "pass",
    ) -> None:
        """Write a revision file; ``upgrade`` and ``downgrade`` are function bodies."""
        source = _REVISION.format(
            revision=revision, down=down, upgrade=_body(upgrade), downgrade=_body(downgrade)
        )
        (self.folder / "versions" / f"{revision}_.py").write_text(source, encoding="utf-8")

    def config(self, options: dict[str, Any] | None = None, **kw: Any) -> Config:
        """Return a new Config of the project.

        Args:
            options: arguments of ``context.configure()``.
            kw: arguments of the Config.
        """
        return Config(str(self.ini), attributes={"options": options or {}}, **kw)

    def upgrade(self, revision: str = "head", **options: Any) -> None:
        """Run the command; ``options`` are arguments of ``context.configure()``."""
        migrate.upgrade(self.config(options), revision)

    def downgrade(self, revision: str, **options: Any) -> None:
        """Run the command; ``options`` are arguments of ``context.configure()``."""
        migrate.downgrade(self.config(options), revision)

    def stamp(self, revision: str, *, purge: bool = False) -> None:
        """Run the command."""
        migrate.stamp(self.config(), revision, purge=purge)

    def script(self, revision: str = "head", *, down: bool = False, **options: Any) -> str:
        """Return the output of the command with ``--sql``."""
        buffer = io.StringIO()
        run = migrate.downgrade if down else migrate.upgrade
        run(self.config(options, output_buffer=buffer), revision, sql=True)
        return buffer.getvalue()

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command in a separate process.

        Args:
            words: the command and its arguments.
            environment: additional environment variables.
        """
        # Pass on what pytest added to sys.path, such as the sources of a plugin.
        path = os.pathsep.join(filter(None, sys.path))
        return subprocess.Popen(  # noqa: S603 - this Python
            [sys.executable, "-m", "idiolect", "-c", str(self.ini), *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def apart(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """Run a command in a separate process.

        Returns:
            The exit status, negative for a signal; standard output; standard error.
        """
        with self.start(*words, **environment) as process:
            try:
                out, errors = process.communicate(timeout=_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return process.returncode, out, errors

    @property
    def ini(self) -> Path:
        """The configuration file."""
        return self.folder / "idiolect.ini"


def _body(source: str) -> str:
    return textwrap.indent(textwrap.dedent(source).strip(), "    ")
