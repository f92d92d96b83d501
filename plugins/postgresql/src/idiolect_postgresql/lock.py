"""PostgreSQL's migration lock: an advisory lock, acquired by polling.

It does not wait in the server, because CREATE INDEX CONCURRENTLY would wait for the waiting
session, and keeps no snapshot open between two attempts.
Source: PostgreSQL's manual, "Explicit Locking", section "Advisory Locks".
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

from idiolect.hooks import MigrationLock, beside, own_transaction
from idiolect_postgresql.pooler import backend_pid, prepare_nothing
from idiolect_postgresql.sqlstate import sqlstate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from idiolect.hooks import LockRequest

#: SQLSTATE -> description. Source: PostgreSQL's manual, "PostgreSQL Error Codes".
_TRANSIENT = {
    "40001": "serialization failure",
    "40P01": "deadlock",
    "55P03": "lock timeout",
}

#: The lock's key is a 64-bit hash of the version table's schema and name. A name without schema is
#: resolved with the search path, like the table itself.
_LOOK = """SELECT pg_backend_pid() AS pid, current_setting('application_name') AS name,
    ('x' || substr(md5('idiolect ' || coalesce(
        CAST(:schema AS text),
        (SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = (
            SELECT relnamespace FROM pg_catalog.pg_class
            WHERE oid = to_regclass(quote_ident(CAST(:name AS text))))),
        current_schema(), '') || '.' || CAST(:name AS text)), 1, 16))::bit(64)::bigint AS key"""

#: An earlier run in the same transaction has acquired the lock.
_OURS = """SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_locks
    WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid() AND objsubid = 1
        AND ((classid::bigint << 32) | objid::bigint) = :key)"""

_RENAME = "SELECT set_config('application_name', :name, false)"
_GIVE_BACK = "SELECT pg_advisory_unlock(:key), set_config('application_name', :name, false)"

#: The second connection's transaction is idle during the whole run.
_STAY = """SELECT set_config(name, '0', true) FROM pg_catalog.pg_settings
    WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')"""

_HOLDER = """SELECT a.application_name, a.pid, host(a.client_addr) AS host,
        to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ') AS since
    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
        AND ((l.classid::bigint << 32) | l.objid::bigint) = :key"""


def transient_error(error: DBAPIError) -> str | None:
    """Return a description of an error after which a retry may succeed."""
    return _TRANSIENT.get(sqlstate(error.orig))


class AdvisoryLock(MigrationLock):
    """A session-level advisory lock on the migrating connection.

    Behind a pooler that assigns a server per transaction, the lock is held by a transaction of a
    second connection. In a transaction of env.py it is released at its end.

    Args:
        connection: the migrating connection.
        request: what to lock, and for whom.
    """

    def __init__(self, connection: Connection, request: LockRequest) -> None:
        self._connection = connection
        self._request = request
        self.outlives_transaction = not request.bound
        self._key: int | None = None
        self._session_name: str | None = None
        self._name_before: str | None = None
        self._is_pooled = False
        self._was_ours = False
        self._second = ExitStack()

    def acquire(self) -> bool:
        """Try to acquire the lock once."""
        if self._key is None:
            self._look()
        if self._request.bound:
            self._was_ours = bool(
                self._connection.execute(text(_OURS), {"key": self._key}).scalar()
            )
            return self._try_here("pg_try_advisory_xact_lock")
        if self._is_pooled:
            return self._try_second_connection()
        return self._try_here("pg_try_advisory_lock")

    def holder(self) -> str:
        """Return the owner's application name, address and server process."""
        with own_transaction(self._connection) as connection:
            row = connection.execute(text(_HOLDER), {"key": self._key}).first()
        if row is None:
            return ""
        name = row.application_name or "an unnamed session"
        where = f" from {row.host}" if row.host else ""
        return f"{name}{where}, server process {row.pid}, connected since {row.since}"

    @contextmanager
    def committed(self) -> Iterator[Connection | None]:
        """Open a second connection if the transaction's snapshot was taken before the lock."""
        level = self._connection.exec_driver_sql("SHOW transaction_isolation").scalar()
        if self._was_ours or str(level).startswith("read "):
            yield None
            return
        path = self._connection.exec_driver_sql("SHOW search_path").scalar()
        with beside(self._connection) as opened:
            other = opened.execution_options(isolation_level="READ COMMITTED")
            other.execute(text("SELECT set_config('search_path', :path, true)"), {"path": path})
            yield other

    def release(self) -> None:
        """Release the lock and restore the session's application name."""
        self._second.close()
        if self._request.bound or self._is_pooled or self._name_before is None:
            return
        with own_transaction(self._connection) as connection:
            connection.execute(text(_GIVE_BACK), {"key": self._key, "name": self._name_before})

    def _look(self) -> None:
        """Determine the key, and whether all transactions use the same server process."""
        parameters = {"schema": self._request.schema, "name": self._request.table.name}
        with own_transaction(self._connection) as connection:
            row = connection.execute(text(_LOOK), parameters).one()
        self._key, self._session_name = row.key, row.name
        ours = backend_pid(self._connection)
        self._is_pooled = ours is not None and ours != row.pid
        if self._is_pooled:
            self._second.callback(prepare_nothing(self._connection))

    def _try_here(self, function: str) -> bool:
        in_transaction = self._connection.in_transaction()
        with own_transaction(self._connection) as connection:
            got = bool(
                connection.execute(text(f"SELECT {function}(:key)"), {"key": self._key}).scalar()
            )
            if got and not self._request.bound:
                # Shown to waiting runs and administrators.
                connection.execute(text(_RENAME), {"name": self._request.owner})
                self._name_before = self._session_name
            elif in_transaction:
                _close_snapshot(connection)
        return got

    def _try_second_connection(self) -> bool:
        with ExitStack() as stack:
            other = stack.enter_context(beside(self._connection))
            # In autocommit mode the lock would be released after the statement.
            other = other.execution_options(isolation_level="READ COMMITTED")
            function = text("SELECT pg_try_advisory_xact_lock(:key)")
            got = bool(other.execute(function, {"key": self._key}).scalar())
            if got:
                other.execute(text(_STAY))
                _close_snapshot(other)
                # Kept open while the lock is held; closed here if it was not acquired.
                self._second.push(stack.pop_all())
        return got


def _close_snapshot(connection: Connection) -> None:
    """Send a statement without snapshot, so that the last one's does not block other sessions."""
    connection.exec_driver_sql("SHOW transaction_isolation")
