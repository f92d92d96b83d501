"""Connections by way of a pooler that assigns a server process to each transaction.

Such as PgBouncer in transaction mode. Settings and prepared statements of a session do not last
there: the next transaction has another session, and other clients get this one. Used by the lock,
the limits and the preparation of the migrating connection.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text

from idiolect.hooks import own_transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection

_listening = threading.Lock()
#: Key in a connection's ``info`` for the driver's setting to restore on its return to the pool.
_BEFORE = "idiolect_prepare_threshold"


def is_pooled(connection: Connection) -> bool:
    """Return whether the server process is another one than the driver was told on connecting."""
    ours = backend_pid(connection)
    if ours is None:
        return False
    with own_transaction(connection) as queried:
        return bool(ours != queried.scalar(text("SELECT pg_backend_pid()")))


def backend_pid(connection: Connection) -> int | None:
    """Return the server process id that the driver got when connecting, or None."""
    driver: Any = connection.connection.driver_connection
    info = getattr(driver, "info", None)
    if info is not None:
        return int(info.backend_pid)
    ask = getattr(driver, "get_server_pid", None)
    if ask is not None:
        return int(ask())
    # pg8000 keeps the raw server message: process id and secret key, 32 bits each.
    message: object = getattr(driver, "_backend_key_data", None)
    return int.from_bytes(message[:4], "big") if isinstance(message, bytes) else None


def prepare_nothing(connection: Connection) -> Callable[[], None]:
    """Keep psycopg from preparing statements, which other server processes do not know.

    Source: psycopg's manual, "Prepared statements in psycopg", about PgBouncer.

    Returns:
        A function that restores the setting.
    """
    driver: Any = connection.connection.driver_connection
    threshold = getattr(driver, "prepare_threshold", None)
    if threshold is None:
        return lambda: None
    driver.prepare_threshold = None
    return lambda: setattr(driver, "prepare_threshold", threshold)


def prepare_nothing_if_pooled(connection: Connection) -> None:
    """Do so behind a pooler, until the connection is returned to SQLAlchemy's pool.

    Args:
        connection: the migrating connection of a run without lock.
    """
    driver: Any = connection.connection.driver_connection
    if getattr(driver, "prepare_threshold", None) is None or not is_pooled(connection):
        return
    pool = connection.engine.pool
    with _listening:
        # Never removed: pools are shared by threads, which may be iterating over the listeners.
        if not event.contains(pool, "reset", _restore):
            event.listen(pool, "reset", _restore)
    connection.info[_BEFORE] = prepare_nothing(connection)


def _restore(_dbapi_connection: Any, record: Any, _state: Any) -> None:
    restore = record.info.pop(_BEFORE, None) if record is not None else None
    if restore is not None:
        restore()
