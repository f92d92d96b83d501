"""Notes down in the database when each revision was applied, by whom, and what it was."""

from __future__ import annotations

from idiolect_applied.plugin import AppliedPlugin

plugin = AppliedPlugin()
