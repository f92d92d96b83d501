"""The documented import path of the script directory; names are imported lazily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.util.lazy import submodule

if TYPE_CHECKING:
    from idiolect.script.base import ScriptDirectory
    from idiolect.script.script import Script

__all__ = ["Script", "ScriptDirectory"]

_HOMES = {"Script": "idiolect.script.script", "ScriptDirectory": "idiolect.script.base"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        return submodule(__name__, name)
    import importlib

    value = globals()[name] = getattr(importlib.import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
