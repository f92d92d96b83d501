"""Describes the sessions that a statement waited for until its lock timeout.

Used when a step has failed. By then the statement no longer waits, so that there is no answer from
``pg_blocking_pids()``. Listed are the sessions with locks on the tables that the statement names.
Source: PostgreSQL's manual, "pg_locks" and "pg_stat_activity".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from idiolect.hooks import beside
from idiolect_postgresql.pooler import backend_pid
from idiolect_postgresql.sqlstate import sqlstate

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Row
    from sqlalchemy.exc import DBAPIError

_LOCK_NOT_AVAILABLE = "55P03"
#: A longer list is not read.
_MOST = 3

_HOLDERS = r"""SELECT a.pid, coalesce(nullif(a.application_name, ''), a.backend_type) AS name,
        a.usename, host(a.client_addr) AS host, a.state,
        extract(epoch FROM clock_timestamp() - a.xact_start)::int AS seconds,
        string_agg(DISTINCT c.relname, ', ') AS relations
    FROM pg_catalog.pg_locks l
        JOIN pg_catalog.pg_class c ON c.oid = l.relation
        JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    WHERE l.granted AND l.pid <> pg_backend_pid() AND l.pid IS DISTINCT FROM CAST(:ours AS int)
        AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
        AND c.relkind NOT IN ('i', 'I', 't') AND c.relnamespace <> 'pg_catalog'::regnamespace
        AND CAST(:statement AS text)
            ~* concat('\m', regexp_replace(c.relname, '\W', '.', 'g'), '\M')
    GROUP BY a.pid, name, a.usename, a.client_addr, a.state, a.xact_start
    ORDER BY a.xact_start NULLS LAST"""


def blockers(connection: Connection, error: DBAPIError) -> str:
    """Return which sessions lock the tables that a timed out statement names; "" if unknown.

    Args:
        connection: the migrating connection. Its transaction has failed, so that another one asks.
        error: the error that ended the step.
    """
    if sqlstate(error.orig) != _LOCK_NOT_AVAILABLE or not error.statement:
        return ""
    parameters = {"ours": backend_pid(connection), "statement": error.statement}
    try:
        with beside(connection) as other:
            rows = other.execute(text(_HOLDERS), parameters).all()
    except SQLAlchemyError:  # the statement's error is the one to report
        return ""
    if not rows:
        return ""
    told = "; ".join(map(_described, rows[:_MOST]))
    more = f"; and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
    which = "it" if len(rows) == 1 else "the first"
    ending = f"to end {which}: SELECT pg_terminate_backend({rows[0].pid})"
    return f"waited for {told}{more}; {ending}"


def _described(session: Row[Any]) -> str:
    user = f"user {session.usename}" if session.usename else ""
    who = ", ".join(filter(None, (session.name, user, session.host)))
    since = f"in a transaction for {session.seconds} s" if session.seconds is not None else ""
    doing = ", ".join(filter(None, (session.state, since, f"locks {session.relations}")))
    return f"server process {session.pid} ({who}): {doing}"
