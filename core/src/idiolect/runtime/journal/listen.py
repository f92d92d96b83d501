"""SQLAlchemy's events of the migrating connection, led to the record of the running step.

Between a statement's being compiled and its being sent a listener may say that it has been dealt
with. What it left as the cursor then answers to SQLAlchemy, as the driver's would have.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import event

from idiolect.runtime.journal.record import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

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


class Listener:
    """Listens to one connection, for as long as the block lasts.

    Args:
        connection: the migrating connection.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._record: Record | None = None
        dialect = connection.dialect
        # Statements have events of the dialect alone that can replace the sending.
        self._events: list[tuple[Any, str, Callable[..., Any]]] = [
            (dialect, "do_execute", self._on_execute),
            (dialect, "do_executemany", self._on_executemany),
            (dialect, "do_execute_no_params", self._on_execute_no_params),
            (connection, "commit", self._on_commit),
            (connection, "rollback", self._on_rollback),
        ]

    def __enter__(self) -> Self:
        for each in self._events:
            event.listen(*each)
        return self

    def __exit__(self, *_exc: object) -> None:
        for each in self._events:
            event.remove(*each)

    @contextlib.contextmanager
    def to(self, record: Record) -> Iterator[None]:
        """Lead what happens in the block to a record."""
        self._record = record
        try:
            yield
        finally:
            self._record = None

    def _is_ours(self, context: Any) -> bool:
        record = self._record
        return (
            record is not None and not record.busy and context.root_connection is self._connection
        )

    def _on_execute(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        if not self._is_ours(context):
            return False
        send = context.dialect.do_execute
        return self._deal(
            lambda: send(cursor, statement, parameters, context),
            cursor,
            statement,
            parameters,
            context,
        )

    def _on_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        if not self._is_ours(context):
            return False
        send = context.dialect.do_executemany
        return self._deal(
            lambda: send(cursor, statement, parameters, context),
            cursor,
            statement,
            parameters,
            context,
        )

    def _on_execute_no_params(self, cursor: Any, statement: str, context: Any) -> bool:
        if not self._is_ours(context):
            return False
        send = context.dialect.do_execute_no_params
        return self._deal(
            lambda: send(cursor, statement, context), cursor, statement, None, context
        )

    def _deal(
        self, send: Callable[[], None], cursor: Any, sql: str, parameters: Any, context: Any
    ) -> bool:
        def answer(recorded: dict[str, Any]) -> None:
            context.cursor = Replay(cursor, recorded)

        record = self._record
        return record is not None and record.on_statement(
            Call(sql, parameters, send, answer, cursor)
        )

    def _on_commit(self, _connection: Connection) -> None:
        if self._record is not None:
            self._record.on_commit()

    def _on_rollback(self, _connection: Connection) -> None:
        if self._record is not None:
            self._record.on_rollback()
