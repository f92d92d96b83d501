"""Rendered operations run: models are written as revisions, applied, and compared again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.rendering.models import models
from tests.rendering.revision import differences, run, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Engine

SAMPLE = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    # A failure is told as it was drawn: making it smaller takes minutes on a server.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
MANY = settings(SAMPLE, max_examples=500, derandomize=False)


@pytest.fixture
def postgresql(fresh_postgresql: str) -> Iterator[Engine]:
    """An engine of an empty database on a PostgreSQL server."""
    engine = sa.create_engine(fresh_postgresql)
    yield engine
    engine.dispose()


def there_and_back(engine: Engine, wanted: sa.MetaData) -> None:
    """Make a model's tables by a revision, find them the same, and take them back."""
    with engine.connect() as connection, connection.begin() as transaction:
        revision = write(connection, wanted)
        run(connection, revision, "upgrade")
        assert [] == differences(connection, wanted)
        run(connection, revision, "downgrade")
        assert [] == sa.inspect(connection).get_table_names()
        transaction.rollback()


def changed(engine: Engine, before: sa.MetaData, after: sa.MetaData, **opts: Any) -> None:
    """Migrate one model's tables to another's by a revision, and back.

    Args:
        engine: of an empty database.
        before: the existing model.
        after: the new model.
        opts: options of ``configure()`` while the revision is written.
    """
    with engine.connect() as connection, connection.begin() as transaction:
        before.create_all(connection)
        revision = write(connection, after, **opts)
        run(connection, revision, "upgrade")
        assert [] == differences(connection, after)
        run(connection, revision, "downgrade")
        assert [] == differences(connection, before)
        transaction.rollback()


def on_sqlite(check: Callable[..., None], *arguments: sa.MetaData) -> None:
    """Run a check on a new SQLite database."""
    engine = sa.create_engine("sqlite://")
    try:
        check(engine, *arguments)
    finally:
        engine.dispose()


@SAMPLE
@given(wanted=models(dialect="sqlite"))
def test_new_tables_on_sqlite(wanted: sa.MetaData) -> None:
    """The revision creates what the model has, and its downgrade drops it."""
    on_sqlite(there_and_back, wanted)


@pytest.mark.full
@MANY
@given(wanted=models(dialect="sqlite"))
def test_many_new_tables_on_sqlite(wanted: sa.MetaData) -> None:
    """The same, with other models each time."""
    on_sqlite(there_and_back, wanted)


@pytest.mark.postgresql
@SAMPLE
@given(wanted=models(dialect="postgresql"))
def test_new_tables_on_postgresql(postgresql: Engine, wanted: sa.MetaData) -> None:
    """As on SQLite, with PostgreSQL's own types, comments and identities."""
    there_and_back(postgresql, wanted)


@pytest.mark.full
@pytest.mark.postgresql
@MANY
@given(wanted=models(dialect="postgresql"))
def test_many_new_tables_on_postgresql(postgresql: Engine, wanted: sa.MetaData) -> None:
    """The same, with other models each time."""
    there_and_back(postgresql, wanted)


SETTLED = models(dialect="postgresql", settled=True)
PAIRS = st.tuples(SETTLED, SETTLED)


@pytest.mark.postgresql
@SAMPLE
@given(pair=PAIRS)
def test_changed_tables_on_postgresql(
    postgresql: Engine, pair: tuple[sa.MetaData, sa.MetaData]
) -> None:
    """One model is migrated to another and back."""
    changed(postgresql, *pair)


@pytest.mark.full
@pytest.mark.postgresql
@MANY
@given(pair=PAIRS)
def test_many_changed_tables_on_postgresql(
    postgresql: Engine, pair: tuple[sa.MetaData, sa.MetaData]
) -> None:
    """The same, with other models each time."""
    changed(postgresql, *pair)


def changed_in_batches(engine: Engine, before: sa.MetaData, after: sa.MetaData) -> None:
    """Change one model's tables into another's by batches, and back."""
    changed(engine, before, after, render_as_batch=True)


SETTLED_ON_SQLITE = models(dialect="sqlite", settled=True)
PAIRS_ON_SQLITE = st.tuples(SETTLED_ON_SQLITE, SETTLED_ON_SQLITE)


@SAMPLE
@given(pair=PAIRS_ON_SQLITE)
def test_changed_tables_on_sqlite(pair: tuple[sa.MetaData, sa.MetaData]) -> None:
    """With render_as_batch one model is migrated to another and back."""
    on_sqlite(changed_in_batches, *pair)


@pytest.mark.full
@MANY
@given(pair=PAIRS_ON_SQLITE)
def test_many_changed_tables_on_sqlite(pair: tuple[sa.MetaData, sa.MetaData]) -> None:
    """The same, with other models each time."""
    on_sqlite(changed_in_batches, *pair)
