"""The documented import path of PostgreSQL's DDL, in the package idiolect-postgresql.

Names are imported lazily; nothing is defined here.
"""

from __future__ import annotations

from typing import Any

from idiolect.ddl.forward import forwarder

_find = forwarder(__name__, "idiolect_postgresql", "idiolect-postgresql")


def __getattr__(name: str) -> Any:
    return _find(name)
