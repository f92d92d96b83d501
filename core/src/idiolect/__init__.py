"""Idiolect: database migrations for SQLAlchemy in which every dialect is a plugin.

Importing the package imports none of its modules.
"""

from __future__ import annotations

__version__ = "0.1.0"

#: The release of Alembic whose documented API this version provides.
ALEMBIC_API = "1.20.1"
