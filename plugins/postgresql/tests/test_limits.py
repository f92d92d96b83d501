"""Limits on the statements of a step, where the session ends before the step does."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from idiolect.hooks import SessionLimits
from idiolect_postgresql.limits import session_limits

LIMITS = SessionLimits(statement=5, lock_wait=5)
NAMES = ("statement_timeout", "lock_timeout")


@pytest.mark.postgresql
def test_the_error_of_a_lost_session_is_shown(fresh_postgresql: str) -> None:
    """Limits that cannot be restored hide no error of the step."""
    engine = create_engine(make_url(fresh_postgresql).set(drivername="postgresql+psycopg"))

    def step() -> None:
        with engine.begin() as connection, session_limits(connection, LIMITS):
            connection.invalidate()
            raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        step()
    engine.dispose()


@pytest.mark.postgresql
def test_a_pooled_session_gets_its_own_back(fresh_postgresql: str) -> None:
    """Its own limits are restored, also after a commit and after a failure."""
    url = make_url(fresh_postgresql).set(drivername="postgresql+psycopg")
    engine = create_engine(url, pool_size=1, max_overflow=0)

    def step() -> None:
        with engine.connect() as connection, session_limits(connection, LIMITS):
            connection.commit()
            connection.execute(text("NONSENSE"))

    with pytest.raises(ProgrammingError):
        step()
    with engine.connect() as connection:
        shown = [connection.scalar(text(f"SHOW {name}")) for name in NAMES]
    engine.dispose()
    assert ["0", "0"] == shown
