"""Time limits for the statements of a step.

Source: "DDL_LOCK_TIMEOUT" in Oracle's Database Reference, and python-oracledb's
``Connection.call_timeout``.
"""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from idiolect.hooks import SessionLimits

#: Reading the view requires a privilege that not every user has.
_READ = "SELECT value FROM v$parameter WHERE name = 'ddl_lock_timeout'"


@contextlib.contextmanager
def session_limits(connection: Connection, limits: SessionLimits) -> Iterator[None]:
    """Apply the limits during the block.

    The lock wait limit only applies to DDL, in whole seconds; waiting for rows is not limited.

    Args:
        connection: the migrating connection.
        limits: in seconds.
    """
    driver: Any = connection.connection.driver_connection
    lock_timeout_before = 0
    if limits.lock_wait is not None:
        whole = max(1, math.ceil(limits.lock_wait))
        lock_timeout_before = _ddl_lock_timeout(connection)
        connection.execute(text(f"ALTER SESSION SET ddl_lock_timeout = {whole}"))
    before = getattr(driver, "call_timeout", None)
    if limits.statement is not None and before is not None:
        driver.call_timeout = max(1, round(limits.statement * 1000))
    try:
        yield
    finally:
        # The error that ended the session is the one to report.
        with contextlib.suppress(SQLAlchemyError, connection.dialect.loaded_dbapi.Error):
            if limits.statement is not None and before is not None:
                driver.call_timeout = before
            if limits.lock_wait is not None:
                connection.execute(
                    text(f"ALTER SESSION SET ddl_lock_timeout = {lock_timeout_before}")
                )


def _ddl_lock_timeout(connection: Connection) -> int:
    """Return the session's setting in seconds; the server's default if it cannot be read."""
    try:
        return int(connection.scalar(text(_READ)) or 0)
    except DBAPIError:
        return 0
