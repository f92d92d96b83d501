"""Registries of functions by class or target, with lookup by dialect and priority.

Used by operations, rendering and autogenerate, and documented as
:mod:`idiolect.util.langhelpers`. Independent of what the functions do.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from idiolect.util.blame import blame
from idiolect.util.langhelpers import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

F = TypeVar("F", bound="Callable[..., Any]")


class Dispatcher:
    """Dispatches to the function registered for an object's class, or for its nearest base class.

    A *qualifier* (a dialect's name) narrows the search; ``"default"`` applies to all.
    """

    def __init__(self) -> None:
        self._registry: dict[tuple[Any, str], Any] = {}

    def dispatch_for(
        self, target: Any, *, qualifier: str = "default", replace: bool = False
    ) -> Callable[[F], F]:
        """Return a decorator that registers a function for ``target``.

        Args:
            target: a class, or any hashable name.
            qualifier: a dialect's name, or ``"default"``.
            replace: allow replacing an existing registration.

        Raises:
            ValueError: ``target`` is already registered and ``replace`` is not set.
        """

        def register(fn: F) -> F:
            if not replace and (target, qualifier) in self._registry:
                message = (
                    f"Can not set dispatch function for object {shown(target)}: key already "
                    "exists. To replace existing function, use replace=True."
                )
                raise ValueError(message)
            self._registry[target, qualifier] = fn
            return fn

        return register

    def dispatch(self, obj: Any, qualifier: str = "default") -> Any:
        """Return the function for ``obj``: by name if it is a string, otherwise by class.

        Raises:
            ValueError: nothing is registered for it.
        """
        targets: Iterable[Any]
        if isinstance(obj, str):
            targets = (obj,)
        elif isinstance(obj, type):
            targets = obj.__mro__
        else:
            targets = type(obj).__mro__
        for target in targets:
            for name in dict.fromkeys((qualifier, "default")):
                if (target, name) in self._registry:
                    return self._registry[target, name]
        message = f"no dispatch function for object: {obj}"
        raise ValueError(message)

    def branch(self) -> Dispatcher:
        """Return a copy; registrations with it do not affect this one."""
        copy = Dispatcher()
        copy._registry.update(self._registry)
        return copy


class DispatchPriority(enum.IntEnum):
    """The position of a comparator among those of the same target."""

    FIRST = 50
    MEDIUM = 25
    LAST = 10


class PriorityDispatchResult(enum.Enum):
    """Whether the rest of a comparator's chain is called; None means CONTINUE."""

    CONTINUE = enum.auto()
    STOP = enum.auto()


class PriorityDispatcher:
    """Calls all functions registered for a target, by priority, chain by chain.

    A *subgroup* names a chain: if one of its functions returns STOP, later functions of the same
    chain are not called; other chains are not affected.
    """

    def __init__(self) -> None:
        # Tests of published libraries look up keys that nothing was registered for.
        self._registry: defaultdict[
            tuple[str, str, int], list[tuple[Callable[..., Any], str | None]]
        ] = defaultdict(list)

    def dispatch_for(
        self,
        target: str,
        *,
        priority: DispatchPriority = DispatchPriority.MEDIUM,
        qualifier: str = "default",
        subgroup: str | None = None,
    ) -> Callable[[F], F]:
        """Return a decorator that registers a function.

        Args:
            target: what the function compares.
            priority: its position.
            qualifier: a dialect's name, or ``"default"`` for all.
            subgroup: its chain; None is a chain as well.
        """

        def register(fn: F) -> F:
            self._registry[target, qualifier, priority].append((fn, subgroup))
            return fn

        return register

    def dispatch(self, target: str, *, qualifier: str = "default") -> Callable[..., None]:
        """Return a function that calls the functions registered for ``target`` with its arguments.

        Args:
            target: what is compared; without registrations nothing is called.
            qualifier: a dialect's name; its functions come before the default ones.
        """
        functions = self._entries(target, qualifier)

        def call(*args: Any, **kw: Any) -> None:
            stopped = set()
            for fn, subgroup in functions:
                if subgroup in stopped:
                    continue
                try:
                    found = fn(*args, **kw)
                except Exception as exc:
                    blame(exc, fn, f"comparator {getattr(fn, '__qualname__', repr(fn))!r}")
                    raise
                if found is PriorityDispatchResult.STOP:
                    stopped.add(subgroup)

        return call

    def entries(
        self,
    ) -> Iterator[tuple[str, str, DispatchPriority, Callable[..., Any], str | None]]:
        """Yield target, qualifier, priority, function and subgroup of each registration."""
        for (target, qualifier, priority), functions in self._registry.items():
            for fn, subgroup in functions:
                yield target, qualifier, DispatchPriority(priority), fn, subgroup

    def registered(self, target: str, *, qualifier: str = "default") -> list[Callable[..., Any]]:
        """Return the functions that :meth:`dispatch` would call, in order."""
        return [function for function, _ in self._entries(target, qualifier)]

    def _entries(self, target: str, qualifier: str) -> list[tuple[Callable[..., Any], str | None]]:
        return [
            entry
            for priority in sorted(DispatchPriority, reverse=True)
            for name in dict.fromkeys((qualifier, "default"))
            for entry in self._registry.get((target, name, priority), ())
        ]

    def branch(self) -> PriorityDispatcher:
        """Return a copy; registrations with it do not affect this one."""
        copy = PriorityDispatcher()
        copy.populate_with(self)
        return copy

    def populate_with(self, other: PriorityDispatcher) -> None:
        """Register everything from ``other``, after existing registrations."""
        for key, entries in other._registry.items():
            self._registry[key].extend(entries)
