"""The operations that plugins bring: they come and go with their plugins.

Operations come in whenever one is made, which costs a comparison of two numbers while no plugin
has come or gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks.collectors import CORE, OperationCollector
from idiolect.hooks.contributions import Current, collect
from idiolect.operations.registry import directives

if TYPE_CHECKING:
    from idiolect.operations.registry import Registration

#: What was added to Operations for plugins, by name.
_added: dict[str, Registration] = {}


def _install() -> OperationCollector:
    # It makes itself known here, so it cannot be imported before.
    from idiolect.operations.base import Operations

    for name, registration in _added.items():
        # A project may have put its own in the place.
        if directives.get(name) is registration:
            directives.remove(name)
            delattr(Operations, name)
    _added.clear()
    collector = OperationCollector({name: _owner(name) for name in dir(Operations)})
    collect("register_operations", collector)
    for name, (op_class, sourcename) in collector.items():
        Operations.register_operation(name, sourcename)(op_class)
        made = directives.get(name)
        if made is not None:
            _added[name] = made
    return collector


def _owner(name: str) -> str:
    """Return whose an attribute of Operations is, for messages."""
    registration = directives.get(name)
    module = registration.op_class.__module__ if registration else ""
    return f"the module {module!r}" if module and not module.startswith("idiolect.") else CORE


_current = Current(_install)


def refresh() -> None:
    """Bring ``Operations``, and with it ``op``, up to date with the plugins that are loaded.

    Raises:
        PluginConflictError: two bring an operation of the same name, or one brings the core's.
        HookError: what a plugin brings cannot be an operation.
    """
    _current.get()
