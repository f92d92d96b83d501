"""SQLite's migration lock: the write transaction itself.

``BEGIN IMMEDIATE`` admits one writer and does not block readers; it ends with the transaction, or
with the process. If a revision commits midway, the connection keeps its file locks instead until
the run is over.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from idiolect.hooks import MigrationLock, at_return

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from idiolect.hooks import LockRequest

#: Source: SQLite, "Result and Error Codes": the low byte is the primary code.
_PRIMARY = 0xFF
SHARED = "PRAGMA locking_mode = NORMAL"
#: The change of the locking mode takes effect with the next access to the file.
LOOK = "SELECT count(*) FROM sqlite_master"
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def transient_error(error: DBAPIError) -> str | None:
    """Return a description of an error that disappears with another transaction."""
    return "database is locked" if _is_busy(error.orig) else None


class ImmediateLock(MigrationLock):
    """A write transaction begun before the first statement.

    Args:
        connection: the migrating connection.
        request: what to lock, and for whom.
    """

    ends_with_transaction = True
    outlives_transaction = False

    def __init__(self, connection: Connection, request: LockRequest) -> None:
        self._connection = connection
        self._bound = request.bound
        self._kept = False

    def acquire(self) -> bool:
        """Begin; return False while another connection is writing."""
        with self._cursor() as cursor:
            if self._in_transaction():
                if self._bound or self._connection.in_transaction():
                    # env.py's transaction may contain its work: its first write waits like any
                    # other.
                    return True
                # A driver that begins implicitly, after others may have written.
                cursor.execute("ROLLBACK")
            patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            # The core waits instead: it can be interrupted, and logs what it waits for.
            cursor.execute("PRAGMA busy_timeout = 0")
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except Exception as exc:
                if _is_busy(exc):
                    return False
                raise
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {patience}")
        return True

    def holder(self) -> str:
        """Return a description of the writer; SQLite provides no details."""
        return f"{self._connection.engine.url.database!r} is locked by another connection"

    def keep(self) -> None:
        """Keep the file lock after the commit. Source: SQLite, "PRAGMA locking_mode"."""
        self._kept = True
        if self._bound:
            at_return(self._connection, SHARED, LOOK)
        with self._cursor() as cursor:
            cursor.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()

    def commit(self) -> str:
        """Commit; if readers block it, return a description of them.

        Each attempt is made by the driver, with its ``timeout`` (5 s unless the URL says
        otherwise).
        Source: SQLite, "Transaction", section 2.1: a COMMIT that fails with SQLITE_BUSY leaves the
        transaction open and can be retried.
        """
        connection = self._connection
        try:
            connection.dialect.do_commit(connection.connection)
        except connection.dialect.loaded_dbapi.Error as exc:
            if not _is_busy(exc):
                # As SQLAlchemy's commit would; a second one may have nothing to commit.
                raise DBAPIError.instance(
                    None, None, exc, connection.dialect.loaded_dbapi.Error
                ) from exc
            return (
                f"another connection reads {connection.engine.url.database!r} (in the journal "
                "mode WAL, readers do not block commits)"
            )
        return ""

    def release(self) -> None:
        """Release the file; the end of the transaction has done the rest."""
        if not self._kept or self._connection.closed:
            return
        with self._cursor() as cursor:
            cursor.execute(SHARED).fetchall()
            cursor.execute(LOOK).fetchall()

    def _in_transaction(self) -> bool:
        driver: Any = self._connection.connection.driver_connection
        return bool(driver.in_transaction)

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[Any]:
        """Yield a cursor of the driver: SQLAlchemy would begin a transaction for a statement."""
        cursor = self._connection.connection.cursor()
        try:
            yield _Fetching(cursor)
        finally:
            cursor.close()


class _Fetching:
    """A cursor whose ``execute()`` returns it, unlike that of async drivers' adapters."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def execute(self, statement: str) -> Any:
        self._cursor.execute(statement)
        return self._cursor


def _is_busy(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return "is locked" in str(error)
    return (code & _PRIMARY) in _BUSY
