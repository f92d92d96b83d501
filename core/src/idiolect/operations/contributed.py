"""Operations contributed by plugins, added and removed together with them.

Checked whenever an Operations object is created; this compares two numbers unless a plugin was
added or removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks.collector import CORE
from idiolect.hooks.collectors import OperationCollector
from idiolect.hooks.contributions import Current, collect
from idiolect.operations.registry import directives

if TYPE_CHECKING:
    from typing import Any

    from idiolect.operations.base import AbstractOperations
    from idiolect.operations.registry import OperationRegistry, Registration

#: The directives added for plugins, and the classes they were added to.
_added: list[tuple[type[AbstractOperations], Registration]] = []


def _install() -> OperationCollector:
    # Imported here because they import this module.
    from idiolect.operations.base import BatchOperations, Operations

    for owner, registration in _added:
        registry = _registry_of(owner)
        # A project may have replaced it.
        if registry.get(registration.name) is registration:
            registry.remove(registration.name)
            delattr(owner, registration.name)
    _added.clear()
    collector = OperationCollector({name: _owner(name) for name in dir(Operations)})
    collect("register_operations", collector)
    for name, contributed in collector.items():
        op_class = contributed.op_class
        _add(Operations, name, op_class, contributed.sourcename)
        if callable(getattr(op_class, f"batch_{name}", None)):
            _add(BatchOperations, name, op_class, f"batch_{name}")
    return collector


def _add(
    owner: type[AbstractOperations], name: str, op_class: type[Any], sourcename: str | None
) -> None:
    owner.register_operation(name, sourcename)(op_class)
    made = _registry_of(owner).get(name)
    if made is not None:
        _added.append((owner, made))


def _registry_of(owner: type[AbstractOperations]) -> OperationRegistry:
    return owner._directives  # noqa: SLF001 - registrations are taken back here alone


def _owner(name: str) -> str:
    """Return the owner of an attribute of Operations, for messages."""
    registration = directives.get(name)
    module = registration.op_class.__module__ if registration else ""
    return f"the module {module!r}" if module and not module.startswith("idiolect.") else CORE


_current = Current(_install)


def refresh() -> None:
    """Update ``Operations``, and with it ``op``, for the plugins that are loaded.

    Raises:
        PluginConflictError: two plugins contribute the same name, or one is the core's.
        HookError: a contribution is not a valid operation.
    """
    _current.get()
