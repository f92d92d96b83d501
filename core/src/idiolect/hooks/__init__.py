"""What a plugin author imports: the marker, and the records that hooks receive and return.

The specifications are in :mod:`idiolect.hooks.hookspecs`; ``docs/reference/hooks.md`` documents
each with an example. Names are imported lazily, so that commands that only read files never load
pluggy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.util.lazy import attribute

if TYPE_CHECKING:
    from idiolect.hooks.compared import Comparator, Expression, SchemaObject, TableSide
    from idiolect.hooks.journal import JournalSupport
    from idiolect.hooks.lint import (
        Change,
        LintedOperation,
        LintedRevision,
        LintFinding,
        LintRule,
        without_literals,
    )
    from idiolect.hooks.locks import LockRequest, MigrationLock, at_return, own_transaction
    from idiolect.hooks.markers import hookimpl
    from idiolect.hooks.options import Option
    from idiolect.hooks.records import DialectRules, OfflineTransaction, VersionTableSpec
    from idiolect.hooks.reflected import ReflectedTables, TableSignature
    from idiolect.hooks.standin import Batches, LazyFacts, StandIn
    from idiolect.hooks.steps import SessionLimits, StepGuard
    from idiolect.hooks.templates import TemplateFolder
    from idiolect.hooks.version import HOOKSPEC_VERSION
    from idiolect.util.sqla_compat import beside

__all__ = [
    "HOOKSPEC_VERSION",
    "Batches",
    "Change",
    "Comparator",
    "DialectRules",
    "Expression",
    "JournalSupport",
    "LazyFacts",
    "LintFinding",
    "LintRule",
    "LintedOperation",
    "LintedRevision",
    "LockRequest",
    "MigrationLock",
    "OfflineTransaction",
    "Option",
    "ReflectedTables",
    "SchemaObject",
    "SessionLimits",
    "StandIn",
    "StepGuard",
    "TableSide",
    "TableSignature",
    "TemplateFolder",
    "VersionTableSpec",
    "at_return",
    "beside",
    "hookimpl",
    "own_transaction",
    "without_literals",
]
_HOMES = {
    "Batches": "idiolect.hooks.standin",
    "Change": "idiolect.hooks.lint",
    "Comparator": "idiolect.hooks.compared",
    "DialectRules": "idiolect.hooks.records",
    "Expression": "idiolect.hooks.compared",
    "HOOKSPEC_VERSION": "idiolect.hooks.version",
    "JournalSupport": "idiolect.hooks.journal",
    "LazyFacts": "idiolect.hooks.standin",
    "LintFinding": "idiolect.hooks.lint",
    "LintRule": "idiolect.hooks.lint",
    "LintedOperation": "idiolect.hooks.lint",
    "LintedRevision": "idiolect.hooks.lint",
    "LockRequest": "idiolect.hooks.locks",
    "MigrationLock": "idiolect.hooks.locks",
    "OfflineTransaction": "idiolect.hooks.records",
    "Option": "idiolect.hooks.options",
    "ReflectedTables": "idiolect.hooks.reflected",
    "SchemaObject": "idiolect.hooks.compared",
    "SessionLimits": "idiolect.hooks.steps",
    "StandIn": "idiolect.hooks.standin",
    "StepGuard": "idiolect.hooks.steps",
    "TableSide": "idiolect.hooks.compared",
    "TableSignature": "idiolect.hooks.reflected",
    "TemplateFolder": "idiolect.hooks.templates",
    "VersionTableSpec": "idiolect.hooks.records",
    "at_return": "idiolect.hooks.locks",
    "beside": "idiolect.util.sqla_compat",
    "hookimpl": "idiolect.hooks.markers",
    "own_transaction": "idiolect.hooks.locks",
    "without_literals": "idiolect.hooks.lint",
}


def __getattr__(name: str) -> Any:
    return attribute(__name__, _HOMES, name)
