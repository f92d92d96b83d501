"""Collects contributions from all plugins, whatever their dialect.

Options and operations are collected for each new set of plugins; templates, commands and types of
post-write hooks only when a name is used that the core does not define. pluggy is imported only if
a plugin is installed or registered.
"""

from __future__ import annotations

import sys
import warnings
from _thread import RLock  # threading.RLock without the cost of importing threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from idiolect.errors import HookError, IdiolectError
from idiolect.hooks import entrypoints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from idiolect.hooks.collector import Collector

    Ask = Callable[[dict[str, Any]], list[Any]]

T = TypeVar("T")

_MANAGER = "idiolect.hooks.manager"


def collect(hook: str, collector: Collector[Any], *, lenient: bool = False) -> None:
    """Let each plugin add to ``collector``; contributions made before a failure are kept.

    Args:
        hook: the name of a hook whose parameter is ``registry``, or ``commands``.
        collector: passed to the plugins.
        lenient: load the neutral plugins and skip those that fail, with a warning; if False, call
            only plugins that are already loaded and let their exceptions propagate.

    Raises:
        PluginConflictError: a name has two owners.
        HookError: a contribution is of the wrong kind.
    """
    parameter = "commands" if hook == "register_commands" else "registry"
    for label, ask in _implementers(hook, lenient=lenient):
        collector.owner = label
        ask({parameter: collector})


def answers(hook: str) -> Iterator[tuple[str, Any]]:
    """Load the neutral plugins; yield the label and the result of each, except None.

    Plugins that fail are skipped with a warning.
    """
    for label, ask in _implementers(hook, lenient=True):
        for answer in ask({}):
            yield label, answer


def _implementers(hook: str, *, lenient: bool) -> list[tuple[str, Ask]]:
    """Return the label of each plugin that implements a hook, with a function to call it."""
    if _MANAGER not in sys.modules and not entrypoints.find(entrypoints.PLUGINS):
        return []
    from idiolect.hooks.manager import get_manager

    manager = get_manager()
    if lenient:
        manager.load_neutral(warn)

    def asker(name: str, label: str) -> Ask:
        def ask(arguments: dict[str, Any]) -> list[Any]:
            try:
                return manager.ask(name, hook, arguments)
            except IdiolectError:
                raise
            except Exception as exc:
                if not lenient:
                    raise
                warn(f"The hook {hook!r} of {label} failed: {type(exc).__name__}: {exc}")
                return []

        return ask

    return [
        (label, asker(each.name, label))
        for each in manager.implementers(hook)
        for label in [f"the plugin {each.label}"]
    ]


def warn(failure: object) -> None:
    """Log a warning about a plugin that is skipped."""
    code = f" [{failure.code}]" if isinstance(failure, IdiolectError) else ""
    warnings.warn(f"{failure}{code}", UserWarning, stacklevel=2)


class Current(Generic[T]):
    """Cached contributions, collected again after a plugin was loaded, registered or removed.

    Args:
        make: collects everything; called if nothing is cached or the cache is stale.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        # Reentrant, so that a hook implementation that asks again gets an error, not a deadlock.
        self._lock = RLock()
        self._is_collecting = False
        self._known: tuple[object, int, T] | None = None

    def get(self) -> T:
        """Return the current contributions, without loading plugins.

        Raises:
            HookError: called by a hook implementation while contributions are collected.
        """
        from idiolect.hooks.manager import get_manager

        manager = get_manager()
        with self._lock:
            generation = manager.generation
            known = self._known
            if known is None or known[0] is not manager or known[1] != generation:
                known = self._known = (manager, generation, self._collected())
            return known[2]

    def _collected(self) -> T:
        if self._is_collecting:
            raise HookError(
                "A plugin uses operations or a migration context in a hook that registers "
                "operations or options. Only register there, and use them later."
            )
        self._is_collecting = True
        try:
            return self._make()
        finally:
            self._is_collecting = False
