"""Disables enforcement of foreign keys for one revision, and checks for new violations.

Used by a rebuild if dropping the old table would affect rows that refer to it. Statements bypass
SQLAlchemy, which would begin a transaction, in which the pragma has no effect.
Source: SQLite, "Pragma statements": foreign_keys, foreign_key_check, foreign_key_list.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from idiolect.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.engine import Connection

log = logging.getLogger(__name__)

_SHOWN = 5


class NewViolationsError(OperationError):
    """A revision that ran without enforcement has left rows that violate foreign keys."""


class EnforcementError(OperationError):
    """Enforcement of foreign keys could not be disabled."""


class Violation(NamedTuple):
    """A violating row, identified by values that a rebuild of its table does not change.

    Attributes:
        table: the row's table.
        referred: the table that it refers to.
        values: its values in the columns of the foreign key; () in a table without rowid.
    """

    table: str
    referred: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        held = f" ({', '.join(self.values)})" if self.values else ""
        return f"{self.table!r} -> {self.referred!r}{held}"


def is_enforced(connection: Connection) -> bool:
    """Return whether the connection enforces foreign keys; begins no transaction."""
    return bool(_Raw(connection).rows("PRAGMA foreign_keys")[0][0])


@contextlib.contextmanager
def unenforced(connection: Connection) -> Iterator[Callable[[], None]]:
    """Disable enforcement, begin a write transaction, and record existing violations.

    Args:
        connection: enforcement is enabled again at the end, whatever happens to it meanwhile.

    Yields:
        A function to call before the commit, which raises if there are new violations.

    Raises:
        EnforcementError: it cannot be disabled.
    """
    raw = _Raw(connection)
    was_open = raw.in_transaction
    raw.leave("COMMIT")
    raw.rows("PRAGMA foreign_keys=OFF")
    try:
        if raw.rows("PRAGMA foreign_keys")[0][0]:
            raise EnforcementError("PRAGMA foreign_keys=OFF had no effect on this connection.")
        raw.rows("BEGIN IMMEDIATE")
        before = _violations(raw)
        yield lambda: _require_no_more(before, _violations(raw))
    finally:
        _enforce(raw, begin=was_open)


def _enforce(raw: _Raw, *, begin: bool) -> None:
    """Enable enforcement, on a connection that may be closed by now."""
    try:
        # After a commit that failed, or with a driver that always has a transaction open.
        raw.leave("ROLLBACK")
        raw.rows("PRAGMA foreign_keys=ON")
        if begin:
            raw.rows("BEGIN")
    except Exception as exc:  # noqa: BLE001 - every driver has its own classes
        log.debug("enforcement of foreign keys ends with its connection: %s", exc)


def _require_no_more(before: Counter[Violation], after: Counter[Violation]) -> None:
    new = after - before
    if not new:
        return
    shown = ", ".join(map(str, sorted(new)[:_SHOWN]))
    more = f" and {len(new) - _SHOWN} more" if len(new) > _SHOWN else ""
    raise NewViolationsError(
        f"{new.total()} rows refer to rows that no longer exist: {shown}{more}. Foreign keys were "
        "not enforced in this revision, because it recreated a table that rows refer to, so its "
        "own deletions did not reach other tables. All of it is rolled back. Delete these rows "
        "in the revision, or move the deletions to a separate revision."
    )


def _violations(raw: _Raw) -> Counter[Violation]:
    """Return the violations and their number."""
    found: Counter[Violation] = Counter()
    for (schema,) in raw.rows("SELECT name FROM pragma_database_list"):
        master = f"{raw.quoted(schema)}.sqlite_master"
        for (table,) in raw.rows(f"SELECT name FROM {master} WHERE type = 'table' ORDER BY name"):  # noqa: S608 - quoted
            found.update(_of_table(raw, schema, table))
    return found


def _of_table(raw: _Raw, schema: str, table: str) -> Iterator[Violation]:
    keys = raw.rows(
        'SELECT id, "from" FROM pragma_foreign_key_list(?, ?) ORDER BY id, seq', table, schema
    )
    if not keys:
        return
    columns: dict[int, list[str]] = {}
    for number, column in keys:
        columns.setdefault(number, []).append(raw.quoted(column))
    source = f"{raw.quoted(schema)}.{raw.quoted(table)}"
    try:
        rows = raw.rows(f"PRAGMA {raw.quoted(schema)}.foreign_key_check({raw.quoted(table)})")
    except raw.errors as exc:
        # The referred columns are not a key: SQLite cannot check this even if enforced.
        log.warning("foreign keys of table %r are not checked: %s", table, exc)
        return
    for _table, rowid, referred, number in rows:
        names = ", ".join(columns[number])
        query = f"SELECT {names} FROM {source} WHERE rowid = ?"  # noqa: S608 - quoted
        held = raw.rows(query, rowid)[0] if rowid is not None else ()
        yield Violation(table, referred, tuple(map(str, held)))


class _Raw:
    """A driver's connection, bypassing SQLAlchemy."""

    def __init__(self, connection: Connection) -> None:
        self._dbapi: Any = connection.connection.dbapi_connection
        self._driver: Any = connection.connection.driver_connection
        self.quoted = connection.dialect.identifier_preparer.quote_identifier
        dbapi: Any = connection.dialect.dbapi
        # Adapters of async drivers raise their own classes as well as those of sqlite3.
        self.errors: tuple[type[Exception], ...] = (sqlite3.DatabaseError, dbapi.DatabaseError)

    @property
    def in_transaction(self) -> bool:
        return bool(self._driver.in_transaction)

    def rows(self, sql: str, *parameters: Any) -> Sequence[Any]:
        cursor = self._dbapi.cursor()
        try:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def leave(self, how: str) -> None:
        if self.in_transaction:
            self.rows(how)
