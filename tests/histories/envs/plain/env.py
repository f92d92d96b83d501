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
url = config.get_main_option("sqlalchemy.url")

if context.is_offline_mode():
    context.configure(url=url, literal_binds=True, **options)

    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection, **options)

        with context.begin_transaction():
            context.run_migrations()
