"""Lets a signal end a statement of a revision that runs inside of SQLite.

Python calls its handlers of signals between two instructions of its own, and a statement is one of
those, however long it takes. So SQLite asks now and then whether a signal is waiting.
Source: Python's "signal", ``set_wakeup_fd()``, and "sqlite3", ``set_progress_handler()``.
"""

from __future__ import annotations

import contextlib
import functools
import os
import select
import signal
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

#: Instructions of SQLite's machine between two questions: about a millisecond.
_BETWEEN_QUESTIONS = 50_000
#: Those that end a run; any other would end a statement that is meant to go on.
_ENDING = {signal.SIGINT, signal.SIGTERM}


@contextlib.contextmanager
def interruptible(connection: Connection) -> Iterator[None]:
    """End the statement that is running when a signal arrives that Python handles.

    In the main thread alone, since handlers are called there; where the program uses signals for
    something else, or waits for them as event loops do, all stays as it is.

    Args:
        connection: the migrating connection.
    """
    driver: Any = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection) or not _can_watch():
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    waiting: Any = select.poll()
    waiting.register(reader, select.POLLIN)
    # No function in Python: the handler's exception would be raised in it, and be lost in SQLite.
    driver.set_progress_handler(functools.partial(waiting.poll, 0), _BETWEEN_QUESTIONS)
    try:
        yield
    finally:
        with contextlib.suppress(sqlite3.Error):  # a revision may have closed it
            driver.set_progress_handler(None, 0)
        signal.set_wakeup_fd(-1)
        os.close(reader)
        os.close(writer)


def _can_watch() -> bool:
    if threading.current_thread() is not threading.main_thread() or not hasattr(select, "poll"):
        return False
    if any(callable(signal.getsignal(each)) for each in signal.valid_signals() - _ENDING):
        return False
    before = signal.set_wakeup_fd(-1)
    if before != -1:
        signal.set_wakeup_fd(before)
    return before == -1
