"""Connects to the database in DATABASE_URL, and runs the revisions."""

from __future__ import annotations

import os

from sqlalchemy import NullPool, create_engine

from idiolect import context

url = os.environ["DATABASE_URL"]
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
