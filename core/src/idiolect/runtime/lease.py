"""A lock for databases without one: a row that its owner renews.

Used by ``runtime/lock.py`` if the dialect's plugin provides no lock. A thread with a separate
connection increments the row's counter every few seconds. A waiter that sees no change for long
enough takes the lock over; it measures by its own clock, so clocks need not be synchronised.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, String, Table, and_, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import SingletonThreadPool, StaticPool
from sqlalchemy.schema import CreateTable

from idiolect.hooks.locks import LockRequest, MigrationLock, own_transaction
from idiolect.hooks.records import lease_name
from idiolect.util.logs import Log
from idiolect.util.sqla_compat import beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql import Executable

log = Log("runtime.lease")

#: Seconds between two heartbeats, and without one after which an owner is considered dead.
BEAT, EXPIRY = 5.0, 30.0
_FREE = ""


def lease_table(version_table: Table) -> Table:
    """Return the lease table that belongs to a version table."""
    return Table(
        lease_name(version_table.name),
        MetaData(),
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("owner", String(80), nullable=False),
        Column("beat", Integer, nullable=False),
        schema=version_table.schema,
    )


class LeaseLock(MigrationLock):
    """A lock row whose counter increases while its owner is alive.

    Args:
        connection: the migrating connection.
        request: what to lock, and for whom.
        beat: seconds between two heartbeats.
        expiry: seconds without a heartbeat after which an owner is considered dead.
    """

    def __init__(
        self,
        connection: Connection,
        request: LockRequest,
        *,
        beat: float = BEAT,
        expiry: float = EXPIRY,
    ) -> None:
        self._connection = connection
        self._owner = request.owner
        self._table = lease_table(request.table)
        self._beat, self._expiry = beat, expiry
        self._seen: tuple[str, int] | None = None
        self._seen_at = 0.0
        self._has_row = False
        self._heart: Heart | None = None

    def acquire(self) -> bool:
        """Acquire the row if it is free or its lease has expired."""
        if not self._has_row:
            self._make_row()
            self._has_row = True
        with own_transaction(self._connection) as connection:
            owner, beat = connection.execute(select(self._table.c.owner, self._table.c.beat)).one()
        if owner != _FREE and not self._is_dead(owner, beat):
            return False
        if not self._write(self._owner, beat + 1, while_=(owner, beat)):
            return False
        if owner != _FREE:
            log.warning(
                "The migration of %s stopped without releasing its lease; taking over.", owner
            )
        self._heart = Heart(self._connection, self._beat, self._count_up)
        return True

    def holder(self) -> str:
        """Return the owner in the row."""
        return self._seen[0] if self._seen else ""

    def release(self) -> None:
        """Stop the heartbeat and release the row."""
        if self._heart is not None:
            self._heart.stop()
        table = self._table
        with own_transaction(self._connection) as connection:
            free = table.update().where(table.c.owner == self._owner).values(owner=_FREE)
            connection.execute(free)

    def _is_dead(self, owner: str, beat: int) -> bool:
        now = time.monotonic()
        if self._seen != (owner, beat):
            self._seen, self._seen_at = (owner, beat), now
        return now - self._seen_at >= self._expiry

    def _write(self, owner: str, beat: int, while_: tuple[str, int]) -> bool:
        """Update the row if it is unchanged since it was read; return whether it was updated."""
        table = self._table
        change = (
            table.update()
            .where(and_(table.c.owner == while_[0], table.c.beat == while_[1]))
            .values(owner=owner, beat=beat)
        )
        with own_transaction(self._connection) as connection:
            found: Any = connection.execute(change)
            if connection.dialect.supports_sane_rowcount:
                return bool(found.rowcount == 1)
            row = connection.execute(select(table.c.owner, table.c.beat)).one()
            return bool(tuple(row) == (owner, beat))

    def _make_row(self) -> None:
        """Create table and row if missing; of several concurrent runs, one succeeds."""
        table = self._table
        with own_transaction(self._connection) as connection:
            there = inspect(connection).has_table(table.name, schema=table.schema)
        if not there:
            self._try(CreateTable(table))
        with own_transaction(self._connection) as connection:
            row = connection.execute(select(table.c.id)).first()
        if row is None:
            self._try(table.insert().values(id=1, owner=_FREE, beat=0))

    def _try(self, statement: Executable) -> None:
        with contextlib.suppress(DBAPIError), own_transaction(self._connection) as connection:
            connection.execute(statement)

    def _count_up(self, connection: Connection) -> None:
        table = self._table
        connection.execute(
            table.update().where(table.c.owner == self._owner).values(beat=table.c.beat + 1)
        )
        connection.commit()


class Heart:
    """A thread that calls a function periodically with its own connection, until stopped.

    Args:
        connection: the migrating connection; the thread connects in the same way.
        seconds: the interval.
        beat: called at each interval with the thread's connection.
    """

    def __init__(
        self, connection: Connection, seconds: float, beat: Callable[[Connection], None]
    ) -> None:
        self._seconds = seconds
        self._beat = beat
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        # With these pools a second connection would be the same one, or another in-memory database.
        if isinstance(connection.engine.pool, (StaticPool, SingletonThreadPool)):
            return
        run = self._run_async if connection.dialect.is_async else self._run
        self._thread = threading.Thread(
            target=run, args=(connection,), name="idiolect-lease", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop, after waiting for a heartbeat in progress."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=self._seconds)

    def _run(self, like: Connection) -> None:
        while not self._stopped.is_set():
            try:
                with beside(like) as connection:
                    while not self._stopped.wait(self._seconds):
                        self._beat(connection)
            except DBAPIError as exc:
                # The next one may succeed: the lease expires only after several failures.
                log.info("A renewal of the migration lease failed: %s", type(exc).__name__)
                self._stopped.wait(self._seconds)

    def _run_async(self, like: Connection) -> None:
        # Needed by async drivers only.
        import asyncio

        from sqlalchemy.util import greenlet_spawn

        # Connections of async drivers are bound to the event loop that created them.
        asyncio.run(greenlet_spawn(self._run, like))
