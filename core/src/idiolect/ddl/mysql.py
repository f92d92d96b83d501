"""The documented import path of MySQL's and MariaDB's DDL, in the package idiolect-mysql.

Names are imported lazily; nothing is defined here.
"""

from __future__ import annotations

from typing import Any

from idiolect.ddl.forward import forwarder

_find = forwarder(__name__, "idiolect_mysql", "idiolect-mysql")


def __getattr__(name: str) -> Any:
    return _find(name)
