"""The documented import path of SQLite's DDL, which is in the package idiolect-sqlite.

Names are imported lazily; nothing is defined here.
"""

from __future__ import annotations

from typing import Any

from idiolect.ddl.forward import forwarder

_find = forwarder(__name__, "idiolect_sqlite", "idiolect-sqlite")


def __getattr__(name: str) -> Any:
    return _find(name)
