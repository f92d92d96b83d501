"""Accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op  # type: ignore[import-not-found] # what stands for it is chosen later

revision = "a1"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table("account", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("account")
