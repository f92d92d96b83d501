"""SQL Server's impl.

Contexts on SQL Server make one.
"""

from __future__ import annotations

from idiolect.ddl.impl import DefaultImpl


class MSSQLImpl(DefaultImpl):
    """Tells a SQL Server database to change."""

    __dialect__ = "mssql"

    transactional_ddl = True
    batch_separator = "GO"
