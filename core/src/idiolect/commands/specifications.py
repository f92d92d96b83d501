"""The hooks with their signatures and implementations: the data for ``hooks``.

Installed plugins are inspected as for ``plugins``, without registering them.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from idiolect.commands.inventory import inventory
from idiolect.hooks import hookspecs
from idiolect.hooks.manager import DEFAULTS, SUBPACKAGE_DEFAULTS
from idiolect.hooks.markers import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.commands.inventory import PluginFacts

#: Calling order by kind of plugin; within a kind the newest first.
_ORDER: Final = ("registered", "plugin", "dialect")


@dataclass(frozen=True, slots=True)
class Implementer:
    """An implementation of a hook.

    Attributes:
        kind: the kind of plugin; ``core`` for the default.
        name: the plugin, or the core's module.
        distribution: its distribution; None if it belongs to none.
        version: the distribution's version.
        dialect: the only dialect it applies to; None for all.
        place: ``module:attribute``.
    """

    kind: str
    name: str
    distribution: str | None
    version: str | None
    dialect: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook.

    Attributes:
        name: its name.
        signature: its parameters and return type.
        first_result: whether only the first result counts; otherwise all do.
        doc: its documentation.
        implementers: in calling order.
    """

    name: str
    signature: str
    first_result: bool
    doc: str
    implementers: tuple[Implementer, ...]


def known_hooks() -> list[Hook]:
    """Return all hooks in the order of the specifications."""
    plugins = [each for each in inventory() if each.state == "ok"]
    plugins.sort(key=lambda each: _ORDER.index(each.kind) if each.kind in _ORDER else len(_ORDER))
    modules = dict.fromkeys(
        [*DEFAULTS, *(one for some in SUBPACKAGE_DEFAULTS.values() for one in some)]
    )
    core = [importlib.import_module(name) for name in modules]
    return [
        Hook(
            name=name,
            signature=f"{name}{inspect.signature(function)}".replace("'", ""),
            first_result=getattr(function, f"{PROJECT}_spec")["firstresult"],
            doc=inspect.getdoc(function) or "",
            implementers=(*_plugins(name, plugins), *_defaults(name, core)),
        )
        for name, function in vars(hookspecs).items()
        if hasattr(function, f"{PROJECT}_spec")
    ]


def _plugins(hook: str, plugins: list[PluginFacts]) -> Iterator[Implementer]:
    for each in plugins:
        if hook in each.hooks:
            yield Implementer(
                each.kind, each.name, each.distribution, each.version, each.dialect, each.module
            )


def _defaults(hook: str, core: list[Any]) -> Iterator[Implementer]:
    for module in core:
        if hasattr(getattr(module, hook, None), f"{PROJECT}_impl"):
            name = module.__name__
            yield Implementer("core", name, None, None, None, f"{name}:{hook}")
