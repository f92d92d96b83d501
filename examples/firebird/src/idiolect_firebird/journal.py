"""Makes interrupted revisions resumable: statements are recorded as they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks import JournalSupport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


class FirebirdJournal(JournalSupport):
    """A statement and its record are committed together, so its outcome is always known."""

    ddl_commits = True
    transaction = None

    def objects(self, sql: str) -> tuple[str, ...]:
        """Return no objects: nothing has to be inspected."""
        return ()

    def outcome(self, connection: Connection, before: Mapping[str, str]) -> bool:
        """Return True: a statement that was not executed has no record."""
        return True
