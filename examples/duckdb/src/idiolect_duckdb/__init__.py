"""Idiolect's dialect plugin for DuckDB."""

from __future__ import annotations

from idiolect_duckdb.plugin import DuckDBPlugin

plugin = DuckDBPlugin()
