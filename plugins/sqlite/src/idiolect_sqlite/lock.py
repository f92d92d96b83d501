"""SQLite's migration lock: the write transaction itself.

Used by the plugin for each run. ``BEGIN IMMEDIATE`` lets one writer in and leaves readers alone; it
ends with the transaction, or with the process. Where a revision commits in its middle, the
connection keeps its locks on the file instead, until the run is over.
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
#: The change of mode takes effect with the next look at the file.
LOOK = "SELECT count(*) FROM sqlite_master"
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def transient_error(error: DBAPIError) -> str | None:
    """Return words for an error that ends when another connection's transaction does."""
    return "database is locked" if _is_busy(error.orig) else None


class ImmediateLock(MigrationLock):
    """A write transaction that is begun before the first statement.

    Args:
        connection: the migrating connection.
        request: what is wanted.
    """

    ends_with_transaction = True

    def __init__(self, connection: Connection, request: LockRequest) -> None:
        self._connection = connection
        self._bound = request.bound
        self._kept = False

    def acquire(self) -> bool:
        """Begin; False while another connection is writing."""
        with self._cursor() as cursor:
            if self._in_transaction():
                if self._bound or self._connection.in_transaction():
                    # What env.py began may hold its work: its first write waits like any other.
                    return True
                # A driver that begins by itself, and later than others may have written.
                cursor.execute("ROLLBACK")
            patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            # Waiting is the core's: it can be interrupted, and says what it waits for.
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
        """Return what is known of who writes: SQLite tells no more."""
        return f"{self._connection.engine.url.database!r} is locked by another connection"

    def keep(self) -> None:
        """Keep the file's lock after the commit. Source: SQLite, "PRAGMA locking_mode"."""
        self._kept = True
        if self._bound:
            at_return(self._connection, SHARED, LOOK)
        with self._cursor() as cursor:
            cursor.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()

    def commit(self) -> str:
        """Commit; where others read, their names for it.

        As the driver does it, so with its patience (``timeout``, 5 s unless the URL says
        otherwise) each time. Source: SQLite, "Transaction", section 2.1: a COMMIT that fails with
        SQLITE_BUSY leaves the transaction open and can be tried again.
        """
        connection = self._connection
        try:
            connection.dialect.do_commit(connection.connection)
        except connection.dialect.loaded_dbapi.Error as exc:
            if not _is_busy(exc):
                # As SQLAlchemy's own commit would; a second one may find nothing to commit.
                raise DBAPIError.instance(
                    None, None, exc, connection.dialect.loaded_dbapi.Error
                ) from exc
            return (
                f"another connection reads {connection.engine.url.database!r} (in the journal "
                "mode WAL, readers keep nobody from committing)"
            )
        return ""

    def release(self) -> None:
        """Let go of the file; the transaction's own end has done the rest."""
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
        """Give a cursor of the driver's: SQLAlchemy would begin a transaction for a statement."""
        cursor = self._connection.connection.cursor()
        try:
            yield _Fetching(cursor)
        finally:
            cursor.close()


class _Fetching:
    """A cursor whose ``execute()`` returns it; that of async drivers' adapters does not."""

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
