"""Index the orders by customer and date.

Revision ID: 6d3ba9f7205c
Revises: 1c8e42d90fa6
Create Date: 2025-03-01 11:00:00
"""

from __future__ import annotations

from idiolect import op

revision = "6d3ba9f7205c"
down_revision = "1c8e42d90fa6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_orders_customer_placed", "orders", ["customer_id", "placed_at"])


def downgrade() -> None:
    op.drop_index("ix_orders_customer_placed", table_name="orders")
