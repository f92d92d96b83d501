"""Signatures of all tables of a schema, in three queries.

Types are compared by their OIDs, indexes and constraints by PostgreSQL's definitions. If these
contain more than columns, the table has no signature and is compared in full. Used by reflection.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from idiolect.hooks import TableSignature
from idiolect_postgresql.compare import is_own_sequence

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    Columns = tuple[str, ...]

_PLACE = {
    True: "pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog'",
    False: "n.nspname = CAST(:schema AS text)",
}
_DESCRIBED = (  # of a table or column, depending on the number that follows
    "LEFT JOIN pg_description d ON d.objoid = c.oid "
    "AND d.classoid = CAST('pg_class' AS regclass) AND d.objsubid = "
)
#: The table itself is returned with the constraints, with its comment and this kind.
_TABLE = "t"
_TABLES = f"c.relname, NULL, '{_TABLE}', d.description, NULL, NULL"
# The sequence options of an identity are relevant, too. Source: pg_attribute, pg_sequence.
_IDENTITY = (
    "CASE WHEN a.attidentity = '' THEN NULL ELSE CAST(a.attidentity AS text) || (SELECT "
    "CAST((s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle) AS text) "
    "FROM pg_depend p JOIN pg_sequence s ON s.seqrelid = p.objid WHERE p.refobjid = a.attrelid "
    "AND p.refobjsubid = a.attnum AND p.deptype = 'i' "
    "AND p.refclassid = CAST('pg_class' AS regclass)) END"
)
_DEFAULT = (
    "CASE WHEN a.atthasdef THEN (SELECT pg_get_expr(e.adbin, e.adrelid) FROM pg_attrdef e "
    "WHERE e.adrelid = a.attrelid AND e.adnum = a.attnum) END"
)
_COLUMNS = (
    "c.relname, a.attname, a.atttypid, a.atttypmod, a.attndims, a.attnotnull, a.attcollation, "
    f"a.attgenerated <> '', {_IDENTITY}, {_DEFAULT}, d.description"
)
_OF_COLUMNS = (
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    f"{_DESCRIBED} a.attnum"
)
_CONSTRAINTS = (
    "c.relname, k.conname, CAST(k.contype AS text), pg_get_constraintdef(k.oid), f.nspname, "
    "k.conindid"
)
_OF_CONSTRAINTS = (
    "JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', 'c', 'x') "
    "LEFT JOIN pg_class r ON r.oid = k.confrelid "
    "LEFT JOIN pg_namespace f ON f.oid = r.relnamespace"
)
_INDEXES = "c.relname, i.indexrelid, x.relname, i.indisunique, pg_get_indexdef(i.indexrelid)"
_OF_INDEXES = (
    "JOIN pg_index i ON i.indrelid = c.oid AND NOT i.indisprimary "
    "JOIN pg_class x ON x.oid = i.indexrelid"
)

_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_NAMES = rf"{_NAME}(?:, {_NAME})*"
_PART = re.compile(_NAME)
_INDEX = re.compile(
    rf"CREATE (?:UNIQUE )?INDEX {_NAME} ON (?:ONLY )?{_NAME}\.{_NAME} USING btree \(({_NAMES})\)"
)
_KEY = re.compile(rf"(?:PRIMARY KEY|UNIQUE) \(({_NAMES})\)")
_RULE = r"CASCADE|SET NULL|SET DEFAULT|RESTRICT"
_FOREIGN_KEY = re.compile(
    rf"FOREIGN KEY \((?P<own>{_NAMES})\) REFERENCES (?:(?P<schema>{_NAME})\.)?(?P<table>{_NAME})"
    rf"\((?P<other>{_NAMES})\)(?: ON UPDATE (?P<onupdate>{_RULE}))?"
    rf"(?: ON DELETE (?P<ondelete>{_RULE}))?"
)


class Schema:
    """The data read from one schema.

    Args:
        connection: to the database.
        schema: its name; None: tables found by the search path.
        default_schema: a schema that is equivalent to None.

    Attributes:
        comments: of all tables, by name.
    """

    def __init__(
        self, connection: Connection, schema: str | None, default_schema: str | None
    ) -> None:
        self._schema = schema
        self._default = default_schema

        def rows(*selects: str) -> dict[str, list[Any]]:
            given = {} if schema is None else {"schema": schema}
            found: dict[str, list[Any]] = defaultdict(list)
            for row in connection.execute(text(" UNION ALL ".join(selects)), given):
                found[row[0]].append(row)
            return found

        of_tables = f"{_DESCRIBED} 0"
        self._constraints = rows(
            self._select(_CONSTRAINTS, _OF_CONSTRAINTS), self._select(_TABLES, of_tables)
        )
        self._columns = rows(self._select(_COLUMNS, _OF_COLUMNS))
        self._indexes = rows(self._select(_INDEXES, _OF_INDEXES))
        self.comments = {
            row[0]: row[3]
            for found in self._constraints.values()
            for row in found
            if row[2] == _TABLE
        }

    def _select(self, columns: str, more: str) -> str:
        return (
            f"SELECT {columns} FROM pg_class c "  # noqa: S608 - own words
            f"JOIN pg_namespace n ON n.oid = c.relnamespace {more} "
            f"WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND {_PLACE[self._schema is None]}"
        )

    def signature(self, table: str) -> TableSignature | None:
        """Return the signature of a table, or None."""
        indexes = self._plain_indexes(table)
        keys = self._plain_keys(table)
        if indexes is None or keys is None:
            return None
        primary, uniques, foreign_keys = keys
        columns: dict[str, tuple[Any, str | None]] = {}
        for row in self._columns[table]:
            # Type, type modifier, dimensions, NOT NULL, collation, -, identity, default.
            _, name, *facts, default, comment = row
            if facts[5]:
                return None
            if default is not None and is_own_sequence(default, table, name):
                default = ""
            columns[name] = ((*facts, default, name in primary), comment)
        return TableSignature(
            columns,
            indexes,
            uniques,
            [],
            foreign_keys,
            checks=any(row[2] == "c" for row in self._constraints[table]),
            comment=self.comments[table],
        )

    def _plain_indexes(self, table: str) -> dict[str, tuple[Columns, bool]] | None:
        """Return indexes not owned by a constraint; None if one has more than columns."""
        of_constraints = {row[5] for row in self._constraints[table]}
        found: dict[str, tuple[Columns, bool]] = {}
        for _, number, name, unique, told in self._indexes[table]:
            plain = _INDEX.fullmatch(told)
            if plain is None:
                return None
            if number not in of_constraints:
                found[name] = (_names(plain[1]), unique)
        return found

    def _plain_keys(
        self, table: str
    ) -> tuple[Columns, dict[str, Columns], list[tuple[Any, ...]]] | None:
        """Return the primary key, unique constraints and foreign keys; None as above."""
        primary: Columns = ()
        uniques: dict[str, Columns] = {}
        foreign_keys = []
        for _, name, kind, told, schema, _number in self._constraints[table]:
            if kind == "f":
                key = self._foreign_key(told, schema)
                if key is None:
                    return None
                foreign_keys.append(key)
            elif kind in {"p", "u"}:
                plain = _KEY.fullmatch(told)
                if plain is None:
                    return None
                if kind == "p":
                    primary = _names(plain[1])
                else:
                    uniques[name] = _names(plain[1])
        return primary, uniques, foreign_keys

    def _foreign_key(self, told: str, schema: str | None) -> tuple[Any, ...] | None:
        """Return a foreign key as in signatures, with the schema as SQLAlchemy reports it."""
        found = _FOREIGN_KEY.fullmatch(told)
        if found is None:
            return None
        place: str | None = None
        if found["schema"] is not None:
            place = _plain(found["schema"])
        elif schema == self._schema:
            place = schema
        if place is None or place == self._default:
            place = ""
        table = _plain(found["table"])
        targets = [(place, table, name) for name in _names(found["other"])]
        return (
            tuple(sorted(zip(_names(found["own"]), targets, strict=True))),
            (found["onupdate"] or "").lower(),
            (found["ondelete"] or "").lower(),
            "",
        )


def _names(told: str) -> Columns:
    if '"' not in told:
        return tuple(told.split(", "))
    return tuple([_plain(part) for part in _PART.findall(told)])


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
