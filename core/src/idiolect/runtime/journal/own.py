"""The transaction that a revision begins itself where each statement would commit.

Used by the record of a step, which buffers entries in such a transaction instead of recording
each statement on its own. Sends nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from idiolect.util.sqla_compat import has_no_transactions, reports_transaction
from idiolect.util.statements import body_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_SAVEPOINT = re.compile(r"(?:SAVEPOINT|RELEASE(?:\s+SAVEPOINT)?)\s+([^\s;]+)", re.IGNORECASE)


class OwnTransaction:
    """Whether a revision's own transaction is open on an autocommit connection.

    Begun by ``BEGIN``, or, on databases where it has that effect, by a savepoint.

    Args:
        connection: the migrating connection.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_begun = False
        self._outermost = ""

    @property
    def is_absent(self) -> bool:
        """Whether each statement commits now."""
        return not (
            self._is_begun
            or not has_no_transactions(self._connection)
            or reports_transaction(self._connection)
        )

    def begin(self) -> None:
        """Note a ``BEGIN`` that is about to be sent."""
        self._is_begun = has_no_transactions(self._connection)

    def end(self) -> None:
        """Note the end of the transaction."""
        self._is_begun = False
        self._outermost = ""

    def set_savepoint(self, name: str) -> None:
        """Note a savepoint that is about to be set."""
        if self.is_absent:
            self._outermost = name

    def is_ended_by(self, name: str) -> bool:
        """Return whether releasing a savepoint will commit the transaction."""
        is_outermost = bool(self._outermost) and name == self._outermost
        return is_outermost and reports_transaction(self._connection)


def savepoint_of(sql: str) -> str:
    """Return the savepoint that a statement sets or releases; ``""`` for other statements."""
    found = _SAVEPOINT.match(body_of(sql))
    return found.group(1).strip("\"'`[]").lower() if found else ""
