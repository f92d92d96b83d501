"""What the statement journal asks of a database: the record that hook ``statement_journal`` gives.

Dialect plugins subclass it; room ``runtime/journal`` calls it, for statements of a revision while
one runs, and about the one in flight when a revision is resumed. Never begins or ends a
transaction, unless a method says so.
"""

from __future__ import annotations

import contextlib
import enum
import hashlib
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from idiolect.util.statements import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection


def digest(*parts: object) -> str:
    """Return a short text that differs where the parts do."""
    return hashlib.sha1("\0".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


class Reader(enum.Enum):
    """Who gets the rows that are read while a revision runs."""

    REVISION = "the revision, which may do one thing or another for it"
    OPERATION = "an operation, which does the same where it is answered the same"
    NOBODY = "nobody: they are dropped"


def reading_for(reader: Reader, context: Any) -> AbstractContextManager[None]:
    """Note in a context's journal who gets the rows that are read in the block."""
    # Stand-ins of a context have none.
    journal = getattr(context, "journal", None)
    found: AbstractContextManager[None] = (
        contextlib.nullcontext() if journal is None else journal.reading_for(reader)
    )
    return found


class JournalSupport:
    """What is to know of a database whose revisions are journaled. This one knows nothing special.

    Attributes:
        ddl_commits: whether each statement about the schema commits what came before it, and
            itself. Then all revisions are journaled; elsewhere only those that commit midway.
        table_options: keyword arguments for the SQLAlchemy Table of the journal.
        transaction: what begins, commits and rolls back a transaction around one statement on a
            connection in autocommit mode; None where that cannot be.
        tries_transaction: whether a statement that nothing would tell of afterwards is tried in
            one first, there. Then :meth:`refuses_transaction` has to know the error of those that
            cannot be.
    """

    ddl_commits: ClassVar[bool] = False
    table_options: ClassVar[Mapping[str, Any]] = {}
    transaction: ClassVar[tuple[str, str, str] | None] = ("BEGIN", "COMMIT", "ROLLBACK")
    tries_transaction: ClassVar[bool] = False

    def kind(self, sql: str) -> Kind:
        """Return what a statement does."""
        return kind_of(sql)

    def objects(self, sql: str) -> tuple[str, ...] | None:
        """Return what a statement about the schema changes the definition of.

        Returns:
            Names that :meth:`definitions` knows; () where the statement may be repeated; None
            where nobody could tell afterwards whether it was carried out.
        """
        return None

    def definitions(self, connection: Connection, objects: Iterable[str]) -> dict[str, str]:
        """Return a text for each object that differs when its definition does.

        What does not exist has a text as well. What changes without the definition being changed,
        such as the next value of a counter, must not be in it.
        """
        return {}

    def outcome(self, connection: Connection, before: Mapping[str, str]) -> bool | None:
        """Return whether the statement that was in flight was carried out.

        May clear away what a statement that was cut off has left behind.

        Args:
            connection: the connection to ask on.
            before: what :meth:`definitions` answered before the statement was sent.

        Returns:
            True where it was, False where it was not, None where that cannot be told.
        """
        now = self.definitions(connection, before)
        changed = {now.get(name) != text for name, text in before.items()}
        return None if len(changed) > 1 else True in changed

    def refuses_transaction(self, error: Exception) -> Literal["whole", "in parts"] | None:
        """Return whether the driver's error says that a statement cannot be in a transaction.

        Returns:
            None if it does not say so; ``"in parts"`` if the statement commits by itself, so that
            half of it may be left if it fails.
        """
        return None

    def session(self, connection: Connection) -> str:
        """Return a name of the connection's session on the server; ``""`` where it has none."""
        return ""

    def is_running(self, connection: Connection, session: str) -> bool:
        """Return whether a session of an earlier run still works on a statement."""
        return False
