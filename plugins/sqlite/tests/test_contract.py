"""SQLite's plugin passes the contract of all dialects."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from idiolect.testing.capabilities import answers, impossible
from idiolect.testing.suite import Database, DialectContract

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NULLABILITY = ("set_not_null", "drop_not_null")


@pytest.fixture(scope="module")
def contract_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a file."""
    return f"sqlite:///{tmp_path_factory.mktemp('contract') / 'database.db'}"


class SQLiteDatabase(Database):
    """A SQLite database, reflected including indexes on expressions, which SQLAlchemy omits."""

    def indexes(self, table: str) -> list[str]:
        """Return the names of all explicitly created indexes."""
        query = (
            f"SELECT name FROM sqlite_master WHERE tbl_name = '{table}' AND sql LIKE 'CREATE%X%'"
        )
        return sorted(name for (name,) in self.rows(f"{query} AND type = 'index'"))


class TestContract(DialectContract):
    """SQLite."""

    dialect = "sqlite"
    capabilities = answers(
        impossible(
            "no comments",
            "table_comment",
            "drop_table_comment",
            "column_comment",
            "comments_of_a_new_table",
            "autogenerate_comments",
        ),
        impossible("no such clause", "add_column_if_not_exists", "drop_column_if_exists"),
        impossible(
            "only with batch_alter_table",
            "change_type",
            "set_default",
            "drop_default",
            "create_primary_key",
            "create_unique_constraint",
            "create_check_constraint",
            "create_foreign_key",
            "drop_unique_constraint",
            "drop_check_constraint",
            "drop_foreign_key",
            "drop_primary_key",
            "add_computed",
        ),
        impossible(
            "before SQLite 3.53 only with batch_alter_table",
            *(_NULLABILITY if sqlite3.sqlite_version_info < (3, 53) else ()),
        ),
        impossible("only as separate files, with ATTACH DATABASE", "schemas"),
        impossible("no identities", "identity", "autogenerate_identity"),
    )

    def read(self, connection: Connection) -> Database:
        """Return the contents of the database for assertions."""
        return SQLiteDatabase(connection)
