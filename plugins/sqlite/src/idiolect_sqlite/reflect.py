"""Reflects all tables of SQLite in five queries per schema, with SQLAlchemy's own inspector.

SQLAlchemy queries SQLite table by table, with several pragmas each, and parses the results with
care. Here it uses a stand-in for the connection that returns rows read for all tables at once;
unknown statements are sent to the database. So the result is SQLAlchemy's own, in every version.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError

from idiolect.hooks import LazyFacts, ReflectedTables, StandIn
from idiolect.hooks.standin import KINDS
from idiolect_sqlite.signatures import signature

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from idiolect.hooks import TableSignature

    Key = tuple[str | None, str]
    Row = Sequence[Any]

#: The version with table-valued pragmas. Source: SQLite's release history, 3.16.0, item 4.
FIRST_VERSION = (3, 16)
_XINFO_VERSION = (3, 26)
_MAIN = "main"
_TEMPORARY = "temp"
#: Not supported by SQLite.
_NOT_HERE = "table_comment"
_QUOTED = r'(?:"(?P<{0}>(?:[^"]|"")*)"|(?P<{0}_bare>\w+))'
_PRAGMA = re.compile(
    rf"PRAGMA {_QUOTED.format('schema')}\.(?P<pragma>\w+)\({_QUOTED.format('name')}\)"
)
_SOURCE = re.compile(
    rf"SELECT sql FROM .*?(?:{_QUOTED.format('schema')}\.)?sqlite_master.*WHERE name = \?",  # noqa: S608 - is read
    re.DOTALL,
)
_DESC = re.compile(r"\bdesc\b", re.IGNORECASE)
_OF_TABLES = ("table_xinfo", "index_list", "foreign_key_list")
#: Queries for a pragma's rows of all tables, with the same columns as the pragma.
_COLUMNS = {
    "table_info": 'cid, name, type, "notnull", dflt_value, pk',
    "table_xinfo": 'cid, name, type, "notnull", dflt_value, pk, hidden',
    "foreign_key_list": 'id, seq, "table", "from", "to", on_update, on_delete, "match"',
    "index_list": 'seq, name, "unique", origin, partial',
    "index_info": "seqno, cid, name",
}


def can_reflect(connection: Connection) -> bool:
    """Return whether the library version is sufficient."""
    return (connection.dialect.server_version_info or ()) >= FIRST_VERSION


def reflect_tables(
    connection: Connection, names: Mapping[str | None, Collection[str]]
) -> ReflectedTables | None:
    """Return tables as SQLAlchemy reflects them, lazily.

    Args:
        connection: queried now, and later for data that was not read in advance.
        names: the requested tables, by schema.

    Returns:
        None if not all tables can be read at once: the database contains a broken one, such as a
        virtual table whose module is not loaded, even if it was not requested.
    """
    try:
        catalogues = {
            schema or _MAIN: _read(connection, schema or _MAIN, wanted)
            for schema, wanted in names.items()
        }
        if None in names:
            # Temporary tables hide tables of the same name in main.
            catalogues[_TEMPORARY] = _read(connection, _TEMPORARY, names[None])
    except DatabaseError:
        return None
    inspector = inspect(StandIn(connection, _answers(catalogues)))
    keys = {
        (schema, name)
        for schema, chosen in names.items()
        for name in chosen
        if name in catalogues[schema or _MAIN].sources
    }
    found: dict[str, Any] = {
        kind: LazyFacts.of(inspector, kind, keys) for kind in KINDS if kind != _NOT_HERE
    }
    found["indexes"] = LazyFacts(keys, _ordered(found["indexes"], catalogues))
    return ReflectedTables(**found, signatures=LazyFacts(keys, _signed(catalogues)))


def _ordered(facts: Mapping[Key, Any], catalogues: Mapping[str, Catalogue]) -> Callable[[Key], Any]:
    """Return a function that returns the indexes of a table with the order of their columns."""

    def ordered(schema: str | None, index: Any) -> Any:
        places = [schema] if schema is not None else [_TEMPORARY, _MAIN]
        known = (catalogues[place].descending.get(index["name"]) for place in places)
        descending = next(filter(None, known), None)
        if descending is None:
            return index
        return {**index, "column_sorting": dict.fromkeys(descending, ("desc",))}

    return lambda key: [ordered(key[0], index) for index in facts[key]]


def _signed(catalogues: Mapping[str, Catalogue]) -> Callable[[Key], TableSignature | None]:
    """Return a function that computes the signature of one table."""

    def sign(key: Key) -> TableSignature | None:
        schema, name = key
        temporary = catalogues.get(_TEMPORARY)
        if temporary is not None and name in temporary.sources:
            return None
        catalogue = catalogues[schema or _MAIN]
        rows = {pragma: catalogue.pragma(pragma, name) or [] for pragma in _OF_TABLES}
        if any(index[1] in catalogue.descending for index in rows["index_list"]):
            return None
        parts = {
            index[1]: catalogue.pragma("index_info", index[1]) or [] for index in rows["index_list"]
        }
        return signature(schema, catalogue.sources[name], rows, parts)

    return sign


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The data read from one schema.

    Attributes:
        sources: the CREATE statements of tables, views and indexes by name.
        rows: the rows of pragmas by pragma and name of the table or index.
        descending: the columns in descending order, by index.
    """

    sources: dict[str, str | None] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    descending: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def pragma(self, pragma: str, name: str) -> list[Row] | None:
        """Return the rows of a pragma; None if they were not read."""
        if pragma == "table_info" and (rows := self.pragma("table_xinfo", name)):
            return [row[:-1] for row in rows if not row[-1]]
        return self.rows.get((pragma, _folded(name)), []) if pragma in _COLUMNS else None


