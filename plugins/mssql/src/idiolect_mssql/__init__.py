"""Idiolect's dialect plugin for SQL Server."""

from __future__ import annotations

from idiolect_mssql.plugin import MssqlPlugin

plugin = MssqlPlugin()
