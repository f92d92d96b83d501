"""Handles SIGINT, SIGTERM and SIGHUP while a database is being changed.

Installed before a command that runs env.py. The first signal raises an exception, so that
transactions are rolled back and locks released; a second one ends the process immediately.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

#: SIGHUP is sent when the terminal is closed; Windows does not have it.
_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
#: Added by shells to the number of the signal that ended a command.
_STATUS = 128


class Interrupted(KeyboardInterrupt):
    """Raised for a signal that asks the process to end.

    Args:
        number: the signal's number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def watch() -> None:
    """Make the first signal raise an exception. Signals ignored by the parent stay ignored."""
    for each in _SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _first)


def describe(exc: KeyboardInterrupt) -> tuple[str, int]:
    """Return a message about what an interrupt left behind, and the exit status."""
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