def _read(connection: Connection, schema: str, wanted: Collection[str]) -> Catalogue:
    """Read everything in one schema; views only if one is requested, because any may be broken.

    Raises:
        DatabaseError: one of the tables or views cannot be read.
    """
    found = Catalogue()
    kinds = {"table"}
    quote = connection.dialect.identifier_preparer.quote_identifier
    master = f"{quote(schema)}.sqlite_master"
    if schema == _TEMPORARY:
        master = "sqlite_temp_master"
    for kind, name, sql in connection.exec_driver_sql(f"SELECT type, name, sql FROM {master}"):  # noqa: S608 - quoted
        found.sources[name] = sql
        if kind == "view" and name in wanted:
            kinds.add(kind)
    if not found.sources:
        return found
    version: Any = connection.dialect.server_version_info
    literal = "'" + schema.replace("'", "''") + "'"
    for pragma, columns in _COLUMNS.items():
        if pragma == ("table_info" if version >= _XINFO_VERSION else "table_xinfo"):
            continue
        listed = ", ".join(f"p.{column}" for column in columns.split(", "))
        owners = {"index"} if pragma == "index_info" else kinds
        rows = connection.exec_driver_sql(
            f"SELECT m.name, {listed} FROM {master} m "  # noqa: S608 - quoted
            f"JOIN pragma_{pragma}(m.name, {literal}) p "
            f"WHERE m.type IN ({', '.join(map(repr, sorted(owners)))})"
        )
        last = None
        for row in rows.fetchall():
            if row[0] != last:
                last = row[0]
                bucket = found.rows[pragma, _folded(last)]
            bucket.append(row[1:])
    if any(sql and _DESC.search(sql) for sql in found.sources.values()):
        _read_order(connection, found, master, literal)
    return found


def _read_order(connection: Connection, found: Catalogue, master: str, literal: str) -> None:
    """Read which columns of indexes are in descending order."""
    descending = connection.exec_driver_sql(
        f"SELECT m.name, p.name FROM {master} m "  # noqa: S608 - quoted
        f"JOIN pragma_index_xinfo(m.name, {literal}) p "
        "WHERE m.type = 'index' AND p.desc AND p.name IS NOT NULL"
    )
    for name, column in descending.fetchall():
        found.descending[name].append(column)


def _folded(name: str) -> str:
    """Return a name as pragmas compare names: case-insensitive for ASCII only."""
    return name.encode().lower().decode()


def _answers(catalogues: Mapping[str, Catalogue]) -> Callable[[str, Any], list[Row] | None]:
    """Return a function that returns the rows of SQLAlchemy's known statements about tables."""

    def answer(statement: str, parameters: Any) -> list[Row] | None:
        asked = _PRAGMA.fullmatch(statement)
        if asked is not None:
            catalogue = catalogues.get(_name(asked, "schema"))
            name = _name(asked, "name")
            return None if catalogue is None else catalogue.pragma(asked["pragma"], name)
        asked = _SOURCE.match(statement)
        if asked is None or not parameters:
            return None
        schema = _name(asked, "schema")
        places = [schema] if schema else [_MAIN, _TEMPORARY]
        if not all(place in catalogues for place in places):
            return None
        sources = (catalogues[place].sources for place in places)
        return [(known[parameters[0]],) for known in sources if parameters[0] in known]

    return answer


def _name(found: re.Match[str], group: str) -> str:
    quoted: str | None = found[group]
    bare: str | None = found[f"{group}_bare"]
    return (bare or "") if quoted is None else quoted.replace('""', '"')
