"""SQL Server's migration lock: a session-level application lock.

Source: "sp_getapplock" and "sp_releaseapplock" in the Transact-SQL reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from idiolect.hooks import MigrationLock, own_transaction

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from idiolect.hooks import LockRequest

#: Error number -> description. Source: "Database Engine errors".
_TRANSIENT = {1205: "deadlock", 1222: "lock timeout", 3960: "serialization failure"}

_TAKE = """SET NOCOUNT ON; DECLARE @got int;
EXEC @got = sp_getapplock @Resource = :name, @LockMode = 'Exclusive', @LockOwner = :owner,
    @LockTimeout = 0;
SELECT @got"""
_GIVE_BACK = "EXEC sp_releaseapplock @Resource = :name, @LockOwner = 'Session'"
_HOLDER = """SELECT s.host_name, s.host_process_id, s.program_name, s.login_time
FROM sys.dm_tran_locks AS l JOIN sys.dm_exec_sessions AS s ON s.session_id = l.request_session_id
WHERE l.resource_type = 'APPLICATION' AND l.request_status = 'GRANT'
    AND l.resource_database_id = DB_ID() AND l.resource_description LIKE :pattern"""
#: Number of characters of an application lock's name in its description.
_SHOWN = 32


def transient_error(error: DBAPIError) -> str | None:
    """Return a description of an error after which a retry may succeed."""
    words = str(error.orig)
    return next((name for number, name in _TRANSIENT.items() if f"({number})" in words), None)


class ApplicationLock(MigrationLock):
    """``sp_getapplock`` with the version table's name, in the database being migrated.

    Args:
        connection: the migrating connection.
        request: what to lock, and for whom.
    """

    def __init__(self, connection: Connection, request: LockRequest) -> None:
        self._connection = connection
        self._bound = request.bound
        self.outlives_transaction = not request.bound
        schema = request.schema or getattr(connection.dialect, "default_schema_name", None) or ""
        self._name = f"idiolect {schema}.{request.table.name}"

    def acquire(self) -> bool:
        """Try to acquire the lock once."""
        owner = "Transaction" if self._bound else "Session"
        with own_transaction(self._connection) as connection:
            got = connection.execute(text(_TAKE), {"name": self._name, "owner": owner}).scalar()
        return got is not None and int(got) >= 0

    def holder(self) -> str:
        """Return the owner's host, process and program; requires VIEW SERVER STATE."""
        pattern = f"%{self._name[:_SHOWN]}%"
        with own_transaction(self._connection) as connection:
            row = connection.execute(text(_HOLDER), {"pattern": pattern}).first()
        return f"{row[2]} on {row[0]}, process {row[1]}, since {row[3]}" if row else ""

    def release(self) -> None:
        """Release the lock; one of a transaction is released at its end."""
        if not self._bound and not self._connection.closed:
            with own_transaction(self._connection) as connection:
                connection.execute(text(_GIVE_BACK), {"name": self._name})
