"""Commits after each DDL statement, as other databases do by themselves.

Firebird carries DDL out when it is committed: a table that was made in a transaction takes no rows
in it. Used by the plugin for the time in which a run writes.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_DDL = re.compile(r"\s*(ALTER|COMMENT|CREATE|DROP|GRANT|RECREATE|REVOKE)\b", re.IGNORECASE)


@contextmanager
def commits_after_ddl(connection: Connection) -> Iterator[None]:
    """Listen on the connection for DDL, and let the driver commit it.

    SQLAlchemy's transaction stays open, and goes on in the driver's next one.
    """

    def commit(target: Connection, cursor: Any, statement: str, *_others: Any) -> None:
        if _DDL.match(statement):
            cursor.close()
            # Nothing is open where a resumed run passed the statement over.
            target.dialect.do_commit(target.connection)

    event.listen(connection, "after_cursor_execute", commit)
    try:
        yield
    finally:
        event.remove(connection, "after_cursor_execute", commit)
