"""SIGINT and SIGTERM while a database is being changed.

Used by the command line before a command that runs env.py. The first signal becomes an exception,
so that transactions are rolled back and locks given back; a second one ends the process at once.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: What shells add to the number of the signal that ended a command.
_STATUS = 128


class Interrupted(KeyboardInterrupt):
    """A signal asked the process to end.

    Args:
        number: the signal's.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def watch() -> None:
    """Turn the first signal into an exception. Signals that the parent had ignored stay so."""
    for each in _SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _first)


def describe(exc: KeyboardInterrupt) -> tuple[str, int]:
    """Return a message for what an interrupt left, and the exit status."""
    by, number = "", int(signal.SIGINT)
    if isinstance(exc, Interrupted):
        by, number = f" by {signal.Signals(exc.number).name}", exc.number
    where = "".join(f" {note}" for note in getattr(exc, "__notes__", ()))
    return f"Interrupted{by}{where}.", _STATUS + number


def _first(number: int, _frame: FrameType | None) -> None:
    for each in _SIGNALS:
        if signal.getsignal(each) is _first:
            signal.signal(each, signal.SIG_DFL)
    raise Interrupted(number)
