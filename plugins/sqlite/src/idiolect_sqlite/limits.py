"""Time limits for the statements of a step.

Source: SQLite, "PRAGMA busy_timeout", and Python's "sqlite3", ``Connection.interrupt()``.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from idiolect.hooks import SessionLimits

#: Seconds between two interrupts after the timeout.
_BETWEEN_INTERRUPTS = 0.01


@contextlib.contextmanager
def session_limits(connection: Connection, limits: SessionLimits) -> Iterator[None]:
    """Apply the limits during the block.

    SQLite cannot time single statements, so the statement limit applies to the step as a whole. It
    is not supported with async drivers.

    Args:
        connection: the migrating connection.
        limits: in seconds.
    """
    driver: Any = connection.connection.driver_connection
    cursor: Any = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout")
    busy_timeout = cursor.fetchone()[0]
    if limits.lock_wait is not None:
        cursor.execute(f"PRAGMA busy_timeout = {round(limits.lock_wait * 1000)}")
    is_timed = limits.statement is not None and isinstance(driver, sqlite3.Connection)
    try:
        with _clock(driver, limits.statement or 0) if is_timed else contextlib.nullcontext():
            yield
    finally:
        # A revision may have closed the connection; its own error is the one to report.
        with contextlib.suppress(connection.dialect.loaded_dbapi.Error):
            cursor.execute(f"PRAGMA busy_timeout = {busy_timeout}")
            cursor.close()


@contextlib.contextmanager
def _clock(driver: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """Interrupt running statements after the timeout, until the block ends."""
    is_over = threading.Event()

    def watch() -> None:
        if is_over.wait(seconds):
            return
        with contextlib.suppress(sqlite3.Error):  # closed by the revision
            while not is_over.is_set():
                driver.interrupt()
                is_over.wait(_BETWEEN_INTERRUPTS)

    thread = threading.Thread(target=watch, name="idiolect-limit", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        # An interrupt in progress would affect a statement after the block.
        thread.join()
