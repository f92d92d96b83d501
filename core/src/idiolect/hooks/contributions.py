"""How the core asks every plugin, whatever its dialect, for what it contributes.

Used by the packages that have contributions: options and operations with each new set of plugins,
templates, commands and types of post-write hooks when one is named that the core does not have.
pluggy is loaded only where something is installed or registered that could answer.
"""

from __future__ import annotations

import sys
import warnings
from _thread import allocate_lock  # threading.Lock, without the import of the rest
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from idiolect.errors import IdiolectError
from idiolect.hooks import entrypoints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from idiolect.hooks.collectors import Collector

    Ask = Callable[[dict[str, Any]], list[Any]]

T = TypeVar("T")

_MANAGER = "idiolect.hooks.manager"


def collect(hook: str, collector: Collector[Any], *, lenient: bool = False) -> None:
    """Let each plugin add to ``collector``; what a plugin added before it failed stays.

    Args:
        hook: a hook with the parameter ``registry``, or ``commands`` of that of commands.
        collector: what the plugins are handed.
        lenient: load the neutral plugins, and pass over those that fail, with a warning;
            otherwise only the loaded ones are asked, and what they raise is raised.

    Raises:
        PluginConflictError: a name has two owners.
        HookError: a contribution is of the wrong kind.
    """
    parameter = "commands" if hook == "register_commands" else "registry"
    for label, ask in _implementers(hook, lenient=lenient):
        collector.owner = label
        ask({parameter: collector})


def answers(hook: str) -> Iterator[tuple[str, Any]]:
    """Load the neutral plugins; yield each plugin's label and what it answers, if anything.

    One that fails is passed over with a warning.
    """
    for label, ask in _implementers(hook, lenient=True):
        for answer in ask({}):
            yield label, answer


def _implementers(hook: str, *, lenient: bool) -> list[tuple[str, Ask]]:
    """Return the label of each plugin that implements a hook, and a function to ask it."""
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
    """Warn of a plugin that is skipped."""
    code = f" [{failure.code}]" if isinstance(failure, IdiolectError) else ""
    warnings.warn(f"{failure}{code}", UserWarning, stacklevel=2)


class Current(Generic[T]):
    """What plugins contributed, collected again after one was loaded, registered or removed.

    Args:
        make: collects everything; called when there is nothing yet or no longer what there is.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = allocate_lock()
        self._known: tuple[object, int, T] | None = None

    def get(self) -> T:
        """Return what plugins contribute now; nothing is loaded by it."""
        from idiolect.hooks.manager import get_manager

        manager = get_manager()
        with self._lock:
            generation = manager.generation
            known = self._known
            if known is None or known[0] is not manager or known[1] != generation:
                known = self._known = (manager, generation, self._make())
            return known[2]
