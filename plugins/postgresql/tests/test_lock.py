"""The lock on a second connection, as behind a pooler."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from idiolect.hooks import LockRequest, beside
from idiolect.migration import MigrationContext
from idiolect_postgresql import lock
from idiolect_postgresql.lock import AdvisoryLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

#: Servers before PostgreSQL 17 do not have the second.
TIMEOUTS = ["idle_in_transaction_session_timeout", "transaction_timeout"]
NAMES = "SELECT name FROM pg_settings WHERE name = ANY(:names)"
SHOWN = "SELECT setting FROM pg_settings WHERE name = ANY(:names)"


@pytest.fixture
def engine(fresh_postgresql: str) -> Engine:
    """An engine for an empty database."""
    url = make_url(fresh_postgresql).set(drivername="postgresql+psycopg")
    return create_engine(url, poolclass=NullPool)


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    """The second connections that are open."""
    opened: list[Connection] = []

    @contextlib.contextmanager
    def noted(like: Connection) -> Iterator[Connection]:
        with beside(like) as connection:
            opened.append(connection)
            yield connection
            opened.remove(connection)

    monkeypatch.setattr(lock, "beside", noted)
    return opened


def _behind_a_pooler(connection: Connection) -> AdvisoryLock:
    context = MigrationContext.configure(connection)
    request = LockRequest(context._version, "me", bound=False, rules=context.rules)
    made = AdvisoryLock(connection, request)
    made._look()
    made._is_pooled = True
    return made


@pytest.mark.postgresql
def test_the_server_does_not_end_its_transaction(engine: Engine, second: list[Connection]) -> None:
    """It is idle for as long as a revision takes, whatever the database's limits are."""
    with engine.connect() as connection:
        for name in connection.scalars(text(NAMES), {"names": TIMEOUTS}).all():
            connection.execute(text(f"ALTER DATABASE {engine.url.database} SET {name} = 60000"))
        connection.commit()
    with engine.connect() as connection:
        held = _behind_a_pooler(connection)
        assert held.acquire()
        shown = second[0].scalars(text(SHOWN), {"names": TIMEOUTS}).all()
        held.release()
    assert ({"0"}, []) == (set(shown), second)


@pytest.mark.postgresql
def test_who_waits_keeps_no_connection(engine: Engine, second: list[Connection]) -> None:
    """A run that gives up, or is interrupted, has none to close."""
    with engine.connect() as one, engine.connect() as other:
        held, waiting = _behind_a_pooler(one), _behind_a_pooler(other)
        assert held.acquire()
        assert not waiting.acquire()
        assert 1 == len(second)
        held.release()
        assert waiting.acquire()
        assert 1 == len(second)
        waiting.release()
    assert [] == second
