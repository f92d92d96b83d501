"""Reflects all tables of MySQL and MariaDB in seven queries per schema, with SQLAlchemy's code.

SQLAlchemy parses SHOW CREATE TABLE, one table after the other. Here it parses text generated from
information_schema.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.dialects.mysql import JSON, LONGTEXT

from idiolect.hooks import LazyFacts, ReflectedTables, StandIn
from idiolect.hooks.standin import KINDS
from idiolect_mysql.catalogue import read
from idiolect_mysql.defaults import plain
from idiolect_mysql.showcreate import Writer, by_index, on_update, unescaped
from idiolect_mysql.signatures import signature
from idiolect_mysql.updates import with_update

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sqlalchemy.engine import Connection

    from idiolect.hooks import TableSignature
    from idiolect_mysql.catalogue import Catalogue, ColumnRow

    Key = tuple[str | None, str]
    Parts = dict[str, list[tuple[str | None, str]]]

_SHOW = re.compile(r"SHOW CREATE TABLE (.+)", re.DOTALL)
#: The quote character for names, in the default SQL mode.
_QUOTE = "`"
#: The first versions whose information_schema has everything needed here.
_FIRST_MYSQL = (8, 0, 16)
_FIRST_MARIADB = (10, 2, 22)
_FIRST_ORDERED_MARIADB = (10, 8)
#: The order of a descending column in STATISTICS.
_DESCENDING = "D"


def can_reflect(connection: Connection) -> bool:
    """Return whether the server version is sufficient, and the quoting of names is the default."""
    dialect: Any = connection.dialect
    first = _FIRST_MARIADB if dialect.is_mariadb else _FIRST_MYSQL
    version = dialect.server_version_info or ()
    return version >= first and dialect.identifier_preparer.initial_quote == _QUOTE


def reflect_tables(
    connection: Connection, names: Mapping[str | None, Collection[str]]
) -> ReflectedTables:
    """Return tables as SQLAlchemy reflects them, lazily.

    Args:
        connection: queried now, and later for tables that information_schema describes
            incompletely.
        names: the requested tables, by schema.
    """
    default: Any = connection.dialect.default_schema_name
    catalogues = {schema: read(connection, schema or default or "") for schema in names}
    keys = [
        (schema, name)
        for schema, chosen in names.items()
        for name in chosen
        if name in catalogues[schema].tables
    ]
    writers = {schema: Writer(connection, found) for schema, found in catalogues.items()}
    inspector = inspect(StandIn(connection, _answers(connection, writers, keys)))
    found: dict[str, Any] = {kind: LazyFacts.of(inspector, kind, keys) for kind in KINDS}
    found["indexes"] = LazyFacts(keys, partial(_ordered, found["indexes"], catalogues))
    parts = {key: _parts(catalogues[key[0]], key[1]) for key in keys}
    if any(parts.values()):
        for kind, correct in _CORRECTIONS.items():
            found[kind] = LazyFacts(keys, partial(_corrected, found[kind], parts, correct))
    columns = found["columns"]

    def with_defaults(key: Key) -> list[Any]:
        schema, name = key
        rows = {row.name: row for row in catalogues[schema].columns[name]}
        documents = catalogues[schema].documents
        return [
            _completed(info, rows, writers[schema], is_json=(name, info["name"]) in documents)
            for info in columns[key]
        ]

    found["columns"] = LazyFacts(keys, with_defaults)

    def sign(key: Key) -> TableSignature | None:
        return signature(catalogues[key[0]], key[1], default)

    return ReflectedTables(**found, signatures=LazyFacts(keys, sign))


def keeps_order(connection: Connection) -> bool:
    """Return whether indexes have descending columns, and reflection reports them.

    Source: "CREATE INDEX Statement" in MySQL's reference manual, version 8.0; "CREATE INDEX" in
    MariaDB's documentation, version 10.8. Earlier versions parse and ignore DESC.
    """
    dialect: Any = connection.dialect
    first = _FIRST_ORDERED_MARIADB if dialect.is_mariadb else _FIRST_MYSQL
    return can_reflect(connection) and dialect.server_version_info >= first


def _ordered(facts: Mapping[Key, Any], catalogues: Mapping[str | None, Catalogue], key: Key) -> Any:
    """Return the indexes of a table with the order of descending columns."""
    falling: dict[str, dict[str, tuple[str]]] = {}
    for row in catalogues[key[0]].indexes[key[1]]:
        if row.order == _DESCENDING and row.column:
            falling.setdefault(row.name, {})[row.column] = ("desc",)
    if not falling:
        return facts[key]
    return [
        {**one, "column_sorting": falling[one["name"]]} if one["name"] in falling else one
        for one in facts[key]
    ]


def _parts(catalogue: Catalogue, table: str) -> Parts:
    """Return the elements of indexes on expressions: a column name, or SQL in parentheses."""
    return {
        name: [(row.column or None, f"({unescaped(row.expression)})") for row in rows]
        for name, rows in by_index(catalogue.indexes[table]).items()
        if any(row.expression for row in rows)
    }


def _corrected(
    facts: Mapping[Key, Any], parts: Mapping[Key, Parts], correct: Callable[..., Any], key: Key
) -> Any:
    return [*filter(None, (correct(one, parts[key].get(one["name"])) for one in facts[key]))]


def _with_expressions(index: Any, parts: list[tuple[str | None, str]] | None) -> Any:
    """Return an index in SQLAlchemy's format for indexes on expressions."""
    if parts is None:
        return index
    expressions = [sql if column is None else column for column, sql in parts]
    columns = [column for column, _sql in parts]
    return {**index, "column_names": columns, "expressions": expressions}


#: SQLAlchemy mistakes words in parentheses for the columns of an index on expressions, and each
#: unique index for a constraint.
_CORRECTIONS: dict[str, Callable[..., Any]] = {
    "indexes": _with_expressions,
    "unique_constraints": lambda one, parts: one if parts is None else None,
}


def _completed(info: Any, rows: Mapping[str, ColumnRow], writer: Writer, *, is_json: bool) -> Any:
    """Return a column with its default, comment and type, where SQLAlchemy cannot read them.

    Changing the column must repeat them, or the server drops them, including the JSON check on
    MariaDB. SQLAlchemy loses a comment after some expressions, so the server's own text is read.
    """
    if is_json and isinstance(info["type"], LONGTEXT):
        info = {**info, "type": JSON()}
    row = rows.get(info["name"])
    if row is None or row.generated:
        return info
    if row.comment and not info.get("comment"):
        info = {**info, "comment": row.comment}
    default = info.get("default")
    if default is None:
        default = writer.default(row)
        default = None if plain(default) is None else default
    update = on_update(row)
    if update is not None:
        default = with_update(default, update, nullable=info["nullable"])
    return info if default is None else {**info, "default": default}


def _answers(
    connection: Connection, writers: Mapping[str | None, Writer], keys: Collection[Key]
) -> Callable[[str, Any], list[Any] | None]:
    """Return a function that returns the rows of SHOW CREATE TABLE."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    places = {".".join(quote(part) for part in key if part is not None): key for key in keys}

    def answer(statement: str, _parameters: Any) -> list[Any] | None:
        asked = _SHOW.fullmatch(statement)
        if asked is None or asked[1] not in places:
            return None
        schema, name = places[asked[1]]
        told = writers[schema].text(name)
        return None if told is None else [(name, told)]

    return answer
