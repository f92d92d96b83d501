"""Firebird's rules, one method each: what the core asks, and what Firebird answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks import OfflineTransaction, hookimpl
from idiolect_firebird.impl import FirebirdImpl
from idiolect_firebird.journal import FirebirdJournal
from idiolect_firebird.lock import RowLock
from idiolect_firebird.transactions import commits_after_ddl

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import JournalSupport, LockRequest, MigrationLock


class FirebirdPlugin:
    """The plugin for the dialect ``firebird.firebird``, which sqlalchemy-firebird brings."""

    idiolect_hookspec = ">=1.0,<2"

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Firebird's own."""
        return FirebirdImpl

    @hookimpl
    def transactional_ddl(self, impl_class: type[DefaultImpl]) -> bool:
        """No: a table takes rows only after it was committed, so each DDL statement is.

        Source: "Data Definition (DDL) Statements" in the Firebird 3.0 Language Reference.
        """
        return impl_class.transactional_ddl

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """``SET TRANSACTION``, in scripts for isql that ask for transactions."""
        return OfflineTransaction(begin="SET TRANSACTION")

    @hookimpl
    def autocommit_level(self) -> str:
        """None: what the driver calls so begins a transaction all the same."""
        return ""

    @hookimpl
    def statement_journal(self) -> JournalSupport:
        """Record the statements of a revision, so that it can be resumed."""
        return FirebirdJournal()

    @hookimpl
    def migration_lock(self, connection: Connection, request: LockRequest) -> MigrationLock:
        """A row that is inserted and never committed."""
        return RowLock(connection, request)

    @hookimpl
    def prepare_connection(self, connection: Connection) -> AbstractContextManager[None]:
        """Commit after each DDL statement of a run."""
        return commits_after_ddl(connection)
