"""The documented import path of SQL Server's DDL, which is in the package idiolect-mssql.

Names are imported lazily; nothing is defined here.
"""

from __future__ import annotations

from typing import Any

from idiolect.ddl.forward import forwarder

_find = forwarder(__name__, "idiolect_mssql", "idiolect-mssql")


def __getattr__(name: str) -> Any:
    return _find(name)
