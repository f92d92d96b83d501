"""The fixtures of the servers, on real servers."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect, text


@pytest.mark.parametrize(
    ("fixture", "dialect"),
    [
        pytest.param("fresh_postgresql", "postgresql", marks=pytest.mark.postgresql),
        pytest.param("fresh_mariadb", "mariadb", marks=pytest.mark.mariadb),
    ],
)
def test_a_fresh_database_is_empty_and_takes_tables(
    request: pytest.FixtureRequest, fixture: str, dialect: str
) -> None:
    """A test gets its own empty database with all privileges."""
    engine = create_engine(request.getfixturevalue(fixture))
    with engine.begin() as connection:
        before = inspect(connection).get_table_names()
        connection.execute(text("CREATE TABLE account (id INTEGER PRIMARY KEY)"))
    after = inspect(engine).get_table_names()
    engine.dispose()

    assert dialect == engine.dialect.name
    assert [] == before
    assert ["account"] == after
