"""Limits on the statements of a step.

Source: "DDL_LOCK_TIMEOUT" in Oracle's Database Reference, and python-oracledb's
``Connection.call_timeout``.
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
    """Keep the limits while the block lasts.

    The wait for a lock is that of statements about the schema, in whole seconds; rows are waited
    for without limit.

    Args:
        connection: the migrating connection.
        limits: seconds.
    """
    driver: Any = connection.connection.driver_connection
    if limits.lock_wait is not None:
        whole = max(1, math.ceil(limits.lock_wait))
        connection.execute(text(f"ALTER SESSION SET ddl_lock_timeout = {whole}"))
    before = getattr(driver, "call_timeout", None)
    if limits.statement is not None and before is not None:
        driver.call_timeout = max(1, round(limits.statement * 1000))
    try:
        yield
    finally:
        # Whatever ended the session is the error to show.
        with contextlib.suppress(SQLAlchemyError, connection.dialect.loaded_dbapi.Error):
            if limits.statement is not None and before is not None:
                driver.call_timeout = before
            if limits.lock_wait is not None:
                connection.execute(text("ALTER SESSION SET ddl_lock_timeout = 0"))
