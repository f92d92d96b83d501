"""Lets a signal interrupt a statement that is running inside of SQLite.

Python calls signal handlers between two bytecode instructions, but a statement runs within one,
however long it takes. So SQLite's progress handler checks for signals.
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

# signal's own function makes an enum of each answer, which takes as long as a short revision.
from _signal import getsignal  # type: ignore[import-not-found]
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

#: Virtual machine instructions between two checks: about a millisecond.
_BETWEEN_QUESTIONS = 50_000
#: Signals that end a run; others must not interrupt a statement. Windows has no SIGHUP.
_ENDING = {getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")}
_OTHERS = tuple(map(int, signal.valid_signals() - _ENDING))


@contextlib.contextmanager
def interruptible(connection: Connection) -> Iterator[None]:
    """Interrupt the running statement when a signal arrives that Python handles.

    Only in the main thread, since handlers are called there, and unless the program handles other
    signals or has a wakeup descriptor, as event loops do.

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
    # Not a Python function: the handler's exception would be raised in it, and be lost in SQLite.
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
    if any(map(callable, map(getsignal, _OTHERS))):
        return False
    before = signal.set_wakeup_fd(-1)
    if before != -1:
        signal.set_wakeup_fd(before)
    return before == -1
