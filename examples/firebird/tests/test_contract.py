"""The contract suite for Firebird."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.testing.capabilities import answers, impossible, no
from idiolect.testing.suite import Database, DialectContract

if TYPE_CHECKING:
    from sqlalchemy import Connection

FBBIGINT = pytest.importorskip(
    "sqlalchemy_firebird.types", reason="sqlalchemy-firebird is not installed"
).FBBIGINT

# sqlalchemy-firebird leaves cursors to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Cursor disposed:ResourceWarning",
    "ignore:Exception ignored in. <function Cursor:pytest.PytestUnraisableExceptionWarning",
)


class FirebirdDatabase(Database):
    """A Firebird database: its type for big integers does not derive from SQLAlchemy's."""

    def is_big(self, table: str, name: str) -> bool:
        """Return whether a column has a 64-bit integer type."""
        return isinstance(self.column(table, name)["type"], FBBIGINT)


class TestContract(DialectContract):
    """Firebird."""

    dialect = "firebird.firebird"
    persisted = None
    capabilities = answers(
        impossible("each DDL statement is committed", "transactional_ddl"),
        impossible("a table keeps its name", "rename_table"),
        impossible(
            "no such clause",
            "create_table_if_not_exists",
            "drop_table_if_exists",
            "add_column_if_not_exists",
            "drop_column_if_exists",
            "create_index_if_not_exists",
            "drop_index_if_exists",
        ),
        impossible("Firebird 3 begins one after the start", "identity"),
        impossible("Firebird 3 has none that are always generated", "autogenerate_identity"),
        impossible("no schemas", "schemas"),
        impossible("no such type", "autogenerate_json"),
        no("the driver's level of that name commits nothing", "autocommit"),
    )

    def read(self, connection: Connection) -> Database:
        """Return an object that inspects the database."""
        return FirebirdDatabase(connection)
