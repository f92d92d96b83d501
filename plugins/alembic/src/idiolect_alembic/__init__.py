"""The import name ``alembic`` for Idiolect: ``import alembic.x`` imports the module ``idiolect.x``.

Programs written for Alembic use it through :func:`activate`, ``python -m idiolect_alembic``, or the
``idiolect`` command, which activates the alias before it runs a project's files. The real
alembic package is never imported from here, and importing this package changes nothing yet.
"""

from __future__ import annotations

from idiolect import ALEMBIC_API as API_LEVEL
from idiolect_alembic.alias import (
    AlembicImportedError,
    activate,
    deactivate,
    explain,
    is_active,
)

__all__ = [
    "API_LEVEL",
    "AlembicImportedError",
    "activate",
    "deactivate",
    "explain",
    "is_active",
]
