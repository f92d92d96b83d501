"""Add columns to customer.

Revision ID: 9a0d7be34c15
Revises: 4e5f0c2a91b7
Create Date: 2025-01-20 15:03:11
"""

from __future__ import annotations

import sqlalchemy as sa

from idiolect import op

revision = "9a0d7be34c15"
down_revision = "4e5f0c2a91b7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("phone", sa.String(40)))
    op.add_column(
        "customer",
        sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
    )


def downgrade() -> None:
    op.drop_column("customer", "is_active")
    op.drop_column("customer", "phone")
