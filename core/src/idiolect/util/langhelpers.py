"""Small helpers for values and names, for all packages. Standard library only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, overload

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)
F = TypeVar("F", bound=Callable[..., Any])


class immutabledict(dict[Any, Any]):  # noqa: N801 - the documented name
    """An immutable dict, usable as a default argument."""

    def _refuse(self, *_args: Any, **_kw: Any) -> NoReturn:
        message = f"{type(self).__name__} cannot be changed"
        raise TypeError(message)

    __setitem__ = __delitem__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def union(self, other: Mapping[Any, Any] | None = None, **kw: Any) -> immutabledict:
        """Return a new one with the entries of ``other`` and ``kw`` added or replaced."""
        return immutabledict({**self, **(other or {}), **kw})


EMPTY_DICT: Mapping[Any, Any] = immutabledict()


def rev_id() -> str:
    """Return a new revision id: the last 12 hexadecimal digits of a random UUID."""
    # Imported here because it takes a millisecond, and only a new revision needs it.
    import uuid

    return uuid.uuid4().hex[-12:]


def new_rev_id() -> str:
    """Return the id of a new revision from ``idiolect.util.rev_id``, which programs replace."""
    made: str = sys.modules["idiolect.util"].rev_id()
    return made


@overload
def to_tuple(x: Any, default: tuple[Any, ...]) -> tuple[Any, ...]: ...
@overload
def to_tuple(x: None, default: tuple[Any, ...] | None = None) -> tuple[Any, ...] | None: ...
@overload
def to_tuple(x: Any, default: tuple[Any, ...] | None = None) -> tuple[Any, ...]: ...
def to_tuple(x: Any, default: tuple[Any, ...] | None = None) -> tuple[Any, ...] | None:
    """Return ``x`` as a tuple.

    Args:
        x: an iterable is copied; a string or any other object becomes a tuple of one.
        default: the result for None.
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
    """Return the items of ``seq`` without duplicates, in order of first appearance."""
    return list(dict.fromkeys(seq))


def dedupe_tuple(tup: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``tup`` without duplicates, in order of first appearance."""
    return tuple(dict.fromkeys(tup))


def asbool(value: Any) -> bool:
    """Convert an option's text to a boolean: true/yes/on/y/t/1 or false/no/off/n/f/0.

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
    """Return ``value``, which the caller knows is not None."""
    if value is None:
        message = "a value that must be there is None"
        raise AssertionError(message)
    return value


def nearest(name: str, known: Iterable[str], limit: int = 3, *, cutoff: float = 0.6) -> list[str]:
    """Return up to ``limit`` of ``known`` that resemble ``name``, best match first.

    Args:
        name: the name that is unknown.
        known: the names that are known.
        limit: how many to return at most.
        cutoff: the least similarity, from 0 to 1.
    """
    # Imported here because only error messages need it.
    import difflib

    return difflib.get_close_matches(name, sorted(known), n=limit, cutoff=cutoff)


class memoized_property(Generic[T]):  # noqa: N801 - the documented name
    """A read-only property computed once per object and cached in its ``__dict__``."""

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
    """Return the public name of a class, or the ``repr()`` of anything else.

    The name starts with the topmost package that exports the class, or with Alembic's while its
    alias is active.
    """
    if not isinstance(target, type):
        return repr(target)
    own, *below = target.__module__.split(".")
    first = sys.modules.get(".".join((own, *below[:1])))
    is_aliased = first is not None and sys.modules.get(".".join(("alembic", *below[:1]))) is first
    for end in range(len(below) + 1):
        offered: Any = getattr(
            sys.modules.get(".".join((own, *below[:end]))), target.__name__, None
        )
        if offered is target:
            name = ".".join(("alembic" if is_aliased else own, *below[:end]))
            return f"<class '{name}.{target.__name__}'>"
    return repr(target)


if TYPE_CHECKING:
    from idiolect.util.dispatch import Dispatcher as Dispatcher  # noqa: PLC0414 - a re-export
    from idiolect.util.dispatch import DispatchPriority as DispatchPriority  # noqa: PLC0414 - a re-export
    from idiolect.util.dispatch import PriorityDispatcher as PriorityDispatcher  # noqa: PLC0414 - a re-export
    from idiolect.util.dispatch import PriorityDispatchResult as PriorityDispatchResult  # noqa: PLC0414 - a re-export
else:

    def __getattr__(name: str) -> Any:
        # Documented here, but defined in a separate module to speed up imports.
        if name not in {
            "DispatchPriority",
            "Dispatcher",
            "PriorityDispatchResult",
            "PriorityDispatcher",
        }:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from idiolect.util import dispatch

        return getattr(dispatch, name)
