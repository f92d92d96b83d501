"""Configures the database connection. Runs with every command that needs it."""

import asyncio
from logging.config import fileConfig
from typing import Any

from sqlalchemy import pool
from sqlalchemy.ext.asyncio import async_engine_from_config

from idiolect import context

# The options of the ini file and of the command line.
config = context.config

# On the command line, configure logging from the ini file's sections [loggers], [handlers] and
# [formatters]. A program that calls idiolect.command keeps its own logging configuration.
is_command = config.cmd_opts is not None
if is_command and config.config_file_name and config.file_config.has_section("loggers"):
    fileConfig(config.config_file_name, disable_existing_loggers=False, encoding="utf-8")

# The MetaData of your models, which autogenerate compares with the database:
# from myapp.models import Base
# target_metadata = Base.metadata
target_metadata = None


def migrate(**target: Any) -> None:
    """Run the migrations; `target` is an open connection, or a URL to generate SQL for."""
    context.configure(target_metadata=target_metadata, **target)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_offline() -> None:
    """Generate SQL instead of running it: `--sql`. Needs a URL, but neither driver nor server."""
    migrate(
        url=config.get_main_option("sqlalchemy.url"),
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )


async def connect_and_migrate() -> None:
    """Create an engine, connect and migrate."""
    engine = async_engine_from_config(
        config.get_section(config.config_ini_section, {}),
        prefix="sqlalchemy.",
        poolclass=pool.NullPool,
    )
    async with engine.connect() as connection:
        await connection.run_sync(lambda sync: migrate(connection=sync))
    await engine.dispose()


def run_migrations_online() -> None:
    """Connect and migrate; a connection provided by the caller is used and left open.

    Code that runs inside an event loop provides one, because a second loop cannot be started:

        def upgrade(connection):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

        await async_connection.run_sync(upgrade)
    """
    connection = config.attributes.get("connection")
    if connection is not None:
        migrate(connection=connection)
    else:
        asyncio.run(connect_and_migrate())


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
