"""The implementations of the dialect hooks for Oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.hooks import OfflineTransaction, Option, hookimpl
from idiolect_oracle import lock
from idiolect_oracle.impl import OracleImpl, separator_of
from idiolect_oracle.limits import session_limits
from idiolect_oracle.lock import UserLock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import JournalSupport, LintRule, LockRequest, MigrationLock, SessionLimits
    from idiolect.hooks.options import OptionRegistry

#: Oracle's options of ``configure()``.
OPTIONS = (
    Option(
        "oracle_batch_separator",
        str,
        OracleImpl.batch_separator,
        "the line after each statement of a script; an empty string for none",
    ),
    Option(
        "oracle_sqlplus",
        bool,
        True,
        "rewrite the statements of a script that SQL*Plus would misread",
    ),
)


class OraclePlugin:
    """The plugin for SQLAlchemy's dialect ``oracle``, with any driver."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Return Oracle's impl."""
        return OracleImpl

    @hookimpl
    def transactional_ddl(self, impl_class: type[DefaultImpl]) -> bool:
        """Return False, unless a subclass for a related database says otherwise.

        Source: "COMMIT" in Oracle's SQL Language Reference: each DDL statement commits before
        it runs and after it.
        """
        return impl_class.transactional_ddl

    @hookimpl
    def statement_terminator(self, impl_class: type[DefaultImpl]) -> str:
        """Return no terminator: drivers reject a semicolon, and the separator sends a statement."""
        return impl_class.command_terminator

    @hookimpl
    def batch_separator(self, impl_class: type[DefaultImpl], opts: Mapping[str, Any]) -> str:
        """Return a slash, on which SQL*Plus runs a statement, or the configured separator."""
        return separator_of(impl_class, opts)

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """Return ``SET TRANSACTION READ WRITE`` and ``COMMIT``: Oracle has no ``BEGIN``.

        Source: "SET TRANSACTION" in Oracle's SQL Language Reference.
        """
        return OfflineTransaction(begin="SET TRANSACTION READ WRITE", separate_begin=True)

    @hookimpl
    def autocommit_level(self) -> str:
        """Return AUTOCOMMIT, which every supported driver accepts."""
        return "AUTOCOMMIT"

    @hookimpl
    def migration_lock(self, connection: Connection, request: LockRequest) -> MigrationLock:
        """Return a user lock of DBMS_LOCK; without privileges on it, the core uses a lease."""
        return UserLock(connection, request)

    @hookimpl
    def missing_privileges(
        self, connection: Connection, table: Table, needed: Collection[str]
    ) -> str:
        """Query the session's privileges and the table's grants."""
        # Imported here because it is only needed if there is something to do.
        from idiolect_oracle import privileges

        return privileges.missing_privileges(connection, table, needed)

    @hookimpl
    def session_limits(
        self, connection: Connection, limits: SessionLimits
    ) -> AbstractContextManager[None]:
        """Apply both limits."""
        return session_limits(connection, limits)

    @hookimpl
    def transient_error(self, error: DBAPIError) -> str | None:
        """Return errors that disappear with the end of another transaction."""
        return lock.transient_error(error)

    @hookimpl
    def statement_journal(self) -> JournalSupport:
        """Journal all revisions, because their DDL cannot be rolled back."""
        from idiolect_oracle.journal import OracleJournal

        return OracleJournal()

    @hookimpl
    def register_options(self, registry: OptionRegistry) -> None:
        """Register Oracle's options."""
        for option in OPTIONS:
            registry.add(option)

    @hookimpl
    def lint_rules(self) -> Iterable[LintRule]:
        """Return the rules ``oracle-*``."""
        from idiolect_oracle import lint

        return lint.RULES
