"""Makes a SQLite driver begin real transactions, with nothing in hand but a Connection.

Python's driver begins a transaction only before INSERT, UPDATE and DELETE: DDL before them is
committed on its own, and a failed revision stays half done. While a run writes, a listener on
its one Connection sends ``BEGIN IMMEDIATE`` first wherever the driver has not begun. The driver's
``isolation_level`` is left alone, since setting it in mid-transaction commits.
"""

from __future__ import annotations

import contextlib
import logging
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

log = logging.getLogger(__name__)

#: An engine's own ``BEGIN`` (the recipe of SQLAlchemy's documentation) in any of its forms.
_BEGIN = re.compile(
    r"\s*BEGIN\b(\s+(DEFERRED|IMMEDIATE|EXCLUSIVE))?(\s+TRANSACTION)?\s*;?\s*$", re.IGNORECASE
)
#: Statements that SQLite refuses, or silently ignores, inside a transaction.
#: Source: SQLite, "Pragma statements" (foreign_keys, journal_mode, synchronous) and "VACUUM".
_OUTSIDE = re.compile(
    r"\s*(VACUUM\b|DETACH\b|PRAGMA\s+(\w+\.)?(foreign_keys|journal_mode|synchronous)\s*[=(])",
    re.IGNORECASE,
)
_NOTHING = "SELECT 1"


@contextlib.contextmanager
def immediate_transactions(connection: Connection) -> Iterator[None]:
    """Begin a write transaction before the first statement, and anew after each commit.

    Args:
        connection: the migrating connection; any driver whose connection has the attribute
            ``in_transaction``, through an async adapter too.
    """

    def before_cursor_execute(  # noqa: PLR0917 - SQLAlchemy calls it so
        conn: Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> tuple[str, Any]:
        began = _in_transaction(conn)
        if _BEGIN.match(statement):
            return (_NOTHING if began else "BEGIN IMMEDIATE"), parameters
        if _OUTSIDE.match(statement):
            if began:
                _step_outside(conn, statement)
        elif not began:
            _send(conn, "BEGIN IMMEDIATE")
        return statement, parameters

    event.listen(connection, "before_cursor_execute", before_cursor_execute, retval=True)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", before_cursor_execute)


def _in_transaction(connection: Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    return bool(driver.in_transaction)


def _step_outside(connection: Connection, statement: str) -> None:
    """Commit what was done so far, because the statement would be refused or ignored.

    ``PRAGMA foreign_keys=OFF`` at the head of a revision is how published revisions protect the
    rows of child tables; ignoring it could delete them.
    """
    log.warning(
        "%s has no effect inside a transaction: what was done before it is committed now",
        statement.strip(),
    )
    _send(connection, "COMMIT")


def _send(connection: Connection, statement: str) -> None:
    """Send a statement past SQLAlchemy, which would begin a transaction for it."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
    finally:
        cursor.close()
