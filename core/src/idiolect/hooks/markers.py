"""The two pluggy markers of this project."""

from __future__ import annotations

import pluggy

PROJECT = "idiolect"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
