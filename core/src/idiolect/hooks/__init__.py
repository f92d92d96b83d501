"""What a plugin author imports: the marker, and the records that hooks receive and return.

The specifications are in :mod:`idiolect.hooks.hookspecs`; ``docs/reference/hooks.md`` has each
with an example. Names are fetched on first use: commands about files alone never load pluggy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from idiolect.hooks.markers import hookimpl
    from idiolect.hooks.records import DialectRules, OfflineTransaction, VersionTableSpec

__all__ = ["DialectRules", "OfflineTransaction", "VersionTableSpec", "hookimpl"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    home = "idiolect.hooks.markers" if name == "hookimpl" else "idiolect.hooks.records"
    return getattr(importlib.import_module(home), name)
