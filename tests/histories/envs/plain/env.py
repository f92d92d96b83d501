"""Like the template ``generic``; the config's section ``configure`` contains the options."""

from __future__ import annotations

import sqlalchemy.orm  # noqa: F401 - the packages' models bring it, and revisions count on it
from alembic import context  # type: ignore[import-not-found] # what stands for it is chosen later
from sqlalchemy import create_engine, pool

config = context.config
options = {
    name: value == "true" if value in {"true", "false"} else value
    for name, value in config.get_section("configure", {}).items()
    if name != "here"
}
engine = create_engine(config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)

with engine.connect() as connection:
    context.configure(connection=connection, **options)

    with context.begin_transaction():
        context.run_migrations()
