"""Limits on the statements of a step.

Source: "SET LOCK_TIMEOUT" in the Transact-SQL reference, and pyodbc's ``Connection.timeout``.
"""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from idiolect.hooks import SessionLimits


@contextlib.contextmanager
def session_limits(connection: Connection, limits: SessionLimits) -> Iterator[None]:
    """Keep the limits while the block lasts; a statement's in whole seconds.

    Args:
        connection: the migrating connection.
        limits: seconds.
    """
    driver: Any = connection.connection.driver_connection
    before = -1
    if limits.lock_wait is not None:
        before = int(connection.scalar(text("SELECT @@LOCK_TIMEOUT")) or 0)
        connection.execute(text(f"SET LOCK_TIMEOUT {round(limits.lock_wait * 1000)}"))
    patience = getattr(driver, "timeout", None)
    is_timed = limits.statement is not None and patience is not None
    if is_timed:
        driver.timeout = max(1, math.ceil(limits.statement or 0))
    try:
        yield
    finally:
        if is_timed:
            driver.timeout = patience
        if limits.lock_wait is not None:
            with contextlib.suppress(DBAPIError):
                connection.execute(text(f"SET LOCK_TIMEOUT {before}"))
