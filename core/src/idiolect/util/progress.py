"""The observer of a run: None, unless the command line has set a progress display.

Runs, locks and operations report to the observer what begins and ends. Without one, each call costs
a check of :data:`observer`.
"""

from __future__ import annotations

import contextlib
from _thread import allocate_lock  # threading.Lock without the cost of importing threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Observer:
    """Receives the events of a run, in the thread that runs; methods must not raise."""

    def step_begins(self, step: Any, number: int, total: int) -> None:
        """Called when a revision begins.

        Args:
            step: the step.
            number: its number in the run, from 1.
            total: the number of steps of the run.
        """

    def step_ends(self) -> None:
        """Called when the revision has run and its transaction, if any, has ended."""

    def operation(self, operation: object) -> object:
        """Called when an operation begins or ends.

        Args:
            operation: the operation, or None if the last one has ended.

        Returns:
            The previous operation, to be passed again when this one has ended.
        """

    def waiting(self, message: str) -> None:
        """Called while the run waits for another one."""

    def close(self) -> None:
        """Called at the end."""


class _LateObserver(Observer):
    """Creates another observer, and is replaced by it, when there is something to report."""

    def __init__(self, make: Callable[[], Observer]) -> None:
        self._make = make
        self._lock = allocate_lock()

    def step_begins(self, step: Any, number: int, total: int) -> None:
        """Pass it on."""
        self._other().step_begins(step, number, total)

    def waiting(self, message: str) -> None:
        """Pass it on."""
        self._other().waiting(message)

    def _other(self) -> Observer:
        with self._lock:
            if observer is self:
                _observe(self._make())
        return observer or Observer()


#: The observer of this process.
observer: Observer | None = None


def _observe(new: Observer | None) -> None:
    global observer  # noqa: PLW0603 - read by every operation
    observer = new


@contextlib.contextmanager
def observed(make: Callable[[], Observer]) -> Iterator[None]:
    """Observe the runs in the block.

    Args:
        make: creates the observer, when the first run has something to do or to wait for.
    """
    _observe(_LateObserver(make))
    try:
        yield
    finally:
        last = observer
        _observe(None)
        if last is not None:
            last.close()
