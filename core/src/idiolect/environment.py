"""Documented path of the environment context."""

from __future__ import annotations

from idiolect.runtime.environment import EnvironmentContext

__all__ = ["EnvironmentContext"]
