"""The journal's table, next to the version table: create, read, write, clear, drop.

Holds the writes of at most one revision, the unfinished one. Takes no decisions and ends no
transactions.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, inspect, select

from idiolect.runtime.journal.entries import ACCEPTED_NOTE, LONGEST_DEFINITION, Entry, entry_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from idiolect.hooks.journal import JournalSupport

_ROWS_AT_ONCE = 500
#: Column widths in characters; longer values are truncated, except definitions.
_WIDTHS = {
    "revision": 255,
    "direction": 10,
    "fingerprint": 40,
    "state": 10,
    "definition": LONGEST_DEFINITION,
    "result": 255,
    "statement": 300,
    "place": 500,
    "note": 500,
    "server_session": 100,
}


class JournalTable:
    """The table of one context.

    Args:
        connection: the connection to the database.
        name: the table's name.
        schema: its schema; None is the default one.
        support: the dialect's journal support.
    """

    def __init__(
        self, connection: Connection, name: str, schema: str | None, support: JournalSupport
    ) -> None:
        self.connection = connection
        self._session: tuple[Any, str] | None = None
        columns = [Column(each, String(width)) for each, width in _WIDTHS.items()]
        self.table = Table(
            name,
            MetaData(),
            Column("seq", Integer, primary_key=True, autoincrement=False),
            *columns,
            Column("answers", Text),
            schema=schema,
            **support.table_options,
        )

    def exists(self) -> bool:
        """Return whether the table exists in the database."""
        return bool(inspect(self.connection).has_table(self.table.name, schema=self.table.schema))

    @property
    def name(self) -> str:
        """The table's name, for messages."""
        return self.table.fullname

    def missing_columns(self) -> list[str]:
        """Return the columns that an existing table of this name lacks."""
        table = self.table
        found = inspect(self.connection).get_columns(table.name, schema=table.schema)
        names = {column["name"].lower() for column in found}
        return [column.name for column in table.columns if column.name not in names]

    def create(self) -> None:
        """Create the table."""
        self.table.create(self.connection, checkfirst=False)

    def drop(self) -> None:
        """Drop the table."""
        self.table.drop(self.connection, checkfirst=False)

    def read(self) -> list[Entry]:
        """Return all entries, ordered by number."""
        rows = self.connection.execute(select(self.table).order_by(self.table.c.seq))
        return [entry_from(row._asdict()) for row in rows]

    def add(self, entries: Sequence[Entry]) -> None:
        """Insert entries."""
        for start in range(0, len(entries), _ROWS_AT_ONCE):
            rows = [_row(entry) for entry in entries[start : start + _ROWS_AT_ONCE]]
            self.connection.execute(self.table.insert(), rows if len(rows) > 1 else rows[0])

    def set(self, first: int, last: int, **values: Any) -> None:
        """Update the entries from ``first`` to ``last``."""
        column = self.table.c.seq
        self.connection.execute(
            self.table.update().where(column >= first, column <= last).values(values)
        )

    def session(self, support: JournalSupport) -> str:
        """Return the server's identifier of the connection's session, cached per session."""
        driver = self.connection.connection.dbapi_connection
        if self._session is None or self._session[0] is not driver:
            self._session = (driver, support.session(self.connection))
        return self._session[1]

    def accept_notes(self, last: int) -> None:
        """Mark the notes of the entries up to a number as accepted by the user."""
        # Not a WHERE clause, because some databases store an empty string as NULL.
        for entry in self.read():
            if entry.seq <= last and entry.note:
                self.set(entry.seq, entry.seq, note=ACCEPTED_NOTE)

    def delete(self, first: int = 0) -> None:
        """Delete the entries from ``first`` on; all by default."""
        found = self.table.delete()
        self.connection.execute(found.where(self.table.c.seq >= first) if first else found)


def _row(entry: Entry) -> dict[str, Any]:
    values = asdict(entry)
    return {
        name: value[: _WIDTHS[name]] if name in _WIDTHS else value for name, value in values.items()
    }
