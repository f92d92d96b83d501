"""Time limits for the statements of a step, as session settings.

Source: PostgreSQL's manual, "Client Connection Defaults", section "Statement Behavior".
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from idiolect.hooks import at_return

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from idiolect.hooks import SessionLimits

_READ = text("SELECT current_setting(:name)")
_WRITE = text("SELECT set_config(:name, :value, false)")


@contextlib.contextmanager
def session_limits(connection: Connection, limits: SessionLimits) -> Iterator[None]:
    """Apply the limits during the block.

    Args:
        connection: the migrating connection.
        limits: in seconds.
    """
    wanted = {"statement_timeout": limits.statement, "lock_timeout": limits.lock_wait}
    before = {}
    for name, seconds in wanted.items():
        if seconds is not None:
            before[name] = connection.scalar(_READ, {"name": name})
            value = f"{max(1, round(seconds * 1000))}ms"
            connection.execute(_WRITE, {"name": name, "value": value})
    try:
        yield
    finally:
        try:
            for name, value in before.items():
                connection.execute(_WRITE, {"name": name, "value": value})
        except SQLAlchemyError:
            # A failed transaction restores its settings itself, and a lost session has none. Those
            # that an earlier transaction of the step has committed last as long as the session.
            if not connection.closed and not connection.invalidated:
                restore = (
                    f"SELECT set_config('{name}', '{before[name]}', false)" for name in before
                )
                at_return(connection, "ROLLBACK", *restore, "COMMIT")
