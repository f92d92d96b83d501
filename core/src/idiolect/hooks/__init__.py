"""What a plugin author imports: the marker, and the records that hooks receive and return.

The specifications are in :mod:`idiolect.hooks.hookspecs`; ``docs/reference/hooks.md`` has each
with an example.
"""

from __future__ import annotations

from idiolect.hooks.markers import hookimpl
from idiolect.hooks.records import DialectRules, OfflineTransaction, VersionTableSpec

__all__ = ["DialectRules", "OfflineTransaction", "VersionTableSpec", "hookimpl"]
