"""Statements that a lock sends when its connection is returned to the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import StaticPool, create_engine, text

from idiolect.hooks import at_return

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine whose only session stays in its pool."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    yield engine
    engine.dispose()


def setting(engine: Engine) -> int:
    """Return a setting of the session."""
    with engine.connect() as connection:
        return int(connection.scalar(text("PRAGMA cache_size")) or 0)


def test_statements_are_sent_once(engine: Engine) -> None:
    """They are sent when the connection is returned, in order, and not the next time."""
    with engine.connect() as connection:
        at_return(connection, "PRAGMA cache_size = 5", "PRAGMA cache_size = 7")
    assert 7 == setting(engine)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA cache_size = 9"))
    assert 9 == setting(engine)


def test_each_can_be_cancelled(engine: Engine) -> None:
    """One that is cancelled is not sent; another of the same connection is."""
    with engine.connect() as connection:
        at_return(connection, "PRAGMA cache_size = 5")
        cancel = at_return(connection, "PRAGMA cache_size = 7")
        cancel()
        cancel()
    assert 5 == setting(engine)


def test_the_pool_gets_one_listener(engine: Engine) -> None:
    """However often it is used, the pool has only one listener."""
    lengths = set()
    for _ in range(3):
        with engine.connect() as connection:
            at_return(connection, "SELECT 1")
        lengths.add(len(list(engine.pool.dispatch.reset)))
    assert 1 == len(lengths)
