"""Idiolect's dialect plugin for PostgreSQL."""

from __future__ import annotations

from idiolect_postgresql.plugin import PostgresqlPlugin

plugin = PostgresqlPlugin()
