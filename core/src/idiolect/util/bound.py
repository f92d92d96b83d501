"""The bindings behind the proxies ``op`` and ``context``.

Contexts bind their object for the duration of a block, and the proxies look it up. Bindings belong
to the running thread or task, so that migrations can run concurrently.
"""

from __future__ import annotations

import contextlib
import sys
from _thread import allocate_lock, get_ident  # threading, without the cost of importing it
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping
    from types import FrameType

T = TypeVar("T")
#: Whether a new thread starts with a copy of its creator's context: in free-threaded Python.
_THREADS_INHERIT = bool(getattr(sys.flags, "thread_inherit_context", 0))


class Unbound(NameError):
    """A proxy was used while nothing is bound; also an AttributeError for ``hasattr()``."""


class _Late(Generic[T]):
    """A binding whose value is created on first access."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: T | None = None

    def get(self) -> T:
        if self._made is None:
            self._made = self._make()
        return self._made


class Bound(Generic[T]):
    """The binding of one name.

    Looked up in this order: the context variable of this thread or task; a mark in the globals of
    a calling env.py or revision (for threads that a migration starts, which begin with an empty
    context, or in free-threaded Python with that of whoever started them, which is then looked up
    after the mark); the only active binding in this process. Anything else is ambiguous and raises.

    Args:
        name: the documented class name, for messages.
        mark: the global variable in which a module stores its own binding.
    """

    def __init__(self, name: str, mark: str) -> None:
        self.name = name
        self.mark = mark
        self._here: ContextVar[T | _Late[T] | None] = ContextVar(name, default=None)
        # With the thread that bound it.
        self._alive: list[tuple[T | _Late[T], int]] = []
        self._lock = allocate_lock()

    @contextlib.contextmanager
    def bind(self, value: T) -> Iterator[T]:
        """Bind ``value`` for the block, in this thread or task."""
        previous = self.push(value)
        try:
            yield value
        finally:
            self.pop(value, previous)

    @contextlib.contextmanager
    def bind_late(self, make: Callable[[], T]) -> Iterator[None]:
        """Bind the result of ``make`` for the block; it is called on first access."""
        value = _Late(make)
        previous = self.push(value)
        try:
            yield
        finally:
            self.pop(value, previous)

    def push(self, value: T | _Late[T]) -> T | _Late[T] | None:
        """Bind ``value`` and return the previous binding, for :meth:`pop`."""
        previous = self._here.get()
        self._here.set(value)
        with self._lock:
            self._alive.append((value, get_ident()))
        return previous

    def pop(self, value: T | _Late[T], previous: T | _Late[T] | None) -> None:
        """Undo :meth:`push`.

        Sets the previous value, because a token cannot be reset from another context, and fixtures
        may enter in one and exit in another.
        """
        self._here.set(previous)
        with self._lock:
            for place in range(len(self._alive) - 1, -1, -1):
                if self._alive[place][0] is value:
                    del self._alive[place]
                    break

    def find(self) -> T | None:
        """Return the value bound for the caller, or None."""
        value = self._here.get()
        threads = [] if value is None else self._threads_of(value)
        if not threads:
            # Nothing, or a binding that has ended: a context that was copied inside the block, as
            # for a task, may outlive it.
            value = self._marked() or self._only_one()
        elif _THREADS_INHERIT and get_ident() not in threads:
            # The thread may be a pool's, which another migration happened to start.
            value = self._marked() or value
        return value.get() if isinstance(value, _Late) else value

    def get(self, asked: str) -> T:
        """Return the value bound for the caller.

        Args:
            asked: the function or attribute that was used, for the message.

        Raises:
            Unbound: nothing is bound, or several values are and none is known to be the caller's.
        """
        value = self.find()
        if value is None:
            raise Unbound(self._explain(asked))
        return value

    def _explain(self, asked: str) -> str:
        with self._lock:
            several = len(self._alive) > 1
        if several:
            return (
                f"Can't invoke function '{asked}': {len(self._alive)} migrations run in this "
                f"process and this thread belongs to none of them. Pass the '{self.name}' object "
                "to the thread, or start it with contextvars.copy_context().run()."
            )
        return (
            f"Can't invoke function '{asked}', as the proxy object has not yet been established "
            f"for the Alembic '{self.name}' class.  Try placing this code inside a callable. It is "
            "available in upgrade() and downgrade() of a revision, and in env.py while a command "
            "runs it, not while a module is imported."
        )

    def _threads_of(self, value: T | _Late[T]) -> list[int]:
        """Return the threads in which a value was bound; none if it no longer is."""
        with self._lock:
            return [thread for each, thread in self._alive if each is value]

    def _marked(self) -> T | None:
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - the way to the caller's globals
        while frame is not None:
            value: T | None = frame.f_globals.get(self.mark)
            if value is not None:
                return value
            frame = frame.f_back
        return None

    def _only_one(self) -> T | _Late[T] | None:
        with self._lock:
            distinct = {id(value): value for value, _ in self._alive}
        return next(iter(distinct.values())) if len(distinct) == 1 else None


#: The binding of ``op``: an :class:`idiolect.operations.base.Operations`.
operations: Bound[Any] = Bound("Operations", "__idiolect_operations__")
#: The binding of ``context``: an :class:`idiolect.runtime.environment.EnvironmentContext`.
environment: Bound[Any] = Bound("EnvironmentContext", "__idiolect_environment__")


def mark_globals(module_globals: MutableMapping[str, Any]) -> None:
    """Store the current bindings in a module's globals, for threads that its code starts."""
    unmark_globals(module_globals)
    for bound in (operations, environment):
        value = bound.find()
        if value is not None:
            module_globals[bound.mark] = value


def unmark_globals(module_globals: MutableMapping[str, Any]) -> None:
    """Remove what :func:`mark_globals` stored, once the module's code has run."""
    for bound in (operations, environment):
        module_globals.pop(bound.mark, None)
