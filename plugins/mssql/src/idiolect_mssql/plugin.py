"""SQL Server's rules, one method each: what the core asks, and what SQL Server answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from idiolect.hooks import JournalSupport, OfflineTransaction, Option, hookimpl
from idiolect_mssql import lock
from idiolect_mssql.impl import MSSQLImpl, separator_of
from idiolect_mssql.limits import session_limits
from idiolect_mssql.lock import ApplicationLock
from idiolect_mssql.transactions import ended_by_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import DialectRules, LockRequest, MigrationLock, SessionLimits
    from idiolect.hooks.options import OptionRegistry


class MssqlJournal(JournalSupport):
    """What the statement journal has to know: BEGIN alone opens a block and no transaction."""

    transaction: ClassVar[tuple[str, str, str] | None] = (
        "BEGIN TRANSACTION",
        "COMMIT TRANSACTION",
        "ROLLBACK TRANSACTION",
    )


class MssqlPlugin:
    """The plugin for SQLAlchemy's dialect ``mssql``, whatever its driver."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """SQL Server's own."""
        return MSSQLImpl

    @hookimpl
    def transactional_ddl(self, impl_class: type[DefaultImpl]) -> bool:
        """Yes, unless a subclass for a relative of SQL Server says otherwise."""
        return impl_class.transactional_ddl

    @hookimpl
    def statement_terminator(self, impl_class: type[DefaultImpl]) -> str:
        """A semicolon."""
        return impl_class.command_terminator

    @hookimpl
    def batch_separator(self, impl_class: type[DefaultImpl], opts: Mapping[str, Any]) -> str:
        """GO, at which sqlcmd sends what it has read, or what the user has configured."""
        return separator_of(impl_class, opts)

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """``BEGIN TRANSACTION``, as ``BEGIN`` alone opens a block, and ``COMMIT``."""
        return OfflineTransaction(begin="BEGIN TRANSACTION")

    @hookimpl
    def autocommit_level(self) -> str:
        """Every supported driver has it under this name."""
        return "AUTOCOMMIT"

    @hookimpl
    def prepare_connection(
        self, connection: Connection, rules: DialectRules, opts: Mapping[str, Any]
    ) -> AbstractContextManager[None] | None:
        """Let an error end the transaction, where DDL is to be in one."""
        if rules.transactional_ddl and opts.get("mssql_xact_abort", True):
            return ended_by_errors(connection)
        return None

    @hookimpl
    def migration_lock(self, connection: Connection, request: LockRequest) -> MigrationLock:
        """An application lock of the session."""
        return ApplicationLock(connection, request)

    @hookimpl
    def missing_privileges(
        self, connection: Connection, table: Table, needed: Collection[str]
    ) -> str:
        """What HAS_PERMS_BY_NAME says of this login."""
        # Asked only where something is due.
        from idiolect_mssql import privileges

        return privileges.missing_privileges(connection, table, needed)

    @hookimpl
    def session_limits(
        self, connection: Connection, limits: SessionLimits
    ) -> AbstractContextManager[None]:
        """Both limits, as far as the database has them."""
        return session_limits(connection, limits)

    @hookimpl
    def transient_error(self, error: DBAPIError) -> str | None:
        """Errors that end with another connection's transaction."""
        return lock.transient_error(error)

    @hookimpl
    def statement_journal(self, rules: DialectRules) -> JournalSupport | Literal[False]:
        """What is sent outside of transactions is recorded."""
        return MssqlJournal() if rules.transactional_ddl else False

    @hookimpl
    def register_options(self, registry: OptionRegistry) -> None:
        """The options that are SQL Server's."""
        registry.add(
            Option(
                "mssql_batch_separator",
                str,
                MSSQLImpl.batch_separator,
                "the line after each statement of a script; an empty text for none",
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
