"""Schema operations: the objects that describe them, and the functions that execute them.

Revision files use them through ``op``, programs through :class:`Operations`. Importing this package
registers all operations of the core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.operations import toimpl as toimpl
from idiolect.operations.base import AbstractOperations as AbstractOperations
from idiolect.operations.base import BatchOperations as BatchOperations
from idiolect.operations.base import Operations as Operations
from idiolect.operations.ops.containers import MigrationScript as MigrationScript
from idiolect.operations.ops.core import MigrateOperation as MigrateOperation
from idiolect.util.lazy import submodule

if TYPE_CHECKING:
    from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    return submodule(__name__, name)
