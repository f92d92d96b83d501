"""Changes that a comparison by Alembic misses are seen on PostgreSQL, written, run, and undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.rendering.complete_models import CASES
from tests.rendering.revision import differences, run, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from tests.rendering.complete_models import Make

ALL = {"autogenerate_plugins": ["*"], "include_schemas": True, "compare_server_default": True}


@pytest.fixture
def connection(fresh_postgresql: str) -> Iterator[Connection]:
    """A connection to an empty database, with a schema ``other``."""
    engine = sa.create_engine(make_url(fresh_postgresql).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA other")
        connection.commit()
        yield connection
    engine.dispose()


def metadata(make: Make) -> sa.MetaData:
    """Return models."""
    made = sa.MetaData()
    make(made)
    return made


@pytest.mark.postgresql
@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_change_is_seen_written_run_and_undone(
    connection: Connection, before: Make, after: Make
) -> None:
    """A generated revision migrates the database to the models and back without differences."""
    metadata(before).create_all(connection)
    connection.commit()
    assert [] == differences(connection, metadata(before), **ALL), "before anything is changed"
    connection.commit()

    revision = write(connection, metadata(after), **ALL)
    connection.commit()
    assert [] != differences(connection, metadata(after), **ALL), "the change is not seen"
    connection.commit()
    run(connection, revision, "upgrade")
    connection.commit()
    assert [] == differences(connection, metadata(after), **ALL), "after the upgrade"
    connection.commit()
    run(connection, revision, "downgrade")
    connection.commit()
    assert [] == differences(connection, metadata(before), **ALL), "after the downgrade"
    connection.commit()
    run(connection, revision, "upgrade")
    connection.commit()

    assert [] == differences(connection, metadata(after), **ALL), "after the second upgrade"
