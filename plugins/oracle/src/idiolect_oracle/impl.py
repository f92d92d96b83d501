"""Oracle's impl.

Contexts on Oracle make one.
"""

from __future__ import annotations

from idiolect.ddl.impl import DefaultImpl


class OracleImpl(DefaultImpl):
    """Tells an Oracle database to change."""

    __dialect__ = "oracle"

    transactional_ddl = False
    batch_separator = "/"
