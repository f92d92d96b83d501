"""Describes the sessions that a statement may have waited for until its lock timeout.

Used when a step has failed. MariaDB does not tell who holds a metadata lock, unless a plugin of the
server is installed; but only open transactions can, so they are listed.
Source: "The INFORMATION_SCHEMA INNODB_TRX Table" in MySQL's reference manual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from idiolect.hooks import beside

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

_LOCK_WAIT_TIMEOUT = 1205
#: A longer list is not read.
_MOST = 3

_OURS = "SELECT CONNECTION_ID()"
_OPEN = """SELECT p.id, p.user, p.host, p.command,
        TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) AS seconds
    FROM information_schema.innodb_trx t
        JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
    WHERE p.db = DATABASE() AND p.id NOT IN (CONNECTION_ID(), :ours)
    ORDER BY t.trx_started"""


def blockers(connection: Connection, error: DBAPIError) -> str:
    """Return the open transactions of other sessions after a lock timeout; "" if unknown.

    Reading them needs the privilege PROCESS.

    Args:
        connection: the migrating connection.
        error: the error that ended the step.
    """
    if getattr(error.orig, "args", ())[:1] != (_LOCK_WAIT_TIMEOUT,):
        return ""
    try:
        ours = connection.exec_driver_sql(_OURS).scalar()
        with beside(connection) as other:
            rows = other.execute(text(_OPEN), {"ours": ours}).all()
    except SQLAlchemyError:  # the statement's error is the one to report
        return ""
    if not rows:
        return ""
    told = "; ".join(
        f"connection {row.id} ({row.user} from {row.host}), open for {row.seconds} s, {row.command}"
        for row in rows[:_MOST]
    )
    more = f"; and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
    which = "it" if len(rows) == 1 else "the first"
    return f"other transactions are open: {told}{more}; to end {which}: KILL {rows[0].id}"
