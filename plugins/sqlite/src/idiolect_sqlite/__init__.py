"""Idiolect's dialect plugin for SQLite."""

from __future__ import annotations

from idiolect_sqlite.plugin import SQLitePlugin

plugin = SQLitePlugin()
