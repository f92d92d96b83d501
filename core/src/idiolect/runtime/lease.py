"""A lock for databases without one: a row that its owner renews.

Used by ``runtime/lock.py`` if the dialect's plugin provides no lock. A thread with a separate
connection increments the row's counter every few seconds. A waiter that sees no change for long
enough takes the lock over; it measures by its own clock, so clocks need not be synchronised.
If env.py has begun a transaction, whose end is not visible here, another connection also acquires
and releases the row.
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
        self._heart: Heartbeat | None = None
        self._is_beside = request.bound and _may_connect_again(connection)

    def acquire(self) -> bool:
        """Acquire the row if it is free or its lease has expired."""
        if not self._acquire():
            return False
        if _may_connect_again(self._connection):
            self._heart = Heartbeat(self._connection, self._beat, self._count_up, self._free)
        return True

    def _acquire(self) -> bool:
        if self._is_beside:
            try:
                # Within env.py's transaction others would not see the row until it commits.
                with beside(self._connection) as connection:
                    return self._try_to_take(connection)
            except DBAPIError as exc:
                # The database allows one writer, and env.py's transaction is it.
                log.info("The lease is taken in env.py's transaction: %s", type(exc).__name__)
                self._is_beside = False
        return self._try_to_take(self._connection)

    def _try_to_take(self, on: Connection) -> bool:
        if not self._has_row:
            self._make_row(on)
            self._has_row = True
        with own_transaction(on) as connection:
            owner, beat = connection.execute(select(self._table.c.owner, self._table.c.beat)).one()
        if owner != _FREE and not self._is_dead(owner, beat):
            return False
        if not self._write(on, self._owner, beat + 1, while_=(owner, beat)):
            return False
        if owner != _FREE:
            log.warning(
                "The migration of %s stopped without releasing its lease; taking over.", owner
            )
        return True

    def holder(self) -> str:
        """Return the owner in the row."""
        return self._seen[0] if self._seen else ""

    def release(self) -> None:
        """Stop the heartbeat and release the row."""
        if self._heart is not None and self._heart.stop():
            return
        with own_transaction(self._connection) as connection:
            self._free(connection)

    def _is_dead(self, owner: str, beat: int) -> bool:
        now = time.monotonic()
        if self._seen != (owner, beat):
            self._seen, self._seen_at = (owner, beat), now
        return now - self._seen_at >= self._expiry

    def _write(self, on: Connection, owner: str, beat: int, while_: tuple[str, int]) -> bool:
        """Update the row if it is unchanged since it was read; return whether it was updated."""
        table = self._table
        change = (
            table.update()
            .where(and_(table.c.owner == while_[0], table.c.beat == while_[1]))
            .values(owner=owner, beat=beat)
        )
        with own_transaction(on) as connection:
            found: Any = connection.execute(change)
            if connection.dialect.supports_sane_rowcount:
                return bool(found.rowcount == 1)
            row = connection.execute(select(table.c.owner, table.c.beat)).one()
            return bool(tuple(row) == (owner, beat))

    def _make_row(self, on: Connection) -> None:
        """Create table and row if missing; of several concurrent runs, one succeeds."""
        table = self._table
        with own_transaction(on) as connection:
            there = inspect(connection).has_table(table.name, schema=table.schema)
        if not there:
            _try(on, CreateTable(table))
        with own_transaction(on) as connection:
            row = connection.execute(select(table.c.id)).first()
        if row is None:
            _try(on, table.insert().values(id=1, owner=_FREE, beat=0))

    def _count_up(self, connection: Connection) -> None:
        table = self._table
        connection.execute(
            table.update().where(table.c.owner == self._owner).values(beat=table.c.beat + 1)
        )

    def _free(self, connection: Connection) -> None:
        table = self._table
        connection.execute(table.update().where(table.c.owner == self._owner).values(owner=_FREE))


def _try(on: Connection, statement: Executable) -> None:
    with contextlib.suppress(DBAPIError), own_transaction(on) as connection:
        connection.execute(statement)


def _may_connect_again(connection: Connection) -> bool:
    """Return whether a second connection is a separate one to the same database."""
    # With these pools it would be the same one, or another in-memory database.
    return not isinstance(connection.engine.pool, (StaticPool, SingletonThreadPool))


class Heartbeat:
    """A thread that calls a function periodically with its own connection, until stopped.

    It also stops when the migrating connection is closed, as a program that passes in its own
    transaction does not report its end.

    Args:
        connection: the migrating connection; the thread connects in the same way.
        seconds: the interval.
        beat: called at each interval with the thread's connection.
        last: called at the end, likewise.
    """

    def __init__(
        self,
        connection: Connection,
        seconds: float,
        beat: Callable[[Connection], None],
        last: Callable[[Connection], None],
    ) -> None:
        self._seconds = seconds
        self._beat = beat
        self._last = last
        self._stopped = threading.Event()
        self._is_done = False
        run = self._run_async if connection.dialect.is_async else self._run
        self._thread = threading.Thread(
            target=run, args=(connection,), name="idiolect-lease", daemon=True
        )
        self._thread.start()

    def stop(self) -> bool:
        """Stop, after waiting for a heartbeat in progress; return whether ``last`` was called."""
        self._stopped.set()
        self._thread.join(timeout=EXPIRY)
        return self._is_done

    def _run(self, like: Connection) -> None:
        while not self._stopped.is_set() and not self._is_done:
            try:
                with beside(like) as connection:
                    while not self._stopped.wait(self._seconds) and not like.closed:
                        self._do(self._beat, connection)
                    self._do(self._last, connection)
                    self._is_done = True
            except Exception as exc:  # noqa: BLE001 - some drivers' failures to connect are no DBAPIError
                # The next one may succeed: the lease expires only after several failures.
                log.info("A renewal of the migration lease failed: %s", type(exc).__name__)
                self._stopped.wait(self._seconds)

    @staticmethod
    def _do(what: Callable[[Connection], None], connection: Connection) -> None:
        what(connection)
        connection.commit()

    def _run_async(self, like: Connection) -> None:
        # Needed by async drivers only.
        import asyncio

        from sqlalchemy.util import greenlet_spawn

        # Connections of async drivers are bound to the event loop that created them.
        asyncio.run(greenlet_spawn(self._run, like))
