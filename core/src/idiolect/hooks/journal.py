"""What the statement journal needs from a dialect: the record of the hook ``statement_journal``.

Dialect plugins subclass :class:`JournalSupport`; :mod:`idiolect.runtime.journal` calls it for each
statement of a running revision, and for the statement in flight when a revision is resumed. Methods
do not begin or end transactions unless documented otherwise.
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
    """Return a short hash of the parts."""
    return hashlib.sha1("\0".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


class Reader(enum.Enum):
    """Who consumes the rows that are read while a revision runs."""

    REVISION = "the revision, whose course may depend on them"
    OPERATION = "an operation, which does the same for the same rows"
    NOBODY = "nobody: they are discarded"


def reading_for(reader: Reader, context: Any) -> AbstractContextManager[None]:
    """Record in the context's journal who consumes the rows read in the block."""
    # Substitutes for a context in user code have no journal.
    journal = getattr(context, "journal", None)
    found: AbstractContextManager[None] = (
        contextlib.nullcontext() if journal is None else journal.reading_for(reader)
    )
    return found


class JournalSupport:
    """Default journal support: assumes nothing specific about the database.

    Attributes:
        ddl_commits: whether each DDL statement commits the transaction before it, and itself. If
            True, all revisions are journaled; otherwise only those that commit midway.
        table_options: keyword arguments for the journal's SQLAlchemy Table.
        transaction: begins, commits and rolls back a transaction around one statement on a
            connection in autocommit mode; None if unsupported.
        tries_transaction: in autocommit mode, whether to try a statement whose outcome cannot be
            verified afterwards inside a transaction first. :meth:`refuses_transaction` must then
            recognise the error of statements that do not allow this.
    """

    ddl_commits: ClassVar[bool] = False
    table_options: ClassVar[Mapping[str, Any]] = {}
    transaction: ClassVar[tuple[str, str, str] | None] = ("BEGIN", "COMMIT", "ROLLBACK")
    tries_transaction: ClassVar[bool] = False

    def kind(self, sql: str) -> Kind:
        """Classify a statement."""
        return kind_of(sql)

    def objects(self, sql: str) -> tuple[str, ...] | None:
        """Return the objects whose definition a DDL statement changes.

        Returns:
            Names that :meth:`definitions` accepts; () if the statement can be repeated; None if its
            outcome cannot be verified afterwards.
        """
        return None

    def definitions(self, connection: Connection, objects: Iterable[str]) -> dict[str, str]:
        """Return a text for each object that changes if and only if its definition does.

        An object that does not exist has a text as well. State that is not part of the definition,
        such as the next value of a sequence, must not be included.
        """
        return {}

    def outcome(self, connection: Connection, before: Mapping[str, str]) -> bool | None:
        """Return whether the statement in flight was executed.

        May clean up what an interrupted statement left behind.

        Args:
            connection: the connection to query.
            before: what :meth:`definitions` returned before the statement was sent.

        Returns:
            None if it cannot be determined.
        """
        now = self.definitions(connection, before)
        changed = {now.get(name) != text for name, text in before.items()}
        return None if len(changed) > 1 else True in changed

    def refuses_transaction(self, error: Exception) -> Literal["whole", "in parts"] | None:
        """Return whether the driver's error says that a statement cannot run in a transaction.

        Returns:
            None if it does not; ``"in parts"`` if the statement commits internally, so that a
            failure can leave it half done.
        """
        return None

    def session(self, connection: Connection) -> str:
        """Return an identifier of the connection's server session; ``""`` if there is none."""
        return ""

    def is_running(self, connection: Connection, session: str) -> bool:
        """Return whether the session of an earlier run is still executing a statement."""
        return False
