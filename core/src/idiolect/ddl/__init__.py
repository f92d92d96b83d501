"""Executes schema changes on one database, online or as a script.

Operations use :class:`~idiolect.ddl.impl.DefaultImpl`; plugins subclass it. No dialect is named
here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.ddl.impl import DefaultImpl as DefaultImpl
from idiolect.util.lazy import submodule

if TYPE_CHECKING:
    from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    return submodule(__name__, name)
