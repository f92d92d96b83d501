"""Idiolect's dialect plugin for Firebird, from version 3 on."""

from __future__ import annotations

from idiolect_firebird.plugin import FirebirdPlugin

plugin = FirebirdPlugin()
