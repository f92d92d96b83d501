"""Reads what SQLAlchemy does not reflect of indexes and unique constraints, one query per schema.

That is, collations of an index's columns; order and operator classes of its expressions; and when
unique constraints are checked. Used by reflection, only for tables that are read in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_PLACE = "(n.nspname = :schema OR (:schema IS NULL AND pg_table_is_visible(c.oid)))"
# Without a column, a key is an expression; its usual collation is the database's (OID 100).
# Source: "System Catalogs", pg_index; pg_collation.dat in PostgreSQL's source.
_KEYS = text(
    f"""
    SELECT c.relname, x.relname, key, pg_get_indexdef(i.indexrelid, key, true),
           CASE WHEN i.indcollation[key - 1] NOT IN (0, coalesce(a.attcollation, 100))
                THEN quote_ident(m.nspname) || '.' || quote_ident(l.collname) END,
           CASE WHEN a.attnum IS NULL AND NOT o.opcdefault
                THEN quote_ident(on_.nspname) || '.' || quote_ident(o.opcname) END,
           i.indoption[key - 1]
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class x ON x.oid = i.indexrelid
    CROSS JOIN generate_series(1, i.indnkeyatts) AS key
    JOIN pg_opclass o ON o.oid = i.indclass[key - 1]
    JOIN pg_namespace on_ ON on_.oid = o.opcnamespace
    LEFT JOIN pg_attribute a
        ON a.attrelid = i.indrelid AND a.attnum = i.indkey[key - 1] AND a.attnum > 0
    LEFT JOIN pg_collation l ON l.oid = i.indcollation[key - 1]
    LEFT JOIN pg_namespace m ON m.oid = l.collnamespace
    WHERE {_PLACE} AND (
        i.indcollation[key - 1] NOT IN (0, coalesce(a.attcollation, 100))
        OR (a.attnum IS NULL AND (i.indoption[key - 1] <> 0 OR NOT o.opcdefault))
    )
    """  # noqa: S608 - our own words
)
_TIMES = text(
    f"""
    SELECT c.relname, o.conname, o.condeferred
    FROM pg_constraint o
    JOIN pg_class c ON c.oid = o.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE o.contype = 'u' AND o.condeferrable AND {_PLACE}
    """  # noqa: S608 - as above
)
#: The bits of an index option, and how they are written.
_ORDERS = {0: "", 1: " DESC NULLS LAST", 2: " NULLS FIRST", 3: " DESC"}
_USUAL = "pg_catalog."


class KeyDetails:
    """What SQLAlchemy does not reflect, of the tables of one schema.

    Args:
        connection: to the database.
        schema: its name; None: tables found by the search path.
    """

    def __init__(self, connection: Connection, schema: str | None) -> None:
        self._connection = connection
        self._schema = {"schema": schema}
        self._keys: dict[tuple[str, str], dict[int, str]] | None = None
        self._times: dict[tuple[str, str], dict[str, Any]] | None = None

    def index(self, table: str, index: Any) -> Any:
        """Return an index in SQLAlchemy's format, with those keys as SQL that it cannot describe.

        Args:
            table: its table.
            index: as SQLAlchemy reflects it.
        """
        if self._keys is None:
            self._keys = {}
            for name, of, key, *facts in self._connection.execute(_KEYS, self._schema):
                self._keys.setdefault((name, of), {})[key - 1] = _written(*facts)
        keys = self._keys.get((table, index["name"]))
        if not keys:
            return index
        columns = [*index["column_names"]]
        expressions = [*index.get("expressions", columns)]
        for place, sql in keys.items():
            columns[place], expressions[place] = None, sql
        return {**index, "column_names": columns, "expressions": expressions}

    def unique(self, table: str, constraint: Any) -> Any:
        """Return a unique constraint in SQLAlchemy's format, with arguments for its timing.

        Args:
            table: its table.
            constraint: as SQLAlchemy reflects it.
        """
        if self._times is None:
            rows = self._connection.execute(_TIMES, self._schema)
            self._times = {
                (name, of): {"deferrable": True, **({"initially": "DEFERRED"} if deferred else {})}
                for name, of, deferred in rows
            }
        times = self._times.get((table, constraint["name"]))
        if not times:
            return constraint
        # SQLAlchemy passes them to UniqueConstraint.
        return {**constraint, "dialect_options": {**constraint.get("dialect_options", {}), **times}}


def _written(sql: str, collation: str | None, operator_class: str | None, order: int) -> str:
    """Return a key of an index as in CREATE INDEX."""
    parts = [sql]
    if collation is not None:
        parts.append(f"COLLATE {collation.removeprefix(_USUAL)}")
    if operator_class is not None:
        parts.append(operator_class.removeprefix(_USUAL))
    return " ".join(parts) + _ORDERS[order]
