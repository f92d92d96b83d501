"""The documented import path of the environment context."""

from __future__ import annotations

from typing import Any

from idiolect.runtime import environment
from idiolect.runtime.environment import EnvironmentContext

__all__ = ["EnvironmentContext"]


def __getattr__(name: str) -> Any:
    return getattr(environment, name)
