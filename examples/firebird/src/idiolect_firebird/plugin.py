"""The implementations of the dialect hooks for Firebird."""

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
    """The plugin for the dialect ``firebird.firebird``, from the package sqlalchemy-firebird."""

    idiolect_hookspec = ">=1.0,<2"

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Return Firebird's impl."""
        return FirebirdImpl

    @hookimpl
    def transactional_ddl(self, impl_class: type[DefaultImpl]) -> bool:
        """Return False: a table accepts rows only after it was committed, so DDL is committed.

        Source: "Data Definition (DDL) Statements" in the Firebird 3.0 Language Reference.
        """
        return impl_class.transactional_ddl

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """Return ``SET TRANSACTION``, for isql scripts with transactions."""
        return OfflineTransaction(begin="SET TRANSACTION")

    @hookimpl
    def autocommit_level(self) -> str:
        """Return no level: the driver's AUTOCOMMIT begins a transaction nevertheless."""
        return ""

    @hookimpl
    def statement_journal(self) -> JournalSupport:
        """Journal the statements of a revision, so that it can be resumed."""
        return FirebirdJournal()

    @hookimpl
    def migration_lock(self, connection: Connection, request: LockRequest) -> MigrationLock:
        """Return a row that is inserted and never committed."""
        return RowLock(connection, request)

    @hookimpl
    def prepare_connection(self, connection: Connection) -> AbstractContextManager[None]:
        """Commit after each DDL statement of a run."""
        return commits_after_ddl(connection)
