"""The two pluggy markers of this project, and the attribute that declares a plugin's versions."""

from __future__ import annotations

import pluggy

PROJECT = "idiolect"
#: The attribute in which a plugin declares the versions of the hooks that it supports.
DECLARATION = "idiolect_hookspec"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
