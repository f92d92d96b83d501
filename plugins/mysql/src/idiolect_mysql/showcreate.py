"""Generates the text of SHOW CREATE TABLE from information_schema, for SQLAlchemy to parse.

Used by reflection. For tables that information_schema describes incompletely there is no text: the
server is queried for these.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    from idiolect_mysql.catalogue import Catalogue, ColumnRow, IndexRow, KeyRow

_BASE = "BASE TABLE"
_PRIMARY = "PRIMARY"
_ORDINARY_KINDS = {"BTREE", "HASH"}
_GENERATED = {"STORED GENERATED": "STORED", "VIRTUAL GENERATED": "VIRTUAL"}
_DEFAULT_GENERATED = "DEFAULT_GENERATED"
#: Defaults that SQLAlchemy's pattern of a column matches completely.
_READABLE_DEFAULT = re.compile(r"NULL|'(?:''|[^'\\])*'|[\-\w.()]+")
_ON_UPDATE = re.compile(r"on update (current_timestamp(?:\(\d*\))?)", re.IGNORECASE)
_MOMENT = re.compile(r"current_timestamp(?:\(\d*\))?", re.IGNORECASE)
_ESCAPES = {"\\": "\\\\", "'": "''", "\n": "\\n", "\r": "\\r", "\0": "\\0", "\x1a": "\\Z"}
_ESCAPED = re.compile("|".join(map(re.escape, _ESCAPES)))
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN_OPTIONS = re.compile(r"(?: ?[\w]+=[\w]+)*")
#: A binary default in MySQL, which may be truncated at the first zero byte.
_BYTES = re.compile(r"0x[0-9A-Fa-f]*$")
#: MySQL shows this collation although it is the default of its character set.
_ALWAYS_TOLD = "utf8mb4_0900_ai_ci"


class Writer:
    """Generates the text for tables of one schema.

    Args:
        connection: its dialect identifies the server.
        catalogue: the data read from the schema.
    """

    def __init__(self, connection: Connection, catalogue: Catalogue) -> None:
        dialect = connection.dialect
        self._catalogue = catalogue
        self._quote: Callable[[str], str] = _quoted
        self._is_mariadb: bool = dialect.is_mariadb  # type: ignore[attr-defined]
        #: The default action of a foreign key.
        self._inaction = "RESTRICT" if self._is_mariadb else "NO ACTION"

    def text(self, name: str) -> str | None:
        """Return the text for a table; None if the server has to be queried."""
        if is_incomplete(self._catalogue, name):
            return None
        lines = [*self._columns(name), *self._indexes(name), *self._keys(name)]
        for check, condition in self._catalogue.checks[name]:
            lines.append(f"  CONSTRAINT {self._quote(check)} CHECK ({self._expression(condition)})")
        body = ",\n".join(lines)
        return f"CREATE TABLE {self._quote(name)} (\n{body}\n) {self._options(name)}"

    def _columns(self, name: str) -> Iterator[str]:
        collation = self._catalogue.tables[name].collation
        for column in self._catalogue.columns[name]:
            parts = [f"  {self._quote(column.name)}", column.type]
            parts.extend(self._collation(column, collation))
            if column.generated:
                parts.extend(self._generated(column))
            else:
                parts.extend(self._ordinary(column))
            if column.comment:
                parts.append(f"COMMENT {_literal(column.comment)}")
            yield " ".join(parts)

    def _collation(self, column: ColumnRow, of_table: str | None) -> Iterator[str]:
        """Yield the collation if it differs from the table's.

        information_schema does not show whether a collation was given explicitly, so one equal to
        the table's is omitted.
        """
        if not column.collation:
            return
        if column.collation == of_table:
            if not self._is_mariadb and column.collation not in self._catalogue.usual:
                yield f"COLLATE {column.collation}"
            return
        yield f"CHARACTER SET {column.charset} COLLATE {column.collation}"

    def _is_shown(self, collation: str) -> bool:
        usual = collation in self._catalogue.usual
        return self._is_mariadb or not usual or collation == _ALWAYS_TOLD

    def _generated(self, column: ColumnRow) -> Iterator[str]:
        expression = self._expression(column.generated or "")
        yield f"GENERATED ALWAYS AS ({expression}) {_GENERATED[column.extra]}"
        if column.nullable == "NO":
            yield "NOT NULL"

    def _ordinary(self, column: ColumnRow) -> Iterator[str]:
        if column.nullable == "NO":
            yield "NOT NULL"
        elif column.type.startswith("timestamp"):
            yield "NULL"
        default = self.default(column)
        # After any other default SQLAlchemy's pattern loses the rest, including the comment.
        if default is not None and _READABLE_DEFAULT.fullmatch(default):
            yield f"DEFAULT {default}"
        update = on_update(column)
        if update is not None:
            yield f"ON UPDATE {update}"
        if "auto_increment" in column.extra:
            yield "AUTO_INCREMENT"

    def default(self, column: ColumnRow) -> str | None:
        """Return a default as SQL: MariaDB stores it so, MySQL stores the value of a literal.

        None if there is none, or if it may be truncated.

        Source: "The INFORMATION_SCHEMA COLUMNS Table" in both manuals.
        """
        default = column.default
        if default is None or _BYTES.match(default):
            return None
        if self._is_mariadb or column.type.startswith("bit"):
            return default
        if _DEFAULT_GENERATED in column.extra:
            return default if _MOMENT.fullmatch(default) else f"({self._expression(default)})"
        return _literal(default)

    def _expression(self, text: str) -> str:
        return text if self._is_mariadb else unescaped(text)

    def _indexes(self, name: str) -> Iterator[str]:
        for index, parts in by_index(self._catalogue.indexes[name]).items():
            columns = ",".join(self._part(part) for part in parts)
            word = "UNIQUE " if is_unique(parts) else ""
            if index == _PRIMARY:
                yield f"  PRIMARY KEY ({columns})"
            else:
                yield f"  {word}KEY {self._quote(index)} ({columns})"

    def _part(self, part: IndexRow) -> str:
        length = f"({part.length})" if part.length else ""
        return f"{self._quote(part.column)}{length}" + (" DESC" if part.order == "D" else "")

    def _keys(self, name: str) -> Iterator[str]:
        quote = self._quote
        for key, pairs in by_key(self._catalogue.keys[name]).items():
            own = ", ".join(quote(pair.column) for pair in pairs)
            other = ", ".join(quote(pair.other_column) for pair in pairs)
            place = quote(pairs[0].other_table)
            if pairs[0].other_schema != self._catalogue.schema:
                place = f"{quote(pairs[0].other_schema)}.{place}"
            onupdate, ondelete = self._catalogue.rules[name, key]
            yield (
                f"  CONSTRAINT {quote(key)} FOREIGN KEY ({own}) REFERENCES {place} ({other})"
                + self._rule("DELETE", ondelete)
                + self._rule("UPDATE", onupdate)
            )

    def _rule(self, event: str, rule: str) -> str:
        return "" if rule == self._inaction else f" ON {event} {rule}"

    def _options(self, name: str) -> str:
        table = self._catalogue.tables[name]
        parts = [f"ENGINE={table.engine}"]
        if table.collation is not None:
            parts.append(f"DEFAULT CHARSET={table.collation.partition('_')[0]}")
            if self._is_shown(table.collation):
                parts.append(f"COLLATE={table.collation}")
        parts.extend(option.upper() for option in (table.options or "").split())
        if table.comment:
            parts.append(f"COMMENT={_literal(table.comment)}")
        return " ".join(parts)


def on_update(column: ColumnRow) -> str | None:
    """Return what a column is set to when its row is updated; None if it is not."""
    found = _ON_UPDATE.search(column.extra)
    return None if found is None else found[1]


def is_incomplete(catalogue: Catalogue, name: str) -> bool:
    """Return whether information_schema describes a table incompletely.

    That is, if it is not an ordinary table, or has partitions, engine options, compressed or
    invisible columns, indexes on expressions, full-text or spatial indexes, or binary defaults.
    """
    table = catalogue.tables[name]
    if table.kind != _BASE or not _PLAIN_OPTIONS.fullmatch(table.options or ""):
        return True
    if any(row.kind not in _ORDINARY_KINDS or not row.column for row in catalogue.indexes[name]):
        return True
    return any(_is_incomplete(column) for column in catalogue.columns[name])


def _is_incomplete(column: ColumnRow) -> bool:
    if "/*" in column.type or _BYTES.match(column.default or ""):
        return True
    if column.generated:
        return column.extra not in _GENERATED
    if not column.extra:
        return False
    words = _ON_UPDATE.sub("", column.extra.replace(_DEFAULT_GENERATED, ""))
    return words.strip() not in {"", "auto_increment"}


def unescaped(expression: str) -> str:
    """Return an expression as SQL: MySQL's information_schema escapes quotes and backslashes."""
    return _ESCAPE.sub(r"\1", expression)


def by_index(rows: list[IndexRow]) -> dict[str, list[IndexRow]]:
    """Return the elements of each index, with indexes in the order of the rows."""
    found: dict[str, list[IndexRow]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(row)
    return found


def is_unique(parts: list[IndexRow]) -> bool:
    """Return whether an index is unique."""
    return parts[0].non_unique == "0"


def by_key(rows: list[KeyRow]) -> dict[str, list[KeyRow]]:
    """Return the columns of each foreign key."""
    found: dict[str, list[KeyRow]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(row)
    return found


def _literal(text: str) -> str:
    return "'" + _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text) + "'"


def _quoted(name: str) -> str:
    """Quote a name as the server does: drivers need doubled percent signs, it does not."""
    return "`" + name.replace("`", "``") + "`"
