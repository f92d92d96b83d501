"""Missing privileges on the version table, and their description."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table
from sqlalchemy.engine import URL

from idiolect_mssql.privileges import missing_privileges

_ROW = {"login": "ann", "database": "shop", "schema": "dbo", "updateability": "READ_WRITE"}
_BEGIN = "The user 'ann' has no privilege to"
_ON = "the version table 'dbo.alembic_version' of the database 'shop'. Ask its owner to run:"


class Answer:
    """A connection that answers one query with one row."""

    def __init__(self, **row: Any) -> None:
        self.dialect: Any = URL.create("mssql").get_dialect()()
        self._row = row

    def execute(self, *_query: Any) -> Answer:
        """Answer."""
        return self

    mappings = execute

    def first(self) -> dict[str, Any]:
        """Return the row."""
        return self._row


@pytest.mark.parametrize(
    ("may", "needed", "says"),
    [
        pytest.param({"may_create": 1, "may_alter": 1}, ["CREATE", "INSERT"], "", id="create"),
        # NULL: what was asked of is not there, or has another meaning.
        pytest.param({"may_update": None}, ["UPDATE"], "", id="unknown"),
        pytest.param({"may_update": 1, "may_delete": 0}, ["UPDATE"], "", id="not needed"),
        pytest.param(
            {"may_update": 1, "may_delete": 0},
            ["DELETE", "UPDATE"],
            f"{_BEGIN} DELETE {_ON} GRANT SELECT, INSERT, UPDATE, DELETE ON "
            "[dbo].[alembic_version] TO [ann].",
            id="delete",
        ),
        pytest.param(
            {"may_create": 1, "may_alter": 0},
            ["CREATE", "INSERT"],
            f"{_BEGIN} CREATE {_ON} GRANT CREATE TABLE TO [ann]; "
            "GRANT ALTER ON SCHEMA::[dbo] TO [ann].",
            id="no schema of its own",
        ),
        pytest.param(
            {"updateability": "READ_ONLY"},
            ["UPDATE"],
            "The database 'shop' is read-only: it does not accept writes.",
            id="read-only",
        ),
    ],
)
def test_what_is_missing(may: dict[str, Any], needed: list[str], says: str) -> None:
    """Only what is needed counts, and only what is known to be missing."""
    table = Table("alembic_version", MetaData(), Column("version_num", String(32)))
    connection: Any = Answer(**{**_ROW, **may})
    assert says == missing_privileges(connection, table, needed)
