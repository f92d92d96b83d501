"""Records in the database when each revision was applied, by whom, and its checksum."""

from __future__ import annotations

from idiolect_applied.plugin import AppliedPlugin

plugin = AppliedPlugin()
