"""Limits on the statements of a step, where the session ends before the step does."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine

from idiolect.hooks import SessionLimits
from idiolect_mysql.limits import session_limits

LIMITS = SessionLimits(statement=5, lock_wait=5)


@pytest.mark.mariadb
def test_the_error_of_a_lost_session_is_shown(fresh_mariadb: str) -> None:
    """Limits that cannot be restored hide no error of the step."""
    engine = create_engine(fresh_mariadb)

    def step() -> None:
        with engine.begin() as connection, session_limits(connection, LIMITS):
            connection.invalidate()
            raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        step()
    engine.dispose()
