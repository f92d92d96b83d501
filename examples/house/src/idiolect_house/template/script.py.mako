"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""

from collections.abc import Sequence

import sqlalchemy as sa
from idiolect import op
${imports if imports else ""}

# Identifiers by which Idiolect finds this revision's place in the history.
revision: str = ${repr(up_revision)}
down_revision: str | Sequence[str] | None = ${repr(down_revision)}
branch_labels: str | Sequence[str] | None = ${repr(branch_labels)}
depends_on: str | Sequence[str] | None = ${repr(depends_on)}


def upgrade() -> None:
    """Take the schema one revision forward."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Take the schema one revision back."""
    ${downgrades if downgrades else "pass"}
