"""The documented path of SQL Server's DDL, which lives in the package idiolect-mssql.

Names are fetched on first use; nothing is defined here.
"""

from __future__ import annotations

from typing import Any

from idiolect.ddl.forward import forwarder

_find = forwarder(__name__, "idiolect_mssql", "idiolect-mssql")


def __getattr__(name: str) -> Any:
    return _find(name)
