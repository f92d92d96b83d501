"""The migration lock: a row inserted by a second connection and never committed.

Firebird has only transactional locks. Another run that inserts the same key without waiting gets an
error; when a process ends, its row is rolled back.
"""

from __future__ import annotations

import importlib
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.exc import DBAPIError

from idiolect.hooks import MigrationLock, beside

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from idiolect.hooks import LockRequest

#: Suffix to the version table's name; the core excludes a table of this name from comparisons.
_SUFFIX = "_lock"


class RowLock(MigrationLock):
    """A row in a table next to the version table.

    Args:
        connection: the migrating connection.
        request: what to lock, and for whom.
    """

    def __init__(self, connection: Connection, request: LockRequest) -> None:
        self._connection = connection
        self._table = Table(
            f"{request.table.name}{_SUFFIX}",
            MetaData(),
            Column("id", Integer, primary_key=True, autoincrement=False),
        )
        self._held = ExitStack()

    def acquire(self) -> bool:
        """Insert the row on a second connection; return False if another run has inserted it."""
        with ExitStack() as stack:
            other = stack.enter_context(beside(self._connection))
            try:
                self._table.create(other, checkfirst=True)
                other.commit()
                _begin_without_waiting(other)
                other.execute(self._table.insert().values(id=1))
            except DBAPIError as exc:
                # Other errors do not disappear by waiting.
                if not _is_taken(exc):
                    raise
                return False
            self._held = stack.pop_all()
        return True

    def release(self) -> None:
        """Roll back the row, and close the connection."""
        self._held.close()


def _begin_without_waiting(connection: Connection) -> None:
    # Imported by name: the driver is untyped, and scripts do not need it.
    driver: Any = importlib.import_module("firebird.driver")
    parameters = driver.tpb(driver.Isolation.READ_COMMITTED, lock_timeout=0)
    dbapi_connection: Any = connection.connection.dbapi_connection
    dbapi_connection.begin(parameters)


def _is_taken(exc: DBAPIError) -> bool:
    """Return whether another run holds the row, or is creating the table.

    Source: "SQLSTATE Error Codes" in the Firebird 3.0 Language Reference: 23000 is a duplicate
    key, 40001 a conflict, 42000 with "unsuccessful metadata update" a table being created.
    """
    told = str(exc.orig)
    words = ("violation of PRIMARY", "lock conflict", "deadlock", "unsuccessful metadata update")
    return any(word in told for word in words)
