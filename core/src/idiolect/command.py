"""The commands, at the documented import path: ``from idiolect import command``.

Each takes a :class:`idiolect.config.Config` first and prints to its ``stdout``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from idiolect.commands.check import check
from idiolect.commands.edit import edit
from idiolect.commands.graph import graph
from idiolect.commands.hooks import hooks
from idiolect.commands.init import init, list_templates
from idiolect.commands.merge import merge
from idiolect.commands.migrate import downgrade, ensure_version, stamp, upgrade
from idiolect.commands.plugins import plugins
from idiolect.commands.repair import repair
from idiolect.commands.revision import revision
from idiolect.commands.show import branches, current, heads, history, show
from idiolect.script.base import ScriptDirectory

if TYPE_CHECKING:
    # Imported when it is used, because it loads SQLAlchemy.
    from idiolect.commands.lint import lint

__all__ = [
    "ScriptDirectory",
    "branches",
    "check",
    "current",
    "downgrade",
    "edit",
    "ensure_version",
    "graph",
    "heads",
    "history",
    "hooks",
    "init",
    "lint",
    "list_templates",
    "merge",
    "plugins",
    "repair",
    "revision",
    "show",
    "stamp",
    "upgrade",
]


#: Further modules and a class that programs find, or replace, here, and that few commands need.
_LAZY = {
    "EnvironmentContext": ("idiolect.runtime.environment", "EnvironmentContext"),
    "lint": ("idiolect.commands.lint", "lint"),
    "autogen": ("idiolect.autogenerate", None),
    "util": ("idiolect.util", None),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, member = _LAZY[name]
    module = importlib.import_module(home)
    return module if member is None else getattr(module, member)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
