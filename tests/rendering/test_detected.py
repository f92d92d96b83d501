"""The page on detected changes matches what a comparison detects on each database."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.rendering.detected import documented, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

DRIVERS = {"PostgreSQL": "postgresql+psycopg", "MariaDB": "mariadb+pymysql"}


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Return an engine on an empty database."""
    if request.param == "SQLite":
        engine = sa.create_engine("sqlite://")
    else:
        url = make_url(request.getfixturevalue(f"fresh_{request.param.lower()}"))
        engine = sa.create_engine(url.set(drivername=DRIVERS[request.param]))
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("engine", "database"),
    [
        pytest.param("SQLite", "SQLite", id="sqlite"),
        pytest.param("PostgreSQL", "PostgreSQL", marks=pytest.mark.postgresql, id="postgresql"),
        pytest.param("MariaDB", "MariaDB", marks=pytest.mark.mariadb, id="mariadb"),
    ],
    indirect=["engine"],
)
def test_page(engine: Engine, database: str) -> None:
    """After a change of what is seen, change the cell of docs/reference/detected.md."""
    with engine.connect() as connection, warnings.catch_warnings():
        # What cannot be changed is said in a warning, and is "no" on the page.
        warnings.simplefilter("ignore")
        found = outcomes(connection, database)

    assert found == documented(database)
