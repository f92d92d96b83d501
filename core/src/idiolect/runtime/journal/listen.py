"""Forwards SQLAlchemy's events on the migrating connection to the record of the running step.

After a statement was compiled and before it is executed, a listener can report it as handled.
SQLAlchemy then reads the result from a replacement for the driver's cursor.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.engine.interfaces import ExecuteStyle

from idiolect.runtime.journal.answers import Rows
from idiolect.runtime.journal.calls import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Dialect

    from idiolect.runtime.journal.record import Record


class Replay:
    """A cursor that returns a recorded result, of an earlier run or of its own statement.

    Args:
        cursor: the driver's cursor, for everything that is not recorded.
        answer: the recorded attributes.
        rows: the recorded rows; None if the statement returned none.
    """

    def __init__(self, cursor: Any, answer: dict[str, Any], rows: Rows | None) -> None:
        self._cursor = cursor
        self._left = iter(() if rows is None else rows.rows)
        self.description = None if rows is None else rows.description
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.__dict__.update(answer)

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return next(self._left, None)

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Return the next rows."""
        return list(itertools.islice(self._left, size))

    def fetchall(self) -> list[Any]:
        """Return all remaining rows."""
        return list(self._left)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class Statements:
    """Forwards the statements of an engine to the records of its migrating connections.

    Registered once and never removed: SQLAlchemy's lists of listeners must not change while
    another thread iterates over them.

    Args:
        dialect: the engine's dialect.

    Attributes:
        records: the record of the running step, by connection.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.records: dict[Connection, Record] = {}
        # Only the dialect's events can replace the execution of a statement.
        event.listen(dialect, "do_execute", self._on_execute)
        event.listen(dialect, "do_executemany", self._on_executemany)
        event.listen(dialect, "do_execute_no_params", self._on_execute_no_params)

    def _on_execute(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        send = context.dialect.do_execute
        return self._lead(send, cursor, statement, parameters, context)

    def _on_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        send = context.dialect.do_executemany
        return self._lead(send, cursor, statement, parameters, context)

    def _on_execute_no_params(self, cursor: Any, statement: str, context: Any) -> bool:
        send = context.dialect.do_execute_no_params
        return self._lead(send, cursor, statement, None, context)

    def _lead(self, send: Any, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        record = self.records.get(context.root_connection)
        if record is None:
            if running := _running.get():
                running.on_another_connection()
            return False
        if record.busy:
            return False
        words = (statement,) if parameters is None else (statement, parameters)
        call = Call(
            statement,
            parameters,
            partial(send, cursor, *words, context),
            partial(_replay, context, cursor),
            partial(_take, context, cursor),
            cursor,
        )
        return record.on_statement(call)


#: The record of the running revision; context-local, as other threads and tasks have their own.
_running: ContextVar[Record | None] = ContextVar("_running", default=None)
_known: WeakKeyDictionary[Dialect, Statements] = WeakKeyDictionary()
_lock = threading.Lock()


def _statements_of(dialect: Dialect) -> Statements:
    with _lock:
        found = _known.get(dialect)
        if found is None:
            found = _known[dialect] = Statements(dialect)
        return found


def _replay(context: Any, cursor: Any, recorded: dict[str, Any], rows: Rows | None) -> None:
    context.cursor = Replay(cursor, recorded, rows)
    if _has_portions(context):
        context.fetchall_for_returning = lambda _cursor: [] if rows is None else [*rows.rows]


def _take(context: Any, cursor: Any) -> Rows | None:
    """Return the rows of an executed statement, leaving them readable for SQLAlchemy.

    None if SQLAlchemy would read them itself in any case, as early versions do for batched inserts.
    """
    if _has_portions(context):
        # The class's method: the previous batch has replaced it on the instance.
        fetch = getattr(type(context), "fetchall_for_returning", None)
        if fetch is None:
            return None
        rows = Rows(cursor.description, fetch(context, cursor))
        context.fetchall_for_returning = lambda _cursor: [*rows.rows]
        return rows
    rows = Rows(cursor.description, cursor.fetchall())
    answer = {"rowcount": cursor.rowcount, "lastrowid": getattr(cursor, "lastrowid", None)}
    context.cursor = Replay(cursor, answer, rows)
    return rows


def _has_portions(context: Any) -> bool:
    """Return whether rows are inserted in batches, each with its own result."""
    return context.execute_style is ExecuteStyle.INSERTMANYVALUES


class Listener:
    """Listens to one connection for the duration of a block.

    Args:
        connection: the migrating connection.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._records = _statements_of(connection.dialect).records

    def __enter__(self) -> Self:
        event.listen(self._connection, "commit", self._on_commit)
        event.listen(self._connection, "rollback", self._on_rollback)
        event.listen(self._connection, "savepoint", self._on_savepoint)
        event.listen(self._connection, "release_savepoint", self._on_release)
        return self

    def __exit__(self, *_exc: object) -> None:
        event.remove(self._connection, "commit", self._on_commit)
        event.remove(self._connection, "rollback", self._on_rollback)
        event.remove(self._connection, "savepoint", self._on_savepoint)
        event.remove(self._connection, "release_savepoint", self._on_release)

    @contextlib.contextmanager
    def to(self, record: Record) -> Iterator[None]:
        """Forward the events in the block to a record."""
        self._records[self._connection] = record
        before = _running.get()
        _running.set(record)
        try:
            yield
        finally:
            _running.set(before)
            del self._records[self._connection]

    def _on_commit(self, connection: Connection) -> None:
        if record := self._records.get(connection):
            record.on_commit()

    def _on_rollback(self, connection: Connection) -> None:
        if record := self._records.get(connection):
            record.on_rollback()

    def _on_savepoint(self, connection: Connection, name: str) -> None:
        if record := self._records.get(connection):
            record.on_savepoint(name)

    def _on_release(self, connection: Connection, name: str, _context: None) -> None:
        if record := self._records.get(connection):
            record.on_release(name)
