"""Makes errors roll back their transaction, and detects when the server has done so.

Used for each transaction of a run. Without XACT_ABORT, SQL Server only undoes the failed statement
and continues, even in the middle of a batch whose later errors no driver shows: the revision would
be committed in part. With it, the server rolls back the transaction immediately, and later
statements would be committed separately; so the transaction's id is checked before each commit.
Source: "SET XACT_ABORT", "CURRENT_TRANSACTION_ID" and "@@OPTIONS" in the Transact-SQL reference.
"""

from __future__ import annotations

import contextlib
import re
import threading
import weakref
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from idiolect.errors import TransactionLostError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Dialect, Engine
    from sqlalchemy.engine.interfaces import ExceptionContext

#: Any query of a table begins a transaction if the driver leaves that to the server; one without a
#: table does not.
_MARK = "SELECT CURRENT_TRANSACTION_ID(), @@TRANCOUNT FROM sys.schemas WHERE schema_id = 1"
_OPTIONS = "SELECT CURRENT_TRANSACTION_ID(), @@OPTIONS & 16384"
#: A driver that began the transaction itself cannot roll back one that the server has ended.
_REPLACE = "IF @@TRANCOUNT = 0 BEGIN TRANSACTION"
_ENDS = re.compile(r"\b(?:COMMIT|ROLLBACK)\b", re.IGNORECASE)


@contextlib.contextmanager
def ended_by_errors(connection: Connection) -> Iterator[None]:
    """Enable XACT_ABORT for a transaction, and check its identity at the end.

    Does nothing on related databases that cannot report a transaction's id.

    Args:
        connection: the migrating connection.

    Raises:
        TransactionLostError: the server has ended the transaction in between.
    """
    was_on = _setting(connection)
    if was_on is None:
        yield
        return
    watch = _Watch(connection)
    _send(connection, "SET XACT_ABORT ON")
    try:
        with watch.listening():
            yield
        if connection.in_transaction():
            watch.check()  # env.py's transaction, which is committed later
    finally:
        if not was_on and not connection.closed:
            with contextlib.suppress(*_failures(connection)):
                _send(connection, "SET XACT_ABORT OFF")


def _setting(connection: Connection) -> bool | None:
    try:
        _identity, is_on = _ask(connection, _OPTIONS)
    except _failures(connection):
        return None
    return bool(is_on)


class _Watch:
    """The state of the transaction that is open on a connection.

    Args:
        connection: the migrating connection.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._identity: int | None = None
        self._lost = False
        self._first_error = ""
        self._is_on = True

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to transactions, statements and errors during the block."""
        own: dict[str, Any] = {
            "begin": self._on_begin,
            "commit": self._on_commit,
            "rollback": self._on_rollback,
            "before_cursor_execute": self._before_statement,
            "after_cursor_execute": self._after_statement,
        }
        for name, listener in own.items():
            event.listen(self._connection, name, listener)
        _listen_to_errors(self._connection.engine)
        _watches[self._connection] = self
        if self._connection.in_transaction():
            self._mark()
        try:
            yield
        finally:
            del _watches[self._connection]
            for name, listener in own.items():
                event.remove(self._connection, name, listener)

    def check(self) -> None:
        """Raise if the transaction is not the one that was begun.

        Statements sent since then are rolled back.

        Raises:
            TransactionLostError: the server has ended the transaction.
        """
        if not self._lost and self._is_the_same():
            return
        self._lost = True
        with contextlib.suppress(*_failures(self._connection)):
            _send(self._connection, _REPLACE)
            self._connection.connection.rollback()
        error = f" The first error was: {self._first_error}." if self._first_error else ""
        raise TransactionLostError(
            "SQL Server has rolled the transaction back because of an error in a revision, which "
            f"continued after it: nothing of the transaction was migrated.{error} Let the error "
            "leave the revision; or put the statement that may fail into 'with "
            "op.get_bind().begin_nested():', which undoes that statement alone; or restore the "
            "behaviour without XACT_ABORT with context.configure(mssql_xact_abort=False)."
        )

    def _is_the_same(self) -> bool:
        try:
            return self._identity is None or self._asked() == self._identity
        except _failures(self._connection):
            return True  # the next statement will raise the actual error

    def _asked(self) -> int | None:
        identity, depth = _ask(self._connection, _MARK)
        return int(identity) if depth else None

    def _mark(self) -> None:
        self._identity = None
        with contextlib.suppress(*_failures(self._connection)):
            self._identity = self._asked()

    def _on_begin(self, _connection: Connection) -> None:
        self._first_error, self._lost = "", False
        self._mark()

    def _on_commit(self, _connection: Connection) -> None:
        self.check()
        self._identity = None

    def _on_rollback(self, _connection: Connection) -> None:
        if self._first_error:
            with contextlib.suppress(*_failures(self._connection)):
                _send(self._connection, _REPLACE)
        self._identity, self._lost = None, False

    def _before_statement(self, _connection: Connection, _cursor: Any, sql: str, *_: Any) -> None:
        if _ENDS.search(sql):
            self.check()
        # After an error, a savepoint has to be able to continue.
        is_wanted = not self._connection.in_nested_transaction()
        if is_wanted is not self._is_on:
            self._is_on = is_wanted
            _send(self._connection, f"SET XACT_ABORT {'ON' if is_wanted else 'OFF'}")

    def _after_statement(self, _connection: Connection, _cursor: Any, sql: str, *_: Any) -> None:
        if _ENDS.search(sql):
            self._mark()

    def on_error(self, error: BaseException) -> None:
        """Store the first error of the transaction, unless a savepoint is open."""
        if self._is_on and not self._first_error:
            self._first_error = str(error)


#: The watch of each migrating connection.
_watches: dict[Connection, _Watch] = {}
#: The dialects whose errors are listened to.
_heard: weakref.WeakSet[Dialect] = weakref.WeakSet()
_lock = threading.Lock()


def _listen_to_errors(engine: Engine) -> None:
    """Listen to the errors of an engine's connections; connections have no such event.

    Registered once and never removed: other threads may be iterating over the listeners.
    """
    with _lock:
        # SQLAlchemy registers the listener with the dialect, but under the id of the engine: after
        # an engine is freed, event.contains() may be true of another one at its address.
        if engine.dialect not in _heard:
            event.listen(engine, "handle_error", _on_error)
            _heard.add(engine.dialect)


def _on_error(context: ExceptionContext) -> None:
    watch = _watches.get(context.connection) if context.connection is not None else None
    if watch is not None:
        watch.on_error(context.original_exception)


def _failures(connection: Connection) -> tuple[type[Exception], ...]:
    """Return the exceptions that queries raise: the driver's, SQLAlchemy's for a lost session."""
    return (connection.dialect.loaded_dbapi.Error, SQLAlchemyError)


def _ask(connection: Connection, query: str) -> Any:
    """Query bypassing SQLAlchemy, which would begin a transaction and call listeners."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(query)
        return cursor.fetchone()
    finally:
        cursor.close()


def _send(connection: Connection, statement: str) -> None:
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
    finally:
        cursor.close()
