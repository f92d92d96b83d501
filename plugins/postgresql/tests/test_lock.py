"""The lock on a second connection, as behind a pooler."""

from __future__ import annotations

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from idiolect.hooks import LockRequest
from idiolect.migration import MigrationContext
from idiolect_postgresql.lock import AdvisoryLock

#: Servers before PostgreSQL 17 do not have the second.
TIMEOUTS = ["idle_in_transaction_session_timeout", "transaction_timeout"]
NAMES = "SELECT name FROM pg_settings WHERE name = ANY(:names)"
SHOWN = "SELECT setting FROM pg_settings WHERE name = ANY(:names)"


@pytest.mark.postgresql
def test_the_server_does_not_end_its_transaction(fresh_postgresql: str) -> None:
    """It is idle for as long as a revision takes, whatever the database's limits are."""
    url = make_url(fresh_postgresql).set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        names = connection.scalars(text(NAMES), {"names": TIMEOUTS}).all()
        for name in names:
            connection.execute(text(f"ALTER DATABASE {url.database} SET {name} = 60000"))
        connection.commit()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        request = LockRequest(context._version, "me", bound=False, rules=context.rules)
        lock = AdvisoryLock(connection, request)
        lock._look()
        lock._is_pooled = True
        assert lock.acquire()
        assert lock._other is not None
        shown = lock._other.scalars(text(SHOWN), {"names": TIMEOUTS}).all()
        lock.release()
    assert {"0"} == set(shown)
