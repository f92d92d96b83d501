"""Missing privileges on the version table, and their description."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table
from sqlalchemy.engine import URL

from idiolect_oracle.privileges import missing_privileges


class Answers:
    """A connection that answers two queries.

    Args:
        login: the first query's row.
        granted: the second one's.
    """

    def __init__(self, login: str, schema: str, granted: set[str]) -> None:
        self.dialect: Any = URL.create("oracle").get_dialect()()
        self._answers: list[Any] = [granted, {"login": login, "current_schema": schema}]

    def execute(self, *_query: Any) -> Any:
        """Answer the next query."""
        return Rows(self._answers.pop())


class Rows:
    """The answer."""

    def __init__(self, given: Any) -> None:
        self._given = given

    def mappings(self) -> Rows:
        """Return the rows."""
        return self

    def first(self) -> Any:
        """Return the one row."""
        return self._given

    def scalars(self) -> Any:
        """Return the first column."""
        return self._given


@pytest.mark.parametrize(
    ("login", "granted", "needed", "says"),
    [
        pytest.param("SHOP", {"CREATE TABLE"}, ["CREATE", "INSERT"], "", id="own, may create"),
        pytest.param("SHOP", set(), ["UPDATE", "DELETE"], "", id="own, that is there"),
        pytest.param(
            "SHOP",
            {"CREATE SESSION"},
            ["CREATE", "INSERT"],
            "The user 'SHOP' has no privilege to CREATE the table 'ALEMBIC_VERSION' in the "
            "schema 'SHOP'. Ask its owner or an administrator to run: GRANT CREATE TABLE TO SHOP.",
            id="own, may not create",
        ),
        pytest.param(
            "ANN", {"CREATE ANY TABLE", "INSERT ANY TABLE"}, ["CREATE", "INSERT"], "", id="any"
        ),
        pytest.param("ANN", {"UPDATE", "SELECT"}, ["UPDATE"], "", id="granted"),
        pytest.param(
            "ANN",
            {"UPDATE", "CREATE TABLE"},
            ["DELETE", "UPDATE"],
            "The user 'ANN' has no privilege to DELETE the table 'ALEMBIC_VERSION' in the "
            "schema 'SHOP'. Ask its owner or an administrator to run: GRANT SELECT, INSERT, "
            "UPDATE, "
            "DELETE ON SHOP.ALEMBIC_VERSION TO ANN.",
            id="another's",
        ),
        pytest.param(
            "ANN",
            {"CREATE TABLE"},
            ["CREATE"],
            "The user 'ANN' has no privilege to CREATE the table 'ALEMBIC_VERSION' in the "
            "schema 'SHOP'. Ask its owner or an administrator to run: GRANT CREATE ANY TABLE TO "
            "ANN.",
            id="another's, may not create",
        ),
    ],
)
def test_what_is_missing(login: str, granted: set[str], needed: list[str], says: str) -> None:
    """The schema's owner may write all of it; others need each privilege by name."""
    table = Table("alembic_version", MetaData(), Column("version_num", String(32)))
    connection: Any = Answers(login, "SHOP", granted)
    assert says == missing_privileges(connection, table, needed)
