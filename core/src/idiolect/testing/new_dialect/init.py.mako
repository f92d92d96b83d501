"""Idiolect plugin for ${title}."""

from __future__ import annotations

from ${package}.plugin import ${title}Plugin

plugin = ${title}Plugin()
