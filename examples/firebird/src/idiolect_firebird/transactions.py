"""Commits after each DDL statement, as other databases do implicitly.

Firebird executes DDL on commit: a table accepts no rows in the transaction that created it. Used by
the plugin during a run.
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
    """Listen for DDL on the connection, and let the driver commit it.

    SQLAlchemy's transaction stays open, and continues in the driver's next one.
    """

    def commit(target: Connection, cursor: Any, statement: str, *_others: Any) -> None:
        if _DDL.match(statement):
            cursor.close()
            # Nothing is open if a resumed run skipped the statement.
            target.dialect.do_commit(target.connection)

    event.listen(connection, "after_cursor_execute", commit)
    try:
        yield
    finally:
        event.remove(connection, "after_cursor_execute", commit)
