"""The documented import path of Oracle's DDL, which is in the package idiolect-oracle.

Names are imported lazily; nothing is defined here.
"""

from __future__ import annotations

from typing import Any

from idiolect.ddl.forward import forwarder

_find = forwarder(__name__, "idiolect_oracle", "idiolect-oracle")


def __getattr__(name: str) -> Any:
    return _find(name)
