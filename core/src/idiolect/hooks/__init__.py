"""What a plugin author imports: the marker, and the records that hooks receive and return.

The specifications are in :mod:`idiolect.hooks.hookspecs`; ``docs/reference/hooks.md`` has each
with an example. Names are fetched on first use: commands about files alone never load pluggy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from idiolect.hooks.journal import JournalSupport
    from idiolect.hooks.locks import LockRequest, MigrationLock, at_return, own_transaction
    from idiolect.hooks.markers import hookimpl
    from idiolect.hooks.options import Option
    from idiolect.hooks.records import (
        Comparator,
        DialectRules,
        Expression,
        OfflineTransaction,
        SchemaObject,
        SessionLimits,
        StepGuard,
        TableSide,
        TemplateFolder,
        VersionTableSpec,
    )
    from idiolect.hooks.reflected import ReflectedTables, TableSignature
    from idiolect.hooks.standin import Batches, LazyFacts, StandIn
    from idiolect.hooks.version import HOOKSPEC_VERSION
    from idiolect.util.sqla_compat import beside

__all__ = [
    "HOOKSPEC_VERSION",
    "Batches",
    "Comparator",
    "DialectRules",
    "Expression",
    "JournalSupport",
    "LazyFacts",
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
]
_HOMES = {
    "Batches": "idiolect.hooks.standin",
    "HOOKSPEC_VERSION": "idiolect.hooks.version",
    "JournalSupport": "idiolect.hooks.journal",
    "LazyFacts": "idiolect.hooks.standin",
    "LockRequest": "idiolect.hooks.locks",
    "MigrationLock": "idiolect.hooks.locks",
    "Option": "idiolect.hooks.options",
    "ReflectedTables": "idiolect.hooks.reflected",
    "StandIn": "idiolect.hooks.standin",
    "TableSignature": "idiolect.hooks.reflected",
    "at_return": "idiolect.hooks.locks",
    "beside": "idiolect.util.sqla_compat",
    "hookimpl": "idiolect.hooks.markers",
    "own_transaction": "idiolect.hooks.locks",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    home = _HOMES.get(name, "idiolect.hooks.records")
    return getattr(importlib.import_module(home), name)
