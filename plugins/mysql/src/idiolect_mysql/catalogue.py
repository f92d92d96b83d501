"""Reads a schema from information_schema in six queries, whatever its size.

Used by reflection. Rows are grouped by table, in the order in which the server returns them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection


#: Separator of columns selected as one string: fetching columns is slow in drivers.
_SEPARATOR = "\x1f\x1e"
_COLUMN = (
    "table_name",
    "column_name",
    "column_type",
    "is_nullable",
    "extra",
    "column_key",
    "IFNULL(character_set_name, '')",
    "IFNULL(collation_name, '')",
    "column_comment",
)
#: The check that MariaDB adds to a JSON column, which it stores as LONGTEXT.
_VALID = re.compile(r"json_valid\(`(?:[^`]|``)*`\)")
_PART = ("table_name", "index_name", "non_unique", "index_type", "IFNULL(column_name, '')")
#: MariaDB has no indexes on expressions, and no such column.
_PART_OF_MYSQL = (*_PART, "IFNULL(expression, '')")


class TableRow(NamedTuple):
    """A row of TABLES."""

    kind: str
    engine: str | None
    collation: str | None
    options: str | None
    comment: str


class ColumnRow(NamedTuple):
    """A row of COLUMNS."""

    name: str
    type: str
    nullable: str
    extra: str
    key: str
    charset: str
    collation: str
    default: str | None
    generated: str | None
    comment: str


class IndexRow(NamedTuple):
    """A row of STATISTICS: an element of an index; either column or expression is empty."""

    name: str
    non_unique: str
    kind: str
    column: str
    expression: str
    order: str | None
    length: int | None


class KeyRow(NamedTuple):
    """A row of KEY_COLUMN_USAGE: a column of a foreign key."""

    name: str
    column: str
    other_schema: str
    other_table: str
    other_column: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The data read from one schema, by table.

    Attributes:
        schema: its name.
        tables: the tables and views.
        columns: their columns.
        indexes: the elements of their indexes.
        keys: the columns of their foreign keys.
        rules: the ON UPDATE and ON DELETE actions of foreign keys, by table and name.
        checks: names and conditions of CHECK constraints.
        marked: tables that have any CHECK, including those of columns.
        documents: columns of MariaDB that were declared as JSON, each with its table.
        usual: the default collations of character sets.
    """

    schema: str
    tables: dict[str, TableRow] = field(default_factory=dict)
    columns: dict[str, list[ColumnRow]] = field(default_factory=lambda: defaultdict(list))
    indexes: dict[str, list[IndexRow]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[str, list[KeyRow]] = field(default_factory=lambda: defaultdict(list))
    rules: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    checks: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    marked: set[str] = field(default_factory=set)
    documents: set[tuple[str, str]] = field(default_factory=set)
    usual: set[str] = field(default_factory=set)


def read(connection: Connection, schema: str) -> Catalogue:
    """Read everything in one schema.

    Source: "INFORMATION_SCHEMA Tables" in the reference manuals of MySQL and MariaDB.
    """
    found = Catalogue(schema)
    ask = _SchemaReader(connection, schema)
    columns = "table_type, engine, table_collation, create_options, table_comment"
    for name, *row in ask("tables", columns):
        found.tables[name] = TableRow(*row)
    for joined, default, generated in ask.joined(
        "columns", _COLUMN, ("column_default", "generation_expression"), "ordinal_position"
    ):
        table, *words, comment = joined.split(_SEPARATOR, len(_COLUMN) - 1)
        found.columns[table].append(ColumnRow._make([*words, default, generated, comment]))
    dialect: Any = connection.dialect
    parts = _PART if dialect.is_mariadb else _PART_OF_MYSQL
    for joined, order, length in ask.joined("statistics", parts, ("collation", "sub_part")):
        table, *words = joined.split(_SEPARATOR)
        expression = words[4] if len(words) > len(_PART) - 1 else ""
        found.indexes[table].append(IndexRow._make([*words[:4], expression, order, length]))
    columns = (
        "constraint_name, column_name, referenced_table_schema, referenced_table_name, "
        "referenced_column_name"
    )
    for name, *row in ask(
        "key_column_usage",
        columns,
        "AND referenced_table_name IS NOT NULL",
        order="table_name, constraint_name, ordinal_position",
    ):
        found.keys[name].append(KeyRow(*row))
    columns = "constraint_name, update_rule, delete_rule"
    for table, name, *rules in ask("referential_constraints", columns, of="constraint_schema"):
        found.rules[table, name] = (rules[0], rules[1])
    _read_checks(connection, found)
    usual = connection.exec_driver_sql(
        "SELECT collation_name FROM information_schema.collations WHERE is_default = 'Yes'"
    )
    found.usual.update(usual.scalars())
    return found


class _SchemaReader:
    """Queries information_schema about one schema."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self._connection = connection
        self._literal = _literal(schema)

    def __call__(
        self,
        table: str,
        columns: str,
        condition: str = "",
        *,
        of: str = "table_schema",
        order: str | None = None,
    ) -> Any:
        """Return the rows, starting with the name of the table."""
        sql = (
            f"SELECT table_name, {columns} FROM information_schema.{table} "  # noqa: S608 - own words
            f"WHERE {of} = {self._literal} {condition}"
        )
        if order is not None:
            sql += f" ORDER BY {order}"
        return self._connection.exec_driver_sql(sql).fetchall()

    def joined(
        self, table: str, columns: Sequence[str], others: Sequence[str], order: str = ""
    ) -> Any:
        """Return rows with several columns as one string, the table first, and others unchanged.

        Args:
            table: a table of information_schema.
            columns: none of them is NULL.
            others: may be NULL.
            order: a column to sort by, within each table.
        """
        separator = f"CONVERT(0x{_SEPARATOR.encode().hex()} USING utf8mb4)"
        sql = (
            f"SELECT CONCAT_WS({separator}, {', '.join(columns)}), {', '.join(others)} "  # noqa: S608 - own words
            f"FROM information_schema.{table} WHERE table_schema = {self._literal}"
        )
        if order:
            sql += f" ORDER BY table_name, {order}"
        return self._connection.exec_driver_sql(sql).fetchall()


def _literal(schema: str) -> str:
    """Return a name as a hexadecimal literal, which does not depend on the SQL mode."""
    return "0x" + schema.encode().hex()


def _read_checks(connection: Connection, found: Catalogue) -> None:
    """Read the conditions, which are in different columns of one view in MySQL and MariaDB."""
    dialect: Any = connection.dialect
    if dialect.is_mariadb:
        sql = "SELECT * FROM information_schema.check_constraints WHERE constraint_schema = "
    else:
        sql = (
            "SELECT t.table_name, c.constraint_name, c.check_clause "
            "FROM information_schema.check_constraints c "
            "JOIN information_schema.table_constraints t "
            "ON t.constraint_schema = c.constraint_schema "
            "AND t.constraint_name = c.constraint_name AND t.constraint_type = 'CHECK' "
            "WHERE c.constraint_schema = "
        )
    for row in connection.exec_driver_sql(sql + _literal(found.schema)).mappings():
        told = {name.lower(): value for name, value in row.items()}
        table, name = told["table_name"], told["constraint_name"]
        found.marked.add(table)
        if told.get("level", "Table") == "Table":
            found.checks[table].append((name, told["check_clause"]))
        elif _VALID.fullmatch(told["check_clause"]):
            found.documents.add((table, name))
