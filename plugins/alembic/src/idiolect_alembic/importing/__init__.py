"""``idiolect import-alembic``: what an Alembic project holds, and its files in Idiolect's names.

Used by the command line by :mod:`idiolect_alembic.importing.plugin`. A project's files are read
as text and syntax trees; nothing of the project is ever imported, executed or connected to.
"""

from __future__ import annotations
