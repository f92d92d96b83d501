"""Names, whose way back leaves the index; the table `late` is missing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op  # type: ignore[import-not-found] # what stands for it is chosen later

revision = "b2"
down_revision = "a1"


def upgrade() -> None:
    """Add what the model has, all but a table."""
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("name", sa.String(50), nullable=False, server_default="x"))
        batch.create_index("ix_account_name", ["name"])


def downgrade() -> None:
    """Go another way than back."""
    op.add_column("account", sa.Column("forgotten", sa.Integer))
