"""Runs the shop's revisions on the database in idiolect.ini."""

from __future__ import annotations

import logging

from sqlalchemy import engine_from_config, pool

from idiolect import context

config = context.config

# Log one line for each revision.
logging.basicConfig(format="%(message)s")
logging.getLogger("idiolect").setLevel(logging.INFO)


def run_offline() -> None:
    """Generate SQL for the URL's database without connecting to it."""
    context.configure(url=config.get_main_option("sqlalchemy.url"), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Connect, and migrate in one transaction."""
    section = config.get_section(config.config_ini_section, {})
    engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
