"""The journal's table, next to the version table: create, read, write, clear, drop.

Holds the writes of at most one revision, the unfinished one. Takes no decisions and ends no
transactions.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, inspect, select
from sqlalchemy.engine.interfaces import BindTyping

from idiolect.runtime.journal.entries import ACCEPTED_NOTE, LONGEST_DEFINITION, Entry, entry_from
from idiolect.runtime.version_table import has_translated_schemas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection, Dialect

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
        own_name: the table's name, without the schema.
        schema: its schema; None is the default one.
        support: the dialect's journal support.
    """

    def __init__(
        self, connection: Connection, own_name: str, schema: str | None, support: JournalSupport
    ) -> None:
        self.connection = connection
        self.own_name = own_name
        self._schema = schema
        self._support = support
        self._session: tuple[Any, str] | None = None

    @cached_property
    def table(self) -> Table:
        """The SQLAlchemy table, which most runs do not need: they only ask whether it exists."""
        columns = [Column(each, String(width)) for each, width in _WIDTHS.items()]
        return Table(
            self.own_name,
            MetaData(),
            Column("seq", Integer, primary_key=True, autoincrement=False),
            *columns,
            Column("answers", Text),
            schema=self._schema,
            **self._support.table_options,
        )

    def exists(self) -> bool:
        """Return whether the table exists in the database."""
        return bool(inspect(self.connection).has_table(self.own_name, schema=self._schema))

    @property
    def name(self) -> str:
        """The table's name, for messages."""
        return self.table.fullname

    def missing_columns(self) -> list[str]:
        """Return the columns that an existing table of this name lacks."""
        found = inspect(self.connection).get_columns(self.own_name, schema=self._schema)
        names = {column["name"].lower() for column in found}
        return [column.name for column in self.table.columns if column.name not in names]

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
            self._insert([_row(entry) for entry in entries[start : start + _ROWS_AT_ONCE]])

    def _insert(self, rows: list[dict[str, Any]]) -> None:
        # Each DDL statement inserts a row, so what SQLAlchemy does for each statement counts.
        prepared = self._prepared
        if prepared is None or has_translated_schemas(self.connection):
            self.connection.execute(self.table.insert(), rows if len(rows) > 1 else rows[0])
            return
        sql, order = prepared
        values = rows if order is None else [tuple(row[name] for name in order) for row in rows]
        self.connection.exec_driver_sql(sql, values if len(rows) > 1 else values[0])

    @cached_property
    def _prepared(self) -> tuple[str, list[str] | None] | None:
        return _prepared(self.table, self.connection.dialect)

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


def _prepared(table: Table, dialect: Dialect) -> tuple[str, list[str] | None] | None:
    """Return SQL that inserts a row, and the order of its parameters; None if they have names.

    Returns:
        None if SQLAlchemy has to convert the values for the driver.
    """
    types = [column.type.dialect_impl(dialect) for column in table.columns]
    if dialect.bind_typing is BindTyping.SETINPUTSIZES or any(
        each.bind_processor(dialect) for each in types
    ):
        return None
    compiled: Any = table.insert().compile(dialect=dialect)
    return str(compiled), compiled.positiontup


def _row(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"seq": entry.seq, "answers": entry.answers}
    for name, width in _WIDTHS.items():
        row[name] = getattr(entry, name)[:width]
    return row
