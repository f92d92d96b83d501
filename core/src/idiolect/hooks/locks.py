"""The lock of a run, as plugins make it and the core uses it.

Dialects' plugins come in with a subclass of :class:`MigrationLock`, which they return from the
hook ``migration_lock``. Waiting, messages and the end of the lock are the core's
(``runtime/lock.py``); a plugin only says how its database takes one without waiting.
"""

from __future__ import annotations

import contextlib
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

    For what a lock did to a session in somebody else's transaction, whose end nobody tells of.

    Args:
        connection: the migrating connection.
        *statements: what is sent, in order.

    Returns:
        A function that calls it off.
    """
    pool = connection.engine.pool
    driver: Any = connection.connection.dbapi_connection
    is_due = True

    def reset(dbapi_connection: Any, _record: Any, _state: Any) -> None:
        nonlocal is_due
        if is_due and dbapi_connection is driver:
            is_due = False
            cursor = dbapi_connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            cursor.close()

    def call_off() -> None:
        nonlocal is_due
        is_due = False
        event.remove(pool, "reset", reset)

    event.listen(pool, "reset", reset)
    return call_off
