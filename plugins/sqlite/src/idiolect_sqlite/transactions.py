"""Makes a SQLite driver begin real transactions, given only a Connection.

Python's driver begins a transaction only before INSERT, UPDATE and DELETE: DDL before them is
committed separately, so a failed revision would be left half done. During a run, a listener on its
Connection sends ``BEGIN IMMEDIATE`` first if the driver has not begun. The driver's
``isolation_level`` is not changed, because setting it inside a transaction commits.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import weakref
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from idiolect_sqlite.lock import LOOK, SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

log = logging.getLogger(__name__)

_COMMENTS = r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
#: An engine's own ``BEGIN`` (the recipe in SQLAlchemy's documentation) in any of its forms.
_BEGIN = re.compile(
    r"\s*BEGIN\b(\s+(DEFERRED|IMMEDIATE|EXCLUSIVE))?(\s+TRANSACTION)?\s*;?\s*$", re.IGNORECASE
)
#: Statements that SQLite rejects, or silently ignores, inside a transaction.
#: Source: SQLite, "Pragma statements" (foreign_keys, journal_mode, synchronous) and "VACUUM".
_OUTSIDE = re.compile(
    rf"{_COMMENTS}"
    r"(VACUUM\b|DETACH\b|PRAGMA\s+(\w+\.)?(foreign_keys|journal_mode|synchronous)\s*[=(])",
    re.IGNORECASE | re.DOTALL,
)
_NOTHING = "SELECT 1"
#: The connections of runs in which a statement has ended a transaction.
_WARNED: weakref.WeakSet[Connection] = weakref.WeakSet()


@contextlib.contextmanager
def immediate_transactions(connection: Connection) -> Iterator[None]:
    """Begin a write transaction before the first statement, and again after each commit.

    Args:
        connection: the migrating connection, with any driver whose connection has the attribute
            ``in_transaction``, also through an async adapter.
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

    _listen_to_engines()
    event.listen(connection, "before_cursor_execute", before_cursor_execute, retval=True)
    run = _Run(connection, threading.get_ident())
    _runs.set((*_runs.get(), run))
    try:
        yield
    finally:
        run.is_over = True
        _runs.set(tuple(each for each in _runs.get() if not each.is_over))
        event.remove(connection, "before_cursor_execute", before_cursor_execute)


@dataclass(slots=True)
class _Run:
    """A migration that runs.

    Attributes:
        connection: the migrating connection.
        thread: its thread; the driver does not let others use the connection.
        is_over: whether it has ended, as the block may be left in another context.
    """

    connection: Connection
    thread: int
    is_over: bool = False


#: The runs of this task. Other tasks of its thread may use the database at the same time, without
#: being part of the revision.
_runs: ContextVar[tuple[_Run, ...]] = ContextVar("idiolect_sqlite_runs", default=())
_lock = threading.Lock()


def _listen_to_engines() -> None:
    """Listen to the statements of all engines: revisions also use the application's own.

    Registered once and never removed: SQLAlchemy iterates over these listeners in other threads,
    and a list that changes meanwhile makes their statements fail.
    """
    with _lock:
        for name in ("engine_connect", "before_cursor_execute"):
            if not event.contains(Engine, name, _on_any_connection):
                event.listen(Engine, name, _on_any_connection)


def _on_any_connection(used: Connection, *_details: Any) -> None:
    for run in _runs.get():
        is_ours = not run.is_over and run.thread == threading.get_ident()
        if is_ours and _is_another(run.connection, used):
            _let_see(run.connection)


def _is_another(connection: Connection, other: Connection) -> bool:
    """Return whether a connection is another one to the same database."""
    if other.engine is connection.engine:
        return other is not connection
    return other.dialect.name == connection.dialect.name and bool(
        connection.engine.url.database
        and other.engine.url.database
        and Path(other.engine.url.database).absolute()
        == Path(connection.engine.url.database).absolute()
    )


def _let_see(connection: Connection) -> None:
    """Commit, because a revision queries the database through another connection.

    Published revisions use ``op.get_bind().engine`` to look up existing tables. Without the commit
    they would see the state before the run, and could not write at all; with a pool of a single
    connection, returning it would even roll back the run's changes.
    """
    if connection.in_nested_transaction():
        return
    if _in_transaction(connection):
        log.warning(
            "A revision uses another connection to the database: what was done before is committed "
            "now; use op.get_bind() itself to keep it in the transaction"
        )
        _send(connection, "COMMIT")
    # Once a revision has committed, the file lock is the migration lock.
    if _send(connection, "PRAGMA locking_mode") == [("exclusive",)]:
        _send(connection, SHARED)
        _send(connection, LOOK)


def _in_transaction(connection: Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    return bool(driver.in_transaction)


def _step_outside(connection: Connection, statement: str) -> None:
    """Commit, because the statement would be rejected or ignored in a transaction.

    Published revisions start with ``PRAGMA foreign_keys=OFF`` to protect the rows of child tables;
    ignoring it could delete them.
    """
    # A history may do so in many revisions; one warning in a run tells as much as fifty.
    level = logging.INFO if connection in _WARNED else logging.WARNING
    _WARNED.add(connection)
    log.log(
        level,
        "%s has no effect inside a transaction: what was done before it is committed now",
        statement.strip(),
    )
    _send(connection, "COMMIT")


def _send(connection: Connection, statement: str) -> list[Any]:
    """Send a statement bypassing SQLAlchemy, which would begin a transaction for it."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]
    finally:
        cursor.close()
