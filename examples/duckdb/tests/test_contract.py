"""The contract suite for DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from idiolect.testing.capabilities import answers, impossible, no
from idiolect.testing.suite import Database, DialectContract
from idiolect_duckdb.reflect import read_tables

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

pytest.importorskip("duckdb_engine", reason="duckdb-engine is not installed")


@pytest.fixture
def contract_url(tmp_path: Path) -> str:
    """URL of a file."""
    return f"duckdb:///{tmp_path / 'database.duckdb'}"


class DuckDBDatabase(Database):
    """A DuckDB database as the plugin reflects it: duckdb-engine cannot reflect constraints."""

    def tables(self) -> list[str]:
        """Return the names of the tables, sorted."""
        return [
            name
            for (name,) in self.rows(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' ORDER BY 1"
            )
        ]

    def facts(self, kind: str, table: str) -> Any:
        """Return one kind of data of a table."""
        return getattr(read_tables(self.connection, {None: [table]}), kind)[None, table]

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns, in order."""
        return [column["name"] for column in self.facts("columns", table)]

    def column(self, table: str, name: str) -> dict[str, Any]:
        """Return the plugin's data about a column."""
        return next(each for each in self.facts("columns", table) if each["name"] == name)

    def primary_key(self, table: str) -> list[str]:
        """Return the columns of a table's primary key."""
        return list(self.facts("pk_constraint", table)["constrained_columns"])

    def uniques(self, table: str) -> list[str]:
        """Return the declared names of unique constraints: DuckDB generates its own."""
        found = self.facts("unique_constraints", table)
        return [f"uq_{table}_{'_'.join(each['column_names'])}" for each in found]

    def indexes(self, table: str) -> list[str]:
        """Return the names of a table's indexes."""
        return sorted(each["name"] for each in self.facts("indexes", table))

    def comment(self, table: str) -> str | None:
        """Return a table's comment."""
        comment: str | None = self.facts("table_comment", table)["text"]
        return comment


class TestContract(DialectContract):
    """DuckDB."""

    dialect = "duckdb"
    persisted = False
    capabilities = answers(
        impossible("no ALTER adds one", "create_check_constraint", "create_foreign_key"),
        impossible(
            "a constraint goes with its table",
            "drop_unique_constraint",
            "drop_check_constraint",
            "drop_foreign_key",
            "drop_primary_key",
        ),
        impossible("no such rules", "autogenerate_foreign_key_rules"),
        impossible("no identities", "identity", "autogenerate_identity"),
        impossible("not to a table that is there", "add_computed"),
        impossible("one process alone opens the file", "lock"),
        no("duckdb-engine begins a transaction at any level", "autocommit"),
        no("duckdb-engine cannot reflect for a new table", "batch_drop_constraint"),
    )

    def read(self, connection: Connection) -> Database:
        """Return an object that inspects the database."""
        return DuckDBDatabase(connection)

    def empty(self, connection: Connection) -> None:
        """Drop all tables, newest first because they may refer to older ones; then the types."""
        youngest = "SELECT table_name FROM duckdb_tables() ORDER BY table_oid DESC"
        for (name,) in DuckDBDatabase(connection).rows(youngest):
            quoted = name.replace('"', '""')
            connection.execute(text(f'DROP TABLE "{quoted}"'))
        connection.execute(text("DROP TYPE IF EXISTS kind"))
