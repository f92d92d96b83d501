"""Merge orders and currencies.

Revision ID: 1c8e42d90fa6
Revises: b7d20c66f1e8, f3c18a5d7e02
Create Date: 2025-02-05 16:21:37
"""

from __future__ import annotations

revision = "1c8e42d90fa6"
down_revision = ("b7d20c66f1e8", "f3c18a5d7e02")
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
