"""A run: the environment, the migration context, transactions, steps and version rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.util.lazy import submodule

if TYPE_CHECKING:
    from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    return submodule(__name__, name)
