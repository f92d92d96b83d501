"""Limits on the statements of a step, where the session ends before the step does."""

from __future__ import annotations

import pytest
from oracle_recorder import Server

from idiolect.hooks import SessionLimits
from idiolect_oracle.limits import session_limits

LIMITS = SessionLimits(statement=5, lock_wait=5)


def test_the_error_of_a_lost_session_is_shown() -> None:
    """Limits that cannot be restored hide no error of the step."""
    engine = Server().engine()

    def step() -> None:
        with engine.begin() as connection, session_limits(connection, LIMITS):
            connection.invalidate()
            raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        step()
    engine.dispose()
