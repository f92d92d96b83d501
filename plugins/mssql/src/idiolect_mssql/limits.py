"""Time limits for the statements of a step.

Source: "SET LOCK_TIMEOUT" in the Transact-SQL reference, and pyodbc's ``Connection.timeout``.
"""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from idiolect.hooks import SessionLimits


@contextlib.contextmanager
def session_limits(connection: Connection, limits: SessionLimits) -> Iterator[None]:
    """Apply the limits during the block; the statement limit in whole seconds.

    Args:
        connection: the migrating connection.
        limits: in seconds.
    """
    driver: Any = connection.connection.driver_connection
    lock_timeout_before = -1
    if limits.lock_wait is not None:
        lock_timeout_before = int(connection.scalar(text("SELECT @@LOCK_TIMEOUT")) or 0)
        connection.execute(text(f"SET LOCK_TIMEOUT {round(limits.lock_wait * 1000)}"))
    timeout_before = getattr(driver, "timeout", None)
    is_timed = limits.statement is not None and timeout_before is not None
    if is_timed:
        driver.timeout = max(1, math.ceil(limits.statement or 0))
    try:
        yield
    finally:
        # The error that ended the session is the one to report.
        with contextlib.suppress(SQLAlchemyError, connection.dialect.loaded_dbapi.Error):
            if is_timed:
                driver.timeout = timeout_before
            if limits.lock_wait is not None:
                connection.execute(text(f"SET LOCK_TIMEOUT {lock_timeout_before}"))
