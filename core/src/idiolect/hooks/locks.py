"""The lock of a run, as plugins make it and the core uses it.

Dialect plugins return a subclass of :class:`MigrationLock` from the hook ``migration_lock``.
Waiting, messages and the end of the lock are the core's (``runtime/lock.py``); a plugin only says
how its database takes one without waiting.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from idiolect.hooks.records import DialectRules


@dataclass(frozen=True, slots=True)
class LockRequest:
    """A run's wish to be the only one on its version table.

    Attributes:
        table: the version table; with the database it is what the lock is named after.
        owner: who asks, for others to read: program, process id, host, time; 63 characters at most.
        bound: whether somebody else's transaction is open, which is committed after the run: the
            lock has to last until that one ends.
        rules: the context's rules.
    """

    table: Table
    owner: str
    bound: bool
    rules: DialectRules

    @property
    def schema(self) -> str | None:
        """The version table's schema; None where it is the connection's default schema."""
        schema: str | None = self.table.schema
        return schema


class MigrationLock:
    """What keeps other runs away from one version table; taken on the migrating connection.

    Derive from it and write :meth:`acquire` and :meth:`release`. Used as it is, it locks nothing,
    which is the answer for a database that only one process can open.

    Attributes:
        ends_with_transaction: whether the lock is a transaction, and so ends with it. It is then
            taken again with each, and the run looks whether another one has gone on meanwhile.
    """

    ends_with_transaction: bool = False

    def acquire(self) -> bool:
        """Take the lock without waiting; return whether it is held now.

        Called again and again while another run holds it. No transaction of the run's own is open,
        or an earlier statement of the user's code began it: that one is neither committed nor
        rolled back here.

        Raises:
            LockUnavailableError: this database or this user cannot; a lease row is used instead.
        """
        return True

    def holder(self) -> str:
        """Return who holds it, as far as the database tells; ``""`` where it does not."""
        return ""

    def keep(self) -> None:
        """Hold on although the transaction is about to be committed in the middle of a revision.

        Called where ``ends_with_transaction``, before an ``autocommit_block()`` and before a
        commit by a revision itself.
        """

    def commit(self) -> str:
        """Commit, where a commit can be refused and yet tried again; return who keeps it from that.

        Called where ``ends_with_transaction``, right before SQLAlchemy commits, and again while
        it answers. ``""`` means that nothing is in the way: the transaction is committed, or the
        commit is left to SQLAlchemy.
        """
        return ""

    def release(self) -> None:
        """Give it back. Called once, after the run's last transaction, whatever its outcome."""


@contextlib.contextmanager
def own_transaction(connection: Connection) -> Iterator[Any]:
    """Send a lock's statement in a transaction of its own, unless one is open.

    It is committed, as settings of the session would be lost with a rollback, and no snapshot is
    left open while others are waited for.

    Args:
        connection: the migrating connection.
    """
    open_before = connection.in_transaction()
    try:
        yield connection
    except BaseException:
        if not open_before and connection.in_transaction():
            connection.rollback()
        raise
    if not open_before and connection.in_transaction():
        connection.commit()


def at_return(connection: Connection, *statements: str) -> Callable[[], None]:
    """Send statements when the connection goes back to its pool, where its session lives on.

    For what a lock did to the session in a transaction of the caller's, whose end is not seen here.

    Args:
        connection: the migrating connection.
        *statements: what is sent, in order.

    Returns:
        A function that cancels this.
    """
    pool = connection.engine.pool
    with _listening:
        # Never removed: pools are shared by threads, which may be iterating over the listeners.
        if not event.contains(pool, "reset", _send_pending):
            event.listen(pool, "reset", _send_pending)
    pending = connection.info.setdefault(_PENDING, [])
    pending.append(statements)

    def cancel() -> None:
        if statements in pending:
            pending.remove(statements)

    return cancel


#: The key in a connection's ``info`` for statements that wait for its return to the pool.
_PENDING = "idiolect_at_return"
_listening = threading.Lock()


def _send_pending(dbapi_connection: Any, record: Any, _state: Any) -> None:
    pending = record.info.pop(_PENDING, ()) if record is not None else ()
    for statements in pending:
        with contextlib.closing(dbapi_connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)
