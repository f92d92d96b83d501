"""Documented path of the migration context and what belongs to it."""

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
