"""The commands, at the documented import path: ``from idiolect import command``.

Each takes a :class:`idiolect.config.Config` first and prints to its ``stdout``.
"""

from __future__ import annotations

from typing import Any

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
    "list_templates",
    "merge",
    "plugins",
    "repair",
    "revision",
    "show",
    "stamp",
    "upgrade",
]


def __getattr__(name: str) -> Any:
    """Import autogenerate on first access: programs expect it here, but few commands need it."""
    if name == "autogen":
        from idiolect import autogenerate

        return autogenerate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), "autogen"})
