"""A project on disk, for tests that run commands on it: env.py, revision files, a database.

Tests configure env.py through ``Config.attributes``, so that most need no env.py of their own.
"""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING, Any

from sqlalchemy import NullPool, create_engine, event, inspect, text

from idiolect import command
from idiolect.settings.config import Config

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Engine

ENV = """
from sqlalchemy import NullPool, create_engine
from idiolect import context

config = context.config
attributes = config.attributes
url = config.get_main_option("sqlalchemy.url")
if context.is_offline_mode():
    context.configure(url=url, **attributes.get("options", {}))
    with context.begin_transaction():
        context.run_migrations(**attributes.get("run_args", {}))
else:
    engine = attributes.get("engine") or create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, **attributes.get("options", {}))
        with context.begin_transaction():
            context.run_migrations(**attributes.get("run_args", {}))
"""

REVISION = """
from idiolect import op
import sqlalchemy as sa
revision = {revision!r}
down_revision = {down!r}
{headers}

def upgrade(**kw):
{upgrade}

def downgrade(**kw):
{downgrade}
"""


class Project:
    """A project on disk and the database that it migrates.

    Args:
        folder: created here.
        url: of the database.

    Attributes:
        attributes: ``config.attributes`` for env.py and revisions.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.attributes: dict[str, Any] = {}
        (folder / "versions").mkdir(parents=True)
        self.env(ENV)

    def env(self, source: str) -> None:
        """Write env.py."""
        (self.folder / "env.py").write_text(textwrap.dedent(source))

    def revision(
        self,
        revision: str,
        down: str | tuple[str, ...] | None = None,
        upgrade: str = "pass",
        downgrade: str = "pass",
        **headers: Any,
    ) -> Path:
        """Write a revision file; ``upgrade`` and ``downgrade`` are bodies of functions."""
        source = REVISION.format(
            revision=revision,
            down=down,
            headers="\n".join(f"{name} = {value!r}" for name, value in headers.items()),
            upgrade=textwrap.indent(textwrap.dedent(upgrade).strip(), "    "),
            downgrade=textwrap.indent(textwrap.dedent(downgrade).strip(), "    "),
        )
        path = self.folder / "versions" / f"{revision}_.py"
        path.write_text(source)
        return path

    def config(self, **options: Any) -> Config:
        """Return a new Config of the project; ``options`` are those of its constructor."""
        config = Config(attributes=self.attributes, **options)
        config.set_main_option("script_location", str(self.folder))
        config.set_main_option("sqlalchemy.url", self.url.replace("%", "%%"))
        return config

    def upgrade(self, revision: str = "head", **options: Any) -> None:
        """Run the command; ``options`` are those of ``context.configure()``."""
        self.attributes["options"] = options
        command.upgrade(self.config(), revision)

    def downgrade(self, revision: str, **options: Any) -> None:
        """Run the command; ``options`` are those of ``context.configure()``."""
        self.attributes["options"] = options
        command.downgrade(self.config(), revision)

    def sql(self, revision: str = "head", *, down: bool = False, **options: Any) -> str:
        """Return the script that ``--sql`` writes."""
        self.attributes["options"] = options
        buffer = io.StringIO()
        run = command.downgrade if down else command.upgrade
        run(self.config(output_buffer=buffer), revision, sql=True)
        return buffer.getvalue()

    def engine(self) -> Engine:
        """Return a new engine for the database."""
        return create_engine(self.url, poolclass=NullPool)

    def tables(self) -> list[str]:
        """Return the names of the database's tables, the version table among them, sorted."""
        with self.engine().connect() as connection:
            return sorted(inspect(connection).get_table_names())

    def rows(self, query: str) -> list[Any]:
        """Return the first column of a query's rows."""
        with self.engine().connect() as connection:
            return list(connection.execute(text(query)).scalars())

    def heads(self) -> list[str]:
        """Return the ids in the version table, sorted; [] if there is no table."""
        if "alembic_version" not in self.tables():
            return []
        return sorted(self.rows("SELECT version_num FROM alembic_version"))


def begin_for_real(engine: Engine) -> Engine:
    """Make SQLite's driver begin transactions when SQLAlchemy does, as documented by SQLAlchemy."""

    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    return engine
