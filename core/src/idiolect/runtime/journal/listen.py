"""SQLAlchemy's events of the migrating connection, led to the record of the running step.

Between a statement's being compiled and its being sent a listener may say that it has been dealt
with. What it left as the cursor then answers to SQLAlchemy, as the driver's would have.
"""

from __future__ import annotations

import contextlib
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakKeyDictionary

from sqlalchemy import event

from idiolect.runtime.journal.record import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Dialect

    from idiolect.runtime.journal.record import Record


class Replay:
    """A cursor that was never executed on, answering what one did in an earlier run.

    Args:
        cursor: the driver's own, for all that is not recorded.
        answer: the recorded attributes.
    """

    description = None

    def __init__(self, cursor: Any, answer: dict[str, Any]) -> None:
        self._cursor = cursor
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.__dict__.update(answer)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class Statements:
    """The statements of one engine's connections, led to the records of those that migrate.

    Registered once and for good: SQLAlchemy's lists of listeners must not change while another
    thread goes through them.

    Args:
        dialect: the engine's.

    Attributes:
        records: the record of a step that runs, by its connection.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.records: dict[Connection, Record] = {}
        # Statements have events of the dialect alone that can replace the sending.
        event.listen(dialect, "do_execute", self._on_execute)
        event.listen(dialect, "do_executemany", self._on_executemany)
        event.listen(dialect, "do_execute_no_params", self._on_execute_no_params)

    def _on_execute(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        record = self.records.get(context.root_connection)
        if record is None or record.busy:
            return False
        send = partial(context.dialect.do_execute, cursor, statement, parameters, context)
        answer = partial(_replay, context, cursor)
        return record.on_statement(Call(statement, parameters, send, answer, cursor))

    def _on_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        record = self.records.get(context.root_connection)
        if record is None or record.busy:
            return False
        send = partial(context.dialect.do_executemany, cursor, statement, parameters, context)
        answer = partial(_replay, context, cursor)
        return record.on_statement(Call(statement, parameters, send, answer, cursor))

    def _on_execute_no_params(self, cursor: Any, statement: str, context: Any) -> bool:
        record = self.records.get(context.root_connection)
        if record is None or record.busy:
            return False
        send = partial(context.dialect.do_execute_no_params, cursor, statement, context)
        answer = partial(_replay, context, cursor)
        return record.on_statement(Call(statement, None, send, answer, cursor))


_known: WeakKeyDictionary[Dialect, Statements] = WeakKeyDictionary()
_lock = threading.Lock()


def _statements_of(dialect: Dialect) -> Statements:
    with _lock:
        found = _known.get(dialect)
        if found is None:
            found = _known[dialect] = Statements(dialect)
        return found


def _replay(context: Any, cursor: Any, recorded: dict[str, Any]) -> None:
    context.cursor = Replay(cursor, recorded)


class Listener:
    """Listens to one connection, for as long as the block lasts.

    Args:
        connection: the migrating connection.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._records = _statements_of(connection.dialect).records

    def __enter__(self) -> Self:
        event.listen(self._connection, "commit", self._on_commit)
        event.listen(self._connection, "rollback", self._on_rollback)
        return self

    def __exit__(self, *_exc: object) -> None:
        event.remove(self._connection, "commit", self._on_commit)
        event.remove(self._connection, "rollback", self._on_rollback)

    @contextlib.contextmanager
    def to(self, record: Record) -> Iterator[None]:
        """Lead what happens in the block to a record."""
        self._records[self._connection] = record
        try:
            yield
        finally:
            del self._records[self._connection]

    def _on_commit(self, connection: Connection) -> None:
        if record := self._records.get(connection):
            record.on_commit()

    def _on_rollback(self, connection: Connection) -> None:
        if record := self._records.get(connection):
            record.on_rollback()
