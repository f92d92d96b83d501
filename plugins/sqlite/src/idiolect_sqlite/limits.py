"""Limits on the statements of a step.

Source: SQLite, "PRAGMA busy_timeout", and Python's "sqlite3", ``set_progress_handler()``.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from idiolect.hooks import SessionLimits

#: Instructions of SQLite's machine between two looks at the clock.
_BETWEEN_LOOKS = 10_000


@contextlib.contextmanager
def session_limits(connection: Connection, limits: SessionLimits) -> Iterator[None]:
    """Keep the limits while the block lasts.

    SQLite has no clock of its own for statements: the whole step may take as long as one of them
    may. Through an async driver that part is not kept.

    Args:
        connection: the migrating connection.
        limits: seconds.
    """
    driver: Any = connection.connection.driver_connection
    cursor: Any = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout")
    patience = cursor.fetchone()[0]
    if limits.lock_wait is not None:
        cursor.execute(f"PRAGMA busy_timeout = {round(limits.lock_wait * 1000)}")
    is_timed = limits.statement is not None and isinstance(driver, sqlite3.Connection)
    if is_timed:
        end = time.monotonic() + (limits.statement or 0)
        driver.set_progress_handler(lambda: time.monotonic() > end, _BETWEEN_LOOKS)
    try:
        yield
    finally:
        if is_timed:
            driver.set_progress_handler(None, 0)
        cursor.execute(f"PRAGMA busy_timeout = {patience}")
        cursor.close()
