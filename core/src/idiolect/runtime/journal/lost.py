"""Detects that a revision rolls back its own changes of the schema.

Used by the record of a step. Such a revision would be recorded as applied, without what it did.
"""

from __future__ import annotations

from idiolect.errors import TransactionLostError
from idiolect.util.statements import body_of, brief

_WORDS = ("CREATE", "ALTER", "DROP")
SAVEPOINT_ADVICE = (
    "Roll back to a savepoint instead: use 'with op.get_bind().begin_nested():', or "
    "Session(op.get_bind(), join_transaction_mode='create_savepoint')."
)
#: Characters of a statement that a message repeats.
_SHOWN = 80


class SchemaChanges:
    """The changes of the schema that a step has made, by the text of their statements."""

    def __init__(self) -> None:
        self._open: dict[str, None] = {}
        self._lost: dict[str, None] = {}

    def add(self, sql: str) -> None:
        """Record a statement that has been executed, and may be rolled back."""
        if body_of(sql)[:10].upper().startswith(_WORDS):
            self._open[sql] = None
            self._lost.pop(sql, None)

    def commit(self) -> None:
        """Forget what can no longer be rolled back."""
        self._open.clear()

    def roll_back(self) -> None:
        """Record that what has not been committed is lost, unless it is done again."""
        self._lost |= self._open
        self._open.clear()

    def check(self) -> None:
        """Raise if a change was lost.

        Raises:
            TransactionLostError: the first lost statement is named.
        """
        if self._lost:
            statement = brief(next(iter(self._lost)), _SHOWN)
            raise TransactionLostError(
                "The revision rolled back its transaction, and with it what it had done to the "
                f"schema: {statement}. {SAVEPOINT_ADVICE}"
            )
