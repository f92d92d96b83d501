"""Inspects databases for contract tests; can be overridden if a dialect's reflection is limited."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


class Database:
    """Queries of tests to a database; derive from it if a dialect's reflection is limited.

    Args:
        connection: on which the operation was run.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.inspector = sa.inspect(connection)

    def tables(self) -> list[str]:
        """Return the names of the tables, sorted."""
        return sorted(self.inspector.get_table_names())

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns, in order."""
        return [column["name"] for column in self.inspector.get_columns(table)]

    def column(self, table: str, name: str) -> dict[str, Any]:
        """Return the reflected data of a column."""
        return dict(next(c for c in self.inspector.get_columns(table) if c["name"] == name))

    def is_big(self, table: str, name: str) -> bool:
        """Return whether a column has a 64-bit integer type."""
        return isinstance(self.column(table, name)["type"], sa.BigInteger)

    def primary_key(self, table: str) -> list[str]:
        """Return the columns of a table's primary key."""
        return list(self.inspector.get_pk_constraint(table)["constrained_columns"])

    def uniques(self, table: str) -> list[str]:
        """Return the names of a table's unique constraints, sorted."""
        return _names(self.inspector.get_unique_constraints(table))

    def checks(self, table: str) -> list[str]:
        """Return the names of a table's check constraints, sorted."""
        return _names(self.inspector.get_check_constraints(table))

    def foreign_keys(self, table: str) -> list[str]:
        """Return the names of a table's foreign keys, sorted."""
        return _names(self.inspector.get_foreign_keys(table))

    def indexes(self, table: str) -> list[str]:
        """Return the names of a table's indexes, except those of unique constraints."""
        found = [
            index
            for index in self.inspector.get_indexes(table)
            if not index.get("duplicates_constraint")
        ]
        return _names(found)

    def comment(self, table: str) -> str | None:
        """Return a table's comment."""
        return self.inspector.get_table_comment(table)["text"]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return a query's rows."""
        return [tuple(row) for row in self.connection.execute(sa.text(query))]

    def stored(self, insert: str, query: str) -> list[tuple[Any, ...]]:
        """Insert a row and return a query's rows."""
        self.connection.execute(sa.text(insert))
        return self.rows(query)


def _names(found: Any) -> list[str]:
    return sorted(str(each["name"]) for each in found if each["name"])
