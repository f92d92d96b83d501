"""Idiolect's dialect plugin for Oracle."""

from __future__ import annotations

from idiolect_oracle.plugin import OraclePlugin

plugin = OraclePlugin()
