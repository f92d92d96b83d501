"""Reflects the tables of DuckDB in three queries of its table functions.

Source: "DuckDB_% Metadata Functions" in DuckDB's documentation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import text, types

from idiolect.hooks import ReflectedTables

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection
    from sqlalchemy.types import TypeEngine

    Key = tuple[str | None, str]

_DEFAULT_SCHEMA = "main"
_COLUMNS = """
    SELECT schema_name, table_name, column_name, data_type, is_nullable, column_default, comment,
           generation_expression
    FROM duckdb_columns()
    WHERE database_name = current_database() AND NOT internal
    ORDER BY table_oid, column_index
"""
_CONSTRAINTS = """
    SELECT schema_name, table_name, constraint_type, constraint_name, constraint_column_names,
           referenced_table, referenced_column_names, expression
    FROM duckdb_constraints()
    WHERE database_name = current_database()
"""
_INDEXES = """
    SELECT schema_name, table_name, index_name, is_unique, sql
    FROM duckdb_indexes()
    WHERE database_name = current_database()
"""
_TABLES = """
    SELECT schema_name, table_name, comment FROM duckdb_tables()
    WHERE database_name = current_database() AND NOT internal
"""
_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "BIGINT": types.BigInteger,
    "BLOB": types.LargeBinary,
    "BOOLEAN": types.Boolean,
    "DATE": types.Date,
    "DOUBLE": types.Double,
    "FLOAT": types.Float,
    "INTEGER": types.Integer,
    "JSON": types.JSON,
    "SMALLINT": types.SmallInteger,
    "TIME": types.Time,
    "TIMESTAMP": types.DateTime,
    "UUID": types.Uuid,
    "VARCHAR": types.String,
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_ENUM = re.compile(r"'((?:[^']|'')*)'")
#: The parentheses at the end of CREATE INDEX.
_PARTS = re.compile(r"\((.*)\)\s*;?\s*$", re.DOTALL)
_CAST = re.compile(r"CAST\((.*) AS [^()]+(?:\([^()]*\))?\)", re.DOTALL)
_NAME = re.compile(r'"((?:[^"]|"")*)"|(\w+)')


def read_tables(
    connection: Connection, names: Mapping[str | None, Collection[str]]
) -> ReflectedTables:
    """Return the reflected tables.

    Args:
        connection: to the database.
        names: the requested tables, by schema.
    """
    keys: dict[tuple[str, str], Key] = {
        (schema or _DEFAULT_SCHEMA, name): (schema, name)
        for schema, chosen in names.items()
        for name in chosen
    }
    found = _Found()
    for schema, table, comment in connection.execute(text(_TABLES)):
        if (schema, table) in keys:
            found.begin(keys[schema, table], comment)
    for schema, table, *facts in connection.execute(text(_COLUMNS)):
        if (schema, table) in keys:
            found.columns[keys[schema, table]].append(_column(*facts))
    for schema, table, *facts in connection.execute(text(_CONSTRAINTS)):
        if (schema, table) in keys:
            found.add_constraint(keys[schema, table], *facts)
    for schema, table, *facts in connection.execute(text(_INDEXES)):
        if (schema, table) in keys:
            found.indexes[keys[schema, table]].append(_index(*facts))
    return ReflectedTables(**vars(found))


class _Found:
    """The data of all tables, with the attributes of :class:`ReflectedTables`."""

    def __init__(self) -> None:
        self.columns: dict[Key, list[dict[str, Any]]] = {}
        self.pk_constraint: dict[Key, dict[str, Any]] = {}
        self.foreign_keys: dict[Key, list[dict[str, Any]]] = {}
        self.indexes: dict[Key, list[dict[str, Any]]] = {}
        self.unique_constraints: dict[Key, list[dict[str, Any]]] = {}
        self.check_constraints: dict[Key, list[dict[str, Any]]] = {}
        self.table_comment: dict[Key, dict[str, Any]] = {}

    def begin(self, key: Key, comment: str | None) -> None:
        """Add a table with empty data for everything that it may lack."""
        for facts in (self.columns, self.foreign_keys, self.indexes):
            facts[key] = []
        for facts in (self.unique_constraints, self.check_constraints):
            facts[key] = []
        self.pk_constraint[key] = {"constrained_columns": [], "name": None}
        self.table_comment[key] = {"text": comment}

    def add_constraint(  # noqa: PLR0917 - a row of the query
        self,
        key: Key,
        kind: str,
        name: str,
        columns: list[str],
        referent: str | None,
        referred: list[str],
        expression: str | None,
    ) -> None:
        """Add a constraint; NOT NULL belongs to a column."""
        if kind == "PRIMARY KEY":
            self.pk_constraint[key] = {"constrained_columns": columns, "name": name}
        elif kind == "UNIQUE":
            self.unique_constraints[key].append({"name": name, "column_names": columns})
        elif kind == "CHECK":
            self.check_constraints[key].append({"name": name, "sqltext": expression})
        elif kind == "FOREIGN KEY":
            self.foreign_keys[key].append(
                {
                    "name": name,
                    "constrained_columns": columns,
                    "referred_schema": key[0],
                    "referred_table": referent,
                    "referred_columns": referred,
                    "options": {},
                }
            )


def _column(  # noqa: PLR0917 - a row of the query
    name: str,
    type_: str,
    nullable: bool,
    default: str | None,
    comment: str | None,
    generated: str | None,
) -> dict[str, Any]:
    column = {
        "name": name,
        "type": type_of(type_),
        "nullable": nullable,
        "default": None if generated else default,
        "comment": comment,
    }
    if generated:
        # DuckDB adds a cast to the column's type.
        cast = _CAST.fullmatch(generated)
        column["computed"] = {"sqltext": cast[1] if cast else generated, "persisted": False}
    return column


def type_of(name: str) -> TypeEngine[Any]:
    """Return SQLAlchemy's type for a type name of DuckDB."""
    decimal = _DECIMAL.fullmatch(name)
    if decimal:
        return types.Numeric(int(decimal[1]), int(decimal[2]))
    if name.startswith("ENUM("):
        return types.Enum(*(value.replace("''", "'") for value in _ENUM.findall(name)))
    if name == "TIMESTAMP WITH TIME ZONE":
        return types.DateTime(timezone=True)
    return _TYPES.get(name, types.NullType)()


def _index(name: str, unique: bool, sql: str) -> dict[str, Any]:
    """Return an index; elements that are not names are expressions."""
    match = _PARTS.search(sql[sql.index(" ON ") :])
    parts = match[1].split(", ") if match else []
    columns = [_plain(part) for part in parts]
    index: dict[str, Any] = {"name": name, "unique": unique, "column_names": columns}
    if None in columns:
        index["expressions"] = [column or part for column, part in zip(columns, parts, strict=True)]
    return index


def _plain(part: str) -> str | None:
    """Return the column name of an element; None for an expression."""
    match = _NAME.fullmatch(part.strip())
    if match is None:
        return None
    return match[2] or match[1].replace('""', '"')
