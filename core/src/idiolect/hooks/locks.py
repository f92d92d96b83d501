"""The migration lock: what plugins implement and the core uses.

Dialect plugins return a subclass of :class:`MigrationLock` from the hook ``migration_lock``. The
core (``runtime/lock.py``) waits, logs and releases; a plugin only implements how its database
acquires a lock without blocking.
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
    """A run's request for exclusive access to its version table.

    Attributes:
        table: the version table; together with the database it identifies the lock.
        owner: description of the run: program, process id, host, time; at most 63 characters.
        bound: whether the caller's transaction is open, to be committed after the run: the lock
            must last until that transaction ends.
        rules: the context's rules.
    """

    table: Table
    owner: str
    bound: bool
    rules: DialectRules

    @property
    def schema(self) -> str | None:
        """The version table's schema; None if it is the connection's default schema."""
        schema: str | None = self.table.schema
        return schema


class MigrationLock:
    """A lock on one version table, held by the migrating connection.

    Subclasses implement :meth:`acquire` and :meth:`release`. The base class locks nothing, which
    is right for a database that only one process can open.

    Attributes:
        ends_with_transaction: whether the lock is held by a transaction and released at its end.
            It is then acquired again with each transaction, and the run checks whether another
            run has made progress in between.
        outlives_transaction: whether a lock that was requested with ``bound`` is held until
            :meth:`release` is called, which then happens at the end of the caller's transaction.
        comes_first: whether a lock that is requested with ``bound`` is acquired before the run
            reads anything, because the caller's transaction would not see what other runs commit
            after its first read.
    """

    ends_with_transaction: bool = False
    outlives_transaction: bool = True
    comes_first: bool = False

    def acquire(self) -> bool:
        """Try to acquire the lock without blocking; return whether it is held now.

        Called repeatedly while another run holds it. Either no transaction is open, or one that the
        user's code began, which must be neither committed nor rolled back here.

        Raises:
            LockUnavailableError: not supported by this database or user; a lease is used instead.
        """
        return True

    def holder(self) -> str:
        """Return the current owner if the database can tell; ``""`` otherwise."""
        return ""

    def keep(self) -> None:
        """Keep the lock although the transaction is about to be committed within a revision.

        Called if ``ends_with_transaction``, before an ``autocommit_block()`` and before a commit by
        the revision itself.
        """

    def commit(self) -> str:
        """Commit, if a commit can be refused and retried; return who blocks it.

        Called if ``ends_with_transaction``, right before SQLAlchemy commits, and again as long as
        it returns text. ``""``: nothing blocks; the transaction is committed, or SQLAlchemy commits
        it.
        """
        return ""

    @contextlib.contextmanager
    def committed(self) -> Iterator[Connection | None]:
        """Open a connection that sees what other runs have committed; None if it is not needed.

        Called if ``bound`` and not ``comes_first``, once the lock is held. Needed if the caller's
        transaction does not see what was committed after its first statement.
        """
        yield None

    def release(self) -> None:
        """Release the lock. Called once, after the run's last transaction, even if it failed.

        If the caller's transaction is rolled back, it is called right before that.
        """


@contextlib.contextmanager
def own_transaction(connection: Connection) -> Iterator[Any]:
    """Send a lock's statement in a separate transaction, unless one is open.

    It is committed because a rollback would discard session settings, and because no snapshot
    should stay open while waiting.

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
    """Send statements when the connection is returned to its pool, where the session lives on.

    For session state that a lock changed inside the caller's transaction, whose end is not visible
    here.

    Args:
        connection: the migrating connection.
        *statements: the statements, in order.

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


#: Key in a connection's ``info`` for statements to send on its return to the pool.
_PENDING = "idiolect_at_return"
_listening = threading.Lock()


def _send_pending(dbapi_connection: Any, record: Any, _state: Any) -> None:
    pending = record.info.pop(_PENDING, ()) if record is not None else ()
    for statements in pending:
        with contextlib.closing(dbapi_connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)
