"""Whole applications are migrated through two unedited revisions, up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.rendering.applications import APPLICATIONS
from tests.rendering.revision import differences, run, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "mariadb": "mariadb+pymysql",
}
ALL = ["alembic.autogenerate.*", "idiolect.*"]


@pytest.fixture
def engine(request: pytest.FixtureRequest, database: str) -> Iterator[Engine]:
    """Return an engine on an empty database."""
    url = "sqlite://" if database == "sqlite" else request.getfixturevalue(f"fresh_{database}")
    engine = sa.create_engine(make_url(url).set(drivername=DRIVERS[database]))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("name", APPLICATIONS)
@pytest.mark.parametrize(
    "database",
    [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
)
def test_an_application_is_walked_through_revisions(
    engine: Engine, database: str, name: str
) -> None:
    """After each step nothing differs, with all sets of comparators."""
    before, after = (APPLICATIONS[name](released, database) for released in (False, True))
    options: dict[str, Any] = {"compare_server_default": True, "autogenerate_plugins": ALL}
    if database == "sqlite":
        options["render_as_batch"] = True
    with engine.connect() as connection:
        first = write(connection, before, **options)
        run(connection, first, "upgrade", target_metadata=before)
        assert [] == differences(connection, before, **options), "after the first revision"
        second = write(connection, after, **options)
        run(connection, second, "upgrade", target_metadata=after)
        assert [] == differences(connection, after, **options), "after the second"
        run(connection, second, "downgrade", target_metadata=after)
        assert [] == differences(connection, before, **options), "after its downgrade"
        run(connection, second, "upgrade", target_metadata=after)
        assert [] == differences(connection, after, **options), "after it ran again"
        run(connection, second, "downgrade", target_metadata=after)
        run(connection, first, "downgrade", target_metadata=after)
        assert [] == sa.inspect(connection).get_table_names()
