"""Limits on the statements of a step leave nothing behind, however the step ends."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from idiolect.hooks import SessionLimits
from idiolect_sqlite.limits import session_limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

LIMITS = SessionLimits(statement=0.001, lock_wait=1)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to an empty database."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_no_interrupt_comes_after_the_block(connection: Connection) -> None:
    """The thread that interrupts statements has ended with the block."""
    with session_limits(connection, LIMITS):
        assert "idiolect-limit" in {thread.name for thread in threading.enumerate()}

    assert "idiolect-limit" not in {thread.name for thread in threading.enumerate()}


def test_an_error_after_the_connection_was_closed_is_shown(connection: Connection) -> None:
    """What is restored on a closed connection fails silently, behind the first error."""

    def revision() -> None:
        with session_limits(connection, LIMITS):
            connection.connection.dbapi_connection.close()  # type: ignore[union-attr]  # there
            raise RuntimeError("first")

    with pytest.raises(RuntimeError, match="first"):
        revision()
