"""Create the orders.

Revision ID: b7d20c66f1e8
Revises: 9a0d7be34c15
Create Date: 2025-02-03 10:44:59
"""

from __future__ import annotations

import sqlalchemy as sa

from idiolect import op

revision = "b7d20c66f1e8"
down_revision = "9a0d7be34c15"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.Integer, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("placed_at", sa.DateTime, nullable=False),
        sa.Column("total", sa.Numeric(10, 2), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("orders")
