"""Oracle's migration lock: a user lock of the package DBMS_LOCK.

Users without EXECUTE on the package get the core's lease instead.
Source: "DBMS_LOCK" in the PL/SQL Packages and Types Reference.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import Integer, outparam, text
from sqlalchemy.exc import DBAPIError

from idiolect.errors import LockUnavailableError
from idiolect.hooks import MigrationLock, at_return, own_transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection

    from idiolect.hooks import LockRequest

#: Error -> description. Source: "Database Error Messages".
_TRANSIENT = {
    "ORA-00054": "lock timeout",
    "ORA-00060": "deadlock",
    "ORA-04021": "lock timeout",
    "ORA-08177": "serialization failure",
}
#: The upper limit of lock numbers available to users.
_NUMBERS = 1_073_741_823
_EXCLUSIVE = 6
#: The package is unknown, or not granted.
_UNKNOWN = "PLS-00201"
#: Results of DBMS_LOCK.REQUEST: acquired, and already held by this session.
_TAKEN, _OURS = 0, 4

_TAKE = """BEGIN
    :answer := DBMS_LOCK.REQUEST(id => :lock_id, lockmode => {mode}, timeout => 0,
        release_on_commit => FALSE);
END;"""
_GIVE_BACK = "DECLARE answer INTEGER; BEGIN answer := DBMS_LOCK.RELEASE({}); END;"


def transient_error(error: DBAPIError) -> str | None:
    """Return a description of an error after which a retry may succeed."""
    words = str(error.orig)
    return next((name for code, name in _TRANSIENT.items() if code in words), None)


class UserLock(MigrationLock):
    """``DBMS_LOCK.REQUEST`` with a number derived from schema and version table.

    It belongs to the session, because a transaction's lock would be released by the first DDL.

    Args:
        connection: the migrating connection.
        request: what to lock, and for whom.
    """

    def __init__(self, connection: Connection, request: LockRequest) -> None:
        self._connection = connection
        self._request = request
        self._number: int | None = None
        self._cancel: Callable[[], None] | None = None

    def acquire(self) -> bool:
        """Try to acquire the lock once.

        Raises:
            LockUnavailableError: the user may not execute DBMS_LOCK.
        """
        take = text(_TAKE.format(mode=_EXCLUSIVE)).bindparams(outparam("answer", Integer()))
        with own_transaction(self._connection) as connection:
            if self._number is None:
                self._number = self._make_number()
            try:
                result = connection.execute(take, {"lock_id": self._number})
            except DBAPIError as exc:
                if _UNKNOWN not in str(exc.orig):
                    raise
                raise LockUnavailableError(
                    "This user may not execute DBMS_LOCK (GRANT EXECUTE ON DBMS_LOCK TO ...)."
                ) from exc
            answer = result.out_parameters["answer"]
        is_held = answer in {_TAKEN, _OURS}
        if is_held and self._request.bound:
            # When the session returns to its pool, it would keep the lock.
            self._cancel = at_return(self._connection, _GIVE_BACK.format(self._number))
        return is_held

    def release(self) -> None:
        """Release the lock."""
        if self._connection.closed:
            return
        if self._cancel is not None:
            self._cancel()
        with own_transaction(self._connection) as connection:
            connection.execute(text(_GIVE_BACK.format(":lock_id")), {"lock_id": self._number})

    def _make_number(self) -> int:
        schema = self._request.schema or self._connection.scalar(
            text("SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM DUAL")
        )
        digest = hashlib.sha256(f"{schema}.{self._request.table.name}".lower().encode()).digest()
        return int.from_bytes(digest[:8], "big") % _NUMBERS
