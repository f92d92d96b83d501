"""The environment that env.py runs in: ``from idiolect import context``.

Each name is a member of the :class:`idiolect.runtime.environment.EnvironmentContext` bound in
this thread or task. Methods are resolved when called, ``config`` and ``script`` when read.
"""

from __future__ import annotations

from typing import Any

from idiolect.util.bound import environment as _bound
from idiolect.util.proxies import directive as _directive


def _class() -> type:
    from idiolect.runtime.environment import EnvironmentContext

    return EnvironmentContext


def __getattr__(name: str) -> Any:
    return _directive(_bound, _class, __name__, name)


def __dir__() -> list[str]:
    return [*(name for name in dir(_class()) if not name.startswith("_")), "config", "script"]
