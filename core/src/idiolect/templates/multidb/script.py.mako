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

<%
    names = [name.strip() for name in config.get_main_option("databases", "").split(",")]
    names = [name for name in names if name]
%>
def upgrade(engine_name: str) -> None:
    """Take the database ``engine_name`` one revision forward."""
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    """Take the database ``engine_name`` one revision back."""
    globals()[f"downgrade_{engine_name}"]()

## One pair of functions for each database that the ini file lists.
% for name in names:

def upgrade_${name}() -> None:
    """Take ${name} forward."""
    ${context.get(f"{name}_upgrades", "pass")}


def downgrade_${name}() -> None:
    """Take ${name} back."""
    ${context.get(f"{name}_downgrades", "pass")}

% endfor
