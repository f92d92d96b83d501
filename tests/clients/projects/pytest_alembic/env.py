"""As a project has it that takes its connection from the tests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context  # type: ignore[import-not-found] # what stands for it is chosen later

metadata = sa.MetaData()
sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50), nullable=False, index=True),
)
sa.Table("late", metadata, sa.Column("id", sa.Integer, primary_key=True))

engine = context.config.attributes.get("connection")
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
