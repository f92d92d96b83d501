"""Small helpers about values and names, for every room. Standard library only.

Nothing here knows of revisions, databases or files.
"""

from __future__ import annotations

import enum
import sys
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Generic, NoReturn, TypeVar, overload

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)
F = TypeVar("F", bound=Callable[..., Any])


class immutabledict(dict[Any, Any]):  # noqa: N801 - the documented name
    """A dict that refuses to change, usable as a default argument."""

    def _refuse(self, *_args: Any, **_kw: Any) -> NoReturn:
        message = f"{type(self).__name__} cannot be changed"
        raise TypeError(message)

    __setitem__ = __delitem__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def union(self, other: Mapping[Any, Any] | None = None, **kw: Any) -> immutabledict:
        """Return a new one with the entries of ``other`` and ``kw`` laid over these."""
        return immutabledict({**self, **(other or {}), **kw})


EMPTY_DICT: Mapping[Any, Any] = immutabledict()


def rev_id() -> str:
    """Return a new revision id: the last 12 hexadecimal digits of a random UUID."""
    # Finding out about the platform costs a millisecond, and only a new revision needs it.
    import uuid

    return uuid.uuid4().hex[-12:]


@overload
def to_tuple(x: Any, default: tuple[Any, ...]) -> tuple[Any, ...]: ...
@overload
def to_tuple(x: None, default: tuple[Any, ...] | None = None) -> tuple[Any, ...] | None: ...
@overload
def to_tuple(x: Any, default: tuple[Any, ...] | None = None) -> tuple[Any, ...]: ...
def to_tuple(x: Any, default: tuple[Any, ...] | None = None) -> tuple[Any, ...] | None:
    """Return ``x`` as a tuple.

    Args:
        x: a string or any single object becomes a tuple of one; an iterable is copied.
        default: what None becomes.
    """
    if x is None:
        return default
    if isinstance(x, str) or not isinstance(x, Iterable):
        return (x,)
    return tuple(x)


def to_list(x: Any, default: list[Any] | None = None) -> list[Any]:
    """Return ``x`` as a list by the rules of :func:`to_tuple`; None becomes ``default`` or []."""
    return list(to_tuple(x, tuple(default or ())))


def unique_list(seq: Iterable[H]) -> list[H]:
    """Return the items of ``seq`` without repetition, in order of first appearance."""
    return list(dict.fromkeys(seq))


