"""The documented import path of the migration context and related classes."""

from __future__ import annotations

from idiolect.runtime.heads import HeadMaintainer
from idiolect.runtime.migration import MigrationContext
from idiolect.runtime.steps import MigrationInfo, MigrationStep, RevisionStep, StampStep

__all__ = [
    "HeadMaintainer",
    "MigrationContext",
    "MigrationInfo",
    "MigrationStep",
    "RevisionStep",
    "StampStep",
]
