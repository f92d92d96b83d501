"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""

from collections.abc import Sequence

import sqlalchemy as sa
from idiolect import op
${imports if imports else ""}

# The id of this revision, and its relations to others.
revision: str = ${repr(up_revision)}
down_revision: str | Sequence[str] | None = ${repr(down_revision)}
branch_labels: str | Sequence[str] | None = ${repr(branch_labels)}
depends_on: str | Sequence[str] | None = ${repr(depends_on)}

<%
    names = [name.strip() for name in config.get_main_option("databases", "").split(",")]
    names = [name for name in names if name]
%>
def upgrade(engine_name: str) -> None:
    """Apply this revision to the database ``engine_name``."""
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    """Revert this revision on the database ``engine_name``."""
    globals()[f"downgrade_{engine_name}"]()

## A pair of functions for each database in the ini file.
% for name in names:

def upgrade_${name}() -> None:
    """Apply this revision to ${name}."""
    ${context.get(f"{name}_upgrades", "pass")}


def downgrade_${name}() -> None:
    """Revert this revision on ${name}."""
    ${context.get(f"{name}_downgrades", "pass")}

% endfor
