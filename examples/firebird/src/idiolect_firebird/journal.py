"""Resuming a revision that was cut off: its statements are recorded as they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks import JournalSupport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


class FirebirdJournal(JournalSupport):
    """The record of a statement and its effect are committed together, so it is never in doubt."""

    ddl_commits = True
    transaction = None

    def objects(self, sql: str) -> tuple[str, ...]:
        """Return nothing to look at."""
        return ()

    def outcome(self, connection: Connection, before: Mapping[str, str]) -> bool:
        """Return True: a statement that was not carried out has left no record."""
        return True
