"""The migration lock: a row that a second connection has inserted and never commits.

Firebird has no locks but those of its transactions. Another run that inserts the same key without
waiting is refused; when a process ends, its row goes. Used by the plugin for each run.
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

#: What follows the version table's name; the core leaves a table of this name out of comparisons.
_SUFFIX = "_lock"


class RowLock(MigrationLock):
    """A row in a table beside the version table.

    Args:
        connection: the migrating connection.
        request: what is wanted.
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
        """Insert the row on a second connection; False while another's is there."""
        with ExitStack() as stack:
            other = stack.enter_context(beside(self._connection))
            try:
                self._table.create(other, checkfirst=True)
                other.commit()
                _begin_without_waiting(other)
                other.execute(self._table.insert().values(id=1))
            except DBAPIError as exc:
                # Anything else than somebody else's row is not going to end by waiting.
                if not _is_taken(exc):
                    raise
                return False
            self._held = stack.pop_all()
        return True

    def release(self) -> None:
        """Roll the row back, and close the connection."""
        self._held.close()


def _begin_without_waiting(connection: Connection) -> None:
    # Named by text: the driver is untyped, and scripts do without it.
    driver: Any = importlib.import_module("firebird.driver")
    parameters = driver.tpb(driver.Isolation.READ_COMMITTED, lock_timeout=0)
    dbapi_connection: Any = connection.connection.dbapi_connection
    dbapi_connection.begin(parameters)


def _is_taken(exc: DBAPIError) -> bool:
    """Return whether another run holds the row, or is just making the table.

    Source: "SQLSTATE Error Codes" in the Firebird 3.0 Language Reference: 23000 is a key that is
    there, 40001 a conflict, 42000 with "unsuccessful metadata update" a table that is being made.
    """
    told = str(exc.orig)
    words = ("violation of PRIMARY", "lock conflict", "deadlock", "unsuccessful metadata update")
    return any(word in told for word in words)
