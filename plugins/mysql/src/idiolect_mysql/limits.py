"""Time limits for the statements of a step, as session variables.

Source: "Server System Variables" in the manuals of MySQL and of MariaDB.
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
    """Apply the limits during the block.

    Lock waits are limited in whole seconds. MySQL only limits the duration of SELECT, MariaDB that
    of all statements.

    Args:
        connection: the migrating connection.
        limits: in seconds.
    """
    wanted: dict[str, float] = {}
    if limits.lock_wait is not None:
        whole = max(1, math.ceil(limits.lock_wait))
        wanted = {"lock_wait_timeout": whole, "innodb_lock_wait_timeout": whole}
    if limits.statement is not None:
        dialect: Any = connection.dialect
        if dialect.is_mariadb:
            wanted["max_statement_time"] = limits.statement
        else:
            wanted["max_execution_time"] = max(1, round(limits.statement * 1000))
    before = {name: connection.scalar(text(f"SELECT @@SESSION.{name}")) for name in wanted}
    _write(connection, wanted)
    try:
        yield
    finally:
        # The error that ended the session is the one to report.
        with contextlib.suppress(SQLAlchemyError):
            _write(connection, before)


def _write(connection: Connection, values: dict[str, Any]) -> None:
    for name, value in values.items():
        connection.execute(text(f"SET SESSION {name} = {value}"))
