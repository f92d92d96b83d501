"""The migration lock of MySQL and MariaDB: a named lock of the server.

The lock belongs to the session, so that it is kept across the commits of DDL, and released when the
session ends.
Source: "Locking Functions" in MySQL's reference manual.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import text

from idiolect.hooks import MigrationLock, at_return, own_transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from idiolect.hooks import LockRequest

#: Error number -> description. Source: "Server Error Message Reference".
_TRANSIENT = {1205: "lock timeout", 1213: "deadlock", 3572: "lock timeout"}

_HOLDER = """SELECT id, user, host, time FROM information_schema.processlist
    WHERE id = IS_USED_LOCK(:name)"""


def transient_error(error: DBAPIError) -> str | None:
    """Return a description of an error after which a retry may succeed."""
    arguments = getattr(error.orig, "args", ())
    return _TRANSIENT.get(arguments[0]) if arguments else None


class NamedLock(MigrationLock):
    """``GET_LOCK`` with a name composed of database and version table.

    Args:
        connection: the migrating connection.
        request: what to lock, and for whom.
    """

    #: In InnoDB's default isolation level, REPEATABLE READ, the first read determines what a
    #: transaction sees. Source: MySQL's reference manual, "Consistent Nonlocking Reads".
    comes_first = True

    def __init__(self, connection: Connection, request: LockRequest) -> None:
        self._connection = connection
        self._request = request
        self._name: str | None = None
        self._cancel: Callable[[], None] | None = None

    def acquire(self) -> bool:
        """Try to acquire the lock once."""
        with own_transaction(self._connection) as connection:
            if self._name is None:
                self._name = self._make_name()
            got = connection.execute(text("SELECT GET_LOCK(:name, 0)"), {"name": self._name})
            is_held = bool(got.scalar())
        if is_held and self._request.bound:
            # When the session returns to its pool, it would keep the lock.
            self._cancel = at_return(self._connection, f"DO RELEASE_LOCK('{self._name}')")
        return is_held

    def holder(self) -> str:
        """Return the session that holds it: user, host and id."""
        with own_transaction(self._connection) as connection:
            row = connection.execute(text(_HOLDER), {"name": self._name}).first()
        if row is None:
            return ""
        return f"{row[1]!s} from {row[2]!s}, connection {row[0]}"

    def release(self) -> None:
        """Release the lock."""
        if self._connection.closed:
            return
        if self._cancel is not None:
            self._cancel()
        with own_transaction(self._connection) as connection:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": self._name})

    def _make_name(self) -> str:
        """Return the lock's name, at most 64 characters; names are global to the server."""
        database = self._request.schema or self._connection.scalar(text("SELECT DATABASE()"))
        digest = hashlib.sha256(f"{database}.{self._request.table.name}".encode()).hexdigest()
        return f"idiolect:{digest[:40]}"