def dedupe_tuple(tup: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``tup`` without repetition, in order of first appearance."""
    return tuple(dict.fromkeys(tup))


def asbool(value: Any) -> bool:
    """Return the truth of an option's text: true/yes/on/y/t/1 or false/no/off/n/f/0.

    Raises:
        ValueError: the text is neither.
    """
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().lower()
    if word in {"true", "yes", "on", "y", "t", "1"}:
        return True
    if word in {"false", "no", "off", "n", "f", "0"}:
        return False
    message = f"Not a boolean: {value!r}"
    raise ValueError(message)


def not_none(value: T | None) -> T:
    """Return ``value``, which the caller knows to be there."""
    if value is None:
        message = "a value that must be there is None"
        raise AssertionError(message)
    return value


def nearest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return up to ``limit`` of ``known`` that look like ``name``, the most alike first."""
    # For error messages alone.
    import difflib

    return difflib.get_close_matches(name, sorted(known), n=limit, cutoff=0.6)


class memoized_property(Generic[T]):  # noqa: N801 - the documented name
    """A read-only property computed once per object and then kept in its ``__dict__``."""

    def __init__(self, fget: Callable[[Any], T], doc: str | None = None) -> None:
        self.fget = fget
        self.__doc__ = doc or fget.__doc__
        self.__name__ = fget.__name__

    @overload
    def __get__(self, obj: None, cls: Any) -> memoized_property[T]: ...
    @overload
    def __get__(self, obj: object, cls: Any) -> T: ...
    def __get__(self, obj: object | None, cls: Any) -> memoized_property[T] | T:
        if obj is None:
            return self
        value = obj.__dict__[self.__name__] = self.fget(obj)
        return value


def shown(target: Any) -> str:
    """Return a class as its documentation calls it, anything else as ``repr()`` does.

    The package nearest to the top that offers the class counts, under the name by which the
    program knows it: Alembic's while its alias is active.
    """
    if not isinstance(target, type):
        return repr(target)
    own, *rooms = target.__module__.split(".")
    first = sys.modules.get(".".join((own, *rooms[:1])))
    is_aliased = first is not None and sys.modules.get(".".join(("alembic", *rooms[:1]))) is first
    for end in range(len(rooms) + 1):
        offered: Any = getattr(
            sys.modules.get(".".join((own, *rooms[:end]))), target.__name__, None
        )
        if offered is target:
            name = ".".join(("alembic" if is_aliased else own, *rooms[:end]))
            return f"<class '{name}.{target.__name__}'>"
    return repr(target)


class Dispatcher:
    """Finds the function registered for an object's class, or for the nearest base of it.

    A *qualifier* (a dialect's name) narrows the search; ``"default"`` answers for all.
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
            replace: allow a registration that is there already to be replaced.

        Raises:
            ValueError: ``target`` is taken and ``replace`` is not given.
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
        """Return the function for ``obj``: by its name if a string, else by its class.

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
        message = f"no dispatch function for object: {obj!r}"
        raise ValueError(message)

    def branch(self) -> Dispatcher:
        """Return a copy whose registrations do not reach this one."""
        copy = Dispatcher()
        copy._registry.update(self._registry)
        return copy


class DispatchPriority(enum.IntEnum):
    """When a comparator is called, relative to others of its target."""

    FIRST = 50
    MEDIUM = 25
    LAST = 10


class PriorityDispatchResult(enum.Enum):
    """Whether the rest of a comparator's chain is still to be called; None is CONTINUE."""

    CONTINUE = enum.auto()
    STOP = enum.auto()


class PriorityDispatcher:
    """Calls all functions registered for a target, by priority, chain by chain.

    A *subgroup* names a chain: a function of it that returns STOP keeps the later functions of
    the same chain from being called, and those of other chains not.
    """

    def __init__(self) -> None:
        # Tests of published libraries look into it for keys that nothing was registered for.
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
            priority: when it is called.
            qualifier: a dialect's name, or ``"default"`` for all.
            subgroup: the chain that it belongs to; None is a chain as well.
        """

        def register(fn: F) -> F:
            self._registry[target, qualifier, priority].append((fn, subgroup))
            return fn

        return register

    def dispatch(self, target: str, *, qualifier: str = "default") -> Callable[..., None]:
        """Return a function that calls what is registered for ``target`` with its arguments.

        Args:
            target: what is compared; one that nothing is registered for does nothing.
            qualifier: a dialect's name; its functions come before the ones for all.
        """
        functions = self._entries(target, qualifier)

        def call(*args: Any, **kw: Any) -> None:
            stopped = set()
            for fn, subgroup in functions:
                if subgroup not in stopped and fn(*args, **kw) is PriorityDispatchResult.STOP:
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
        """Return what :meth:`dispatch` would call, in that order."""
        return [function for function, _ in self._entries(target, qualifier)]

    def _entries(self, target: str, qualifier: str) -> list[tuple[Callable[..., Any], str | None]]:
        return [
            entry
            for priority in sorted(DispatchPriority, reverse=True)
            for name in dict.fromkeys((qualifier, "default"))
            for entry in self._registry.get((target, name, priority), ())
        ]

    def branch(self) -> PriorityDispatcher:
        """Return a copy whose registrations do not reach this one."""
        copy = PriorityDispatcher()
        copy.populate_with(self)
        return copy

    def populate_with(self, other: PriorityDispatcher) -> None:
        """Register everything that is registered with ``other``, after what is here."""
        for key, entries in other._registry.items():
            self._registry[key].extend(entries)
