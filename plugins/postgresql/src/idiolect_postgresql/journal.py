"""PostgreSQL's support for the statement journal, for statements outside of transactions.

Elsewhere a rollback undoes everything; in an ``autocommit_block()`` the catalogue shows whether the
statement in flight was executed. An invalid index left by CREATE INDEX CONCURRENTLY is dropped, as
PostgreSQL's manual recommends.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Literal

from sqlalchemy import text

from idiolect.hooks import JournalSupport
from idiolect.hooks.journal import digest
from idiolect_postgresql.sqlstate import sqlstate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)

_PART = r"(?:\"(?:[^\"]|\"\")+\"|[\w$]+)"
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})?"
_EXISTS = r"(?:\s+IF\s+(?:NOT\s+)?EXISTS)?"
_FLAGS = re.IGNORECASE | re.DOTALL
_COMMENTS = re.compile(r"^(?:\s|--[^\n]*\n|/\*.*?\*/)+", re.DOTALL)
_CREATE_INDEX = re.compile(
    rf"CREATE\s+(?:UNIQUE\s+)?INDEX(?:\s+CONCURRENTLY)?{_EXISTS}\s+(?!ON\s)({_PART})\s+ON\s+"
    rf"(?:ONLY\s+)?({_NAME})",
    _FLAGS,
)
_DROP_INDEX = re.compile(
    rf"DROP\s+INDEX(?:\s+CONCURRENTLY)?{_EXISTS}\s+({_NAME}(?:\s*,\s*{_NAME})*)"
    r"\s*(?:RESTRICT|CASCADE)?\s*;?\s*$",
    _FLAGS,
)
_OTHERS = re.compile(
    r"(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:UNLOGGED\s+)?(?:MATERIALIZED\s+)?"
    rf"(TABLE|TYPE|VIEW|INDEX|EXTENSION|DATABASE|SCHEMA){_EXISTS}\s+(?:ONLY\s+)?(?!ON\s)({_NAME})(.*)$",
    _FLAGS,
)
_RENAMED = re.compile(rf"\s*RENAME\s+TO\s+({_PART})", _FLAGS)
_SEVERAL = re.compile(r"\s*,", _FLAGS)
_REPEATABLE = re.compile(
    r"(?:REINDEX|REFRESH|CLUSTER|COMMENT|GRANT|REVOKE|TRUNCATE|ALTER\s+SYSTEM|SECURITY)\b", _FLAGS
)
_INDEX_ON = re.compile(rf"INDEX ({_PART}) ON ({_NAME})$", _FLAGS)
_INVALID = "invalid "
_CONCURRENTLY = re.compile(r"\bINDEX\s+CONCURRENTLY\b", _FLAGS)

_OF_INDEX = """
SELECT CASE WHEN x.indisvalid THEN '' ELSE 'invalid ' END || pg_get_indexdef(x.indexrelid)
FROM pg_index x WHERE x.indexrelid = """
#: Kind -> a query for the definition of an object; no row if it does not exist.
_QUERIES = {
    "INDEX": f"{_OF_INDEX} to_regclass(:name)",
    "TABLE": """
        SELECT (SELECT string_agg(concat_ws(' ', a.attnum, a.attname,
                    format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                    pg_get_expr(d.adbin, d.adrelid)), ',' ORDER BY a.attnum)
                FROM pg_attribute a
                LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
            || (SELECT coalesce(string_agg(conname || pg_get_constraintdef(oid), ','
                    ORDER BY conname), '') FROM pg_constraint WHERE conrelid = c.oid)
            || concat_ws(' ', c.relkind, c.relpersistence, c.relowner, c.reltablespace,
                    c.reloptions::text, c.relrowsecurity, c.relispartition)
        FROM pg_class c WHERE c.oid = to_regclass(:name)""",
    "VIEW": """
        SELECT coalesce(pg_get_viewdef(c.oid), '-') || coalesce(c.reloptions::text, '')
        FROM pg_class c WHERE c.oid = to_regclass(:name)""",
    "TYPE": """
        SELECT concat_ws(' ', t.typtype, t.typowner, t.typdefault,
            (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum
                WHERE enumtypid = t.oid),
            (SELECT string_agg(attname || format_type(atttypid, atttypmod), ',' ORDER BY attnum)
                FROM pg_attribute WHERE attrelid = t.typrelid AND NOT attisdropped))
        FROM pg_type t WHERE t.oid = to_regtype(:name)""",
    "EXTENSION": """
        SELECT extversion || ' ' || extnamespace FROM pg_extension
        WHERE CAST(:name AS text) IN (extname::text, quote_ident(extname))""",
    "SCHEMA": """
        SELECT 'schema ' || nspowner FROM pg_namespace
        WHERE CAST(:name AS text) IN (nspname::text, quote_ident(nspname))""",
    "DATABASE": """
        SELECT 'database ' || datdba FROM pg_database
        WHERE CAST(:name AS text) IN (datname::text, quote_ident(datname))""",
}
_SESSION = (
    "SELECT pid || '/' || extract(epoch FROM backend_start) FROM pg_stat_activity "
    "WHERE pid = pg_backend_pid()"
)
_RUNNING = (
    "SELECT count(*) FROM pg_stat_activity WHERE pid || '/' || extract(epoch FROM backend_start) "
    "= :session AND pid <> pg_backend_pid() AND state = 'active'"
)


#: SQLSTATE: not allowed in a transaction; COMMIT in a procedure called in a transaction.
_OUTSIDE: dict[str, Literal["whole", "in parts"]] = {"25001": "whole", "2D000": "in parts"}


def left_invalid(error: DBAPIError) -> str:
    """Return the invalid index that a failed statement left behind, or ""."""
    found = _CREATE_INDEX.match(_COMMENTS.sub("", error.statement or ""))
    state = sqlstate(error.orig)
    # Errors of class 42 (syntax error, existing or missing name), and in a transaction, occur
    # before it is created.
    if (
        found is None
        or state[:2] == "42"
        or state in _OUTSIDE
        or not _CONCURRENTLY.search(found.group(0))
    ):
        return ""
    return str(found.group(1))


class PostgresqlJournal(JournalSupport):
    """PostgreSQL's support for the statement journal."""

    tries_transaction = True

    def objects(self, sql: str) -> tuple[str, ...] | None:
        """Return the objects as ``KIND name``."""
        sql = _COMMENTS.sub("", sql)
        if found := _CREATE_INDEX.match(sql):
            return (f"INDEX {found.group(1)} ON {found.group(2)}",)
        if found := _DROP_INDEX.match(sql):
            return tuple(f"INDEX {name}" for name in re.findall(_NAME, found.group(1), _FLAGS))
        if found := _OTHERS.match(sql):
            return _of_one(found.group(1).upper(), found.group(2), found.group(3))
        return () if _REPEATABLE.match(sql) else None

    def definitions(self, connection: Connection, objects: Iterable[str]) -> dict[str, str]:
        """Return a hash of each definition, with a prefix for invalid indexes."""
        found = {}
        for each in objects:
            definition = _definition(connection, each)
            mark = _INVALID if definition.startswith(_INVALID) else ""
            found[each] = mark + digest(definition) if definition else ""
        return found

    def outcome(self, connection: Connection, before: Mapping[str, str]) -> bool | None:
        """Drop an index left invalid by CREATE INDEX CONCURRENTLY, which then was not executed."""
        now = self.definitions(connection, before)
        for name, definition in now.items():
            index = _INDEX_ON.match(name)
            if index and not before[name] and definition.startswith(_INVALID):
                left = _index_name(*index.groups())
                log.warning("The index %s was left invalid by an earlier run: dropping it", left)
                connection.execute(text(f"DROP INDEX {left}"))
                return False
        return super().outcome(connection, before)

    def refuses_transaction(self, error: Exception) -> Literal["whole", "in parts"] | None:
        """Decide by SQLSTATE."""
        return _OUTSIDE.get(sqlstate(error))

    def session(self, connection: Connection) -> str:
        """Return the server process's id and start time."""
        return str(connection.scalar(text(_SESSION)) or "")

    def is_running(self, connection: Connection, session: str) -> bool:
        """Return whether the process is active: a statement may outlive the client that sent it."""
        # Within a transaction the view is cached.
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        return bool(connection.scalar(text(_RUNNING), {"session": session}))


def _of_one(kind: str, name: str, rest: str) -> tuple[str, ...] | None:
    if _SEVERAL.match(rest):
        return None
    renamed = _RENAMED.match(rest)
    if not renamed:
        return (f"{kind} {name}",)
    schema = re.match(rf"({_PART}\s*\.\s*){_PART}$", name, _FLAGS)
    return (f"{kind} {name}", f"{kind} {schema.group(1) if schema else ''}{renamed.group(1)}")


def _definition(connection: Connection, each: str) -> str:
    if index := _INDEX_ON.match(each):
        each = f"INDEX {_index_name(*index.groups())}"
    kind, _, name = each.partition(" ")
    return str(connection.scalar(text(_QUERIES[kind]), {"name": name}) or "")


def _index_name(index: str, table: str) -> str:
    """Return the name of an index, qualified by the schema of its table, if any."""
    schema = re.match(rf"({_PART}\s*\.\s*){_PART}$", table, _FLAGS)
    return f"{schema.group(1)}{index}" if schema else index
