"""``idiolect import-alembic``: analyses an Alembic project, and renames its imports on request.

Called through :mod:`idiolect_alembic.importing.plugin`. A project's files are read as text and
syntax trees; nothing of the project is ever imported, executed or connected to.
"""

from __future__ import annotations
