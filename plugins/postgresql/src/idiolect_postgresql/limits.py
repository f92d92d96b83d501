"""Time limits for the statements of a step, as session settings.

Source: PostgreSQL's manual, "Client Connection Defaults", section "Statement Behavior".
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError

from idiolect.hooks import at_return
from idiolect_postgresql.pooler import is_pooled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy.engine import Connection

    from idiolect.hooks import SessionLimits

log = logging.getLogger(__name__)

_READ = text("SELECT current_setting(:name)")
_WRITE = text("SELECT set_config(:name, :value, :local)")


@contextlib.contextmanager
def session_limits(connection: Connection, limits: SessionLimits) -> Iterator[None]:
    """Apply the limits during the block.

    Args:
        connection: the migrating connection.
        limits: in seconds.
    """
    given = {"statement_timeout": limits.statement, "lock_timeout": limits.lock_wait}
    wanted = {
        name: f"{max(1, round(seconds * 1000))}ms"
        for name, seconds in given.items()
        if seconds is not None
    }
    keep = _in_each_transaction if is_pooled(connection) else _in_session
    with keep(connection, wanted):
        yield


@contextlib.contextmanager
def _in_session(connection: Connection, wanted: dict[str, str]) -> Iterator[None]:
    before = _read(connection, wanted)
    _write(connection, wanted, local=False)
    try:
        yield
    finally:
        try:
            _write(connection, before, local=False)
        except SQLAlchemyError:
            # A failed transaction restores its settings itself, and a lost session has none. Those
            # that an earlier transaction of the step has committed last as long as the session.
            if not connection.closed and not connection.invalidated:
                restore = (
                    f"SELECT set_config('{name}', '{before[name]}', false)" for name in before
                )
                at_return(connection, "ROLLBACK", *restore, "COMMIT")


@contextlib.contextmanager
def _in_each_transaction(connection: Connection, wanted: dict[str, str]) -> Iterator[None]:
    """Behind a pooler, other clients would get a session with these settings."""

    def apply(begun: Connection) -> None:
        if begun.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            _write(begun, wanted, local=True)
        else:
            log.warning(
                "Behind a pooler, statement_timeout and lock_wait_timeout do not apply to the "
                "statements of an autocommit_block()."
            )

    before = _read(connection, wanted)
    apply(connection)
    event.listen(connection, "begin", apply)
    try:
        yield
    finally:
        event.remove(connection, "begin", apply)
        # The transaction may go on with the next step; a failed one restores them itself.
        with contextlib.suppress(SQLAlchemyError):
            if connection.in_transaction():
                _write(connection, before, local=True)


def _read(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    return {name: str(connection.scalar(_READ, {"name": name})) for name in names}


def _write(connection: Connection, values: Mapping[str, str], *, local: bool) -> None:
    for name, value in values.items():
        connection.execute(_WRITE, {"name": name, "value": value, "local": local})
