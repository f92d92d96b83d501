"""Create customer and product.

Revision ID: 4e5f0c2a91b7
Revises:
Create Date: 2025-01-06 09:12:40
"""

from __future__ import annotations

import sqlalchemy as sa

from idiolect import op

revision = "4e5f0c2a91b7"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(200), nullable=False, unique=True),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sku", sa.String(40), nullable=False),
        sa.Column("price", sa.Numeric(10, 2), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("product")
    op.drop_table("customer")
