"""Calls a function when a transaction of the caller has ended.

Used for a migration lock that belongs to the session, and has to last until the transaction that
env.py or a program began. SQLAlchemy has no event after a commit, so the commit is sent to the
driver in the event before it. No transaction is begun, and none is ended that is not ending anyway.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from sqlalchemy import event

from idiolect.util.sqla_compat import is_last_listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection


def at_end_of_transaction(connection: Connection, then: Callable[[], None]) -> None:
    """Call a function once the transaction open on the connection has been committed.

    If it is rolled back, the function is called right before.

    Args:
        connection: the connection.
        then: called once; it may execute statements.
    """
    before = _endings.get(connection)
    waiting = [] if before is None else before.close()
    _endings[connection] = _Ending(connection, [*waiting, then])


class _Ending:
    """The functions that wait for the end of a connection's transaction.

    Args:
        connection: the connection.
        waiting: the functions.
    """

    def __init__(self, connection: Connection, waiting: list[Callable[[], None]]) -> None:
        self._connection = weakref.ref(connection)
        self._waiting = waiting
        event.listen(connection, "commit", self._on_commit)
        event.listen(connection, "rollback", self._on_rollback)

    def close(self) -> list[Callable[[], None]]:
        """Stop listening; return the functions that have not been called."""
        connection = self._connection()
        if connection is not None:
            event.remove(connection, "commit", self._on_commit)
            event.remove(connection, "rollback", self._on_rollback)
        return self._waiting

    def _on_commit(self, connection: Connection) -> None:
        # A later listener may write in the transaction, or refuse the commit.
        if self._waiting and is_last_listener(connection, "commit", self._on_commit):
            connection.dialect.do_commit(connection.connection)
            self._call()

    def _on_rollback(self, _connection: Connection) -> None:
        self._call()

    def _call(self) -> None:
        # The listeners stay: SQLAlchemy is iterating over them.
        while self._waiting:
            self._waiting.pop(0)()


_endings: weakref.WeakKeyDictionary[Connection, _Ending] = weakref.WeakKeyDictionary()
