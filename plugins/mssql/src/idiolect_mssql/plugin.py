"""The implementations of the dialect hooks for SQL Server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from idiolect.hooks import JournalSupport, OfflineTransaction, Option, hookimpl
from idiolect_mssql import lock
from idiolect_mssql.impl import MSSQLImpl, separator_of
from idiolect_mssql.limits import session_limits
from idiolect_mssql.lock import ApplicationLock
from idiolect_mssql.transactions import ended_by_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import DialectRules, LintRule, LockRequest, MigrationLock, SessionLimits
    from idiolect.hooks.options import OptionRegistry


class MssqlJournal(JournalSupport):
    """Journal support for SQL Server, where BEGIN starts a block rather than a transaction."""

    transaction: ClassVar[tuple[str, str, str] | None] = (
        "BEGIN TRANSACTION",
        "COMMIT TRANSACTION",
        "ROLLBACK TRANSACTION",
    )


class MssqlPlugin:
    """The plugin for SQLAlchemy's dialect ``mssql``, with any driver."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Return SQL Server's impl."""
        return MSSQLImpl

    @hookimpl
    def transactional_ddl(self, impl_class: type[DefaultImpl]) -> bool:
        """Return True, unless a subclass for a related database says otherwise."""
        return impl_class.transactional_ddl

    @hookimpl
    def statement_terminator(self, impl_class: type[DefaultImpl]) -> str:
        """Return a semicolon."""
        return impl_class.command_terminator

    @hookimpl
    def batch_separator(self, impl_class: type[DefaultImpl], opts: Mapping[str, Any]) -> str:
        """Return GO, at which sqlcmd sends a batch, or the configured separator."""
        return separator_of(impl_class, opts)

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """Return ``BEGIN TRANSACTION``, because ``BEGIN`` starts a block, and ``COMMIT``."""
        return OfflineTransaction(begin="BEGIN TRANSACTION")

    @hookimpl
    def autocommit_level(self) -> str:
        """Return AUTOCOMMIT, which every supported driver accepts."""
        return "AUTOCOMMIT"

    @hookimpl
    def prepare_connection(
        self, connection: Connection, rules: DialectRules, opts: Mapping[str, Any]
    ) -> AbstractContextManager[None] | None:
        """Enable XACT_ABORT for the transaction, if DDL is transactional."""
        if rules.transactional_ddl and opts.get("mssql_xact_abort", True):
            return ended_by_errors(connection)
        return None

    @hookimpl
    def migration_lock(self, connection: Connection, request: LockRequest) -> MigrationLock:
        """Return a session-level application lock."""
        return ApplicationLock(connection, request)

    @hookimpl
    def missing_privileges(
        self, connection: Connection, table: Table, needed: Collection[str]
    ) -> str:
        """Query the privileges of the current user with HAS_PERMS_BY_NAME."""
        # Imported here because it is only needed if there is something to do.
        from idiolect_mssql import privileges

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
    def statement_journal(self, rules: DialectRules) -> JournalSupport | Literal[False]:
        """Journal statements outside of transactions."""
        return MssqlJournal() if rules.transactional_ddl else False

    @hookimpl
    def register_options(self, registry: OptionRegistry) -> None:
        """Register SQL Server's options."""
        registry.add(
            Option(
                "mssql_batch_separator",
                str,
                MSSQLImpl.batch_separator,
                "the line after each statement of a script; an empty string for none",
            )
        )
        registry.add(
            Option(
                "mssql_xact_abort",
                bool,
                default=True,
                doc="whether an error ends the transaction of a run even where it is caught",
            )
        )

    @hookimpl
    def lint_rules(self) -> Iterable[LintRule]:
        """Return the rules ``mssql-*``."""
        from idiolect_mssql import lint

        return lint.RULES

    @hookimpl
    def requires_autocommit(self, statement: str) -> bool:
        """Return True for what concerns a whole database or full-text indexes."""
        from idiolect_mssql import lint

        return lint.requires_autocommit(statement)
