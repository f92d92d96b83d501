"""Seed the currencies.

Revision ID: f3c18a5d7e02
Revises: 9a0d7be34c15
Create Date: 2025-02-04 08:30:02
"""

from __future__ import annotations

import sqlalchemy as sa

from idiolect import op

revision = "f3c18a5d7e02"
down_revision = "9a0d7be34c15"
branch_labels = None
depends_on = None


def upgrade() -> None:
    currency = op.create_table(
        "currency",
        sa.Column("code", sa.String(3), primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
    )
    op.bulk_insert(
        currency,
        [
            {"code": "CHF", "name": "Swiss franc"},
            {"code": "EUR", "name": "Euro"},
            {"code": "JPY", "name": "Yen"},
        ],
    )


def downgrade() -> None:
    op.drop_table("currency")
