"""Configures the connections to several databases. Runs with every command that needs them."""

import logging
from contextlib import ExitStack
from logging.config import fileConfig
from pathlib import Path

from sqlalchemy import TwoPhaseTransaction, engine_from_config, pool

from idiolect import context

# Whether the databases commit together, with two-phase commit. They must support it for DDL, as
# PostgreSQL does.
USE_TWOPHASE = False

# The options of the ini file and of the command line.
config = context.config

# On the command line, configure logging from the ini file's sections [loggers], [handlers] and
# [formatters]. A program that calls idiolect.command keeps its own logging configuration.
is_command = config.cmd_opts is not None
if is_command and config.config_file_name and config.file_config.has_section("loggers"):
    fileConfig(config.config_file_name, disable_existing_loggers=False, encoding="utf-8")
logger = logging.getLogger("idiolect.env")

# The names of the databases; each has a section in the ini file.
databases = [name.strip() for name in config.get_main_option("databases", "").split(",")]
databases = [name for name in databases if name]

# The MetaData of your models by database, which autogenerate compares with each:
# from myapp import models
# target_metadata = {"engine1": models.metadata1, "engine2": models.metadata2}
target_metadata = {}


def run_migrations_offline() -> None:
    """Generate SQL instead of running it (`--sql`): one file per database."""
    for name in databases:
        logger.info("Writing SQL for %s to %s.sql", name, name)
        with Path(f"{name}.sql").open("w", encoding="utf-8") as buffer:
            context.configure(
                url=config.get_section_option(name, "sqlalchemy.url"),
                output_buffer=buffer,
                target_metadata=target_metadata.get(name),
                literal_binds=True,
                dialect_opts={"paramstyle": "named"},
            )
            with context.begin_transaction():
                context.run_migrations(engine_name=name)


def run_migrations_online() -> None:
    """Begin a transaction on every database, migrate them all, then commit them all."""
    with ExitStack() as stack:
        connections = {}
        for name in databases:
            engine = engine_from_config(
                config.get_section(name, {}), prefix="sqlalchemy.", poolclass=pool.NullPool
            )
            connections[name] = stack.enter_context(engine.connect())

        # A transaction that is not committed is rolled back when its connection is closed.
        transactions = [
            connection.begin_twophase() if USE_TWOPHASE else connection.begin()
            for connection in connections.values()
        ]
        for name, connection in connections.items():
            logger.info("Migrating %s", name)
            context.configure(
                connection=connection,
                upgrade_token=f"{name}_upgrades",
                downgrade_token=f"{name}_downgrades",
                target_metadata=target_metadata.get(name),
            )
            context.run_migrations(engine_name=name)

        for transaction in transactions:
            if isinstance(transaction, TwoPhaseTransaction):
                transaction.prepare()
        for transaction in transactions:
            transaction.commit()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
