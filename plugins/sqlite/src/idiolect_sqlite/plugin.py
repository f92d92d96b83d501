"""The implementations of the dialect hooks for SQLite."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Literal

from idiolect.hooks import OfflineTransaction, hookimpl
from idiolect_sqlite.impl import SQLiteImpl

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import (
        DialectRules,
        Expression,
        JournalSupport,
        LintRule,
        LockRequest,
        MigrationLock,
        ReflectedTables,
        SessionLimits,
    )
    from idiolect.runtime.migration import MigrationContext


class SQLitePlugin:
    """The plugin for SQLAlchemy's dialect ``sqlite``, with any driver."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Return SQLite's impl."""
        return SQLiteImpl

    @hookimpl
    def transactional_ddl(
        self, impl_class: type[DefaultImpl], connection: Connection | None
    ) -> bool | None:
        """Return True for a connection, because :meth:`prepare_connection` makes the driver begin.

        A script uses the class's documented value, as does a user's subclass that sets it.
        ``configure(transactional_ddl=False)`` restores the driver's default behaviour of executing
        DDL outside of transactions.

        Source: SQLite, "Transactions", section 2: DDL takes part in transactions.
        """
        decided_by = next(cls for cls in impl_class.__mro__ if "transactional_ddl" in vars(cls))
        if connection is None or decided_by is not SQLiteImpl:
            return impl_class.transactional_ddl
        return True

    @hookimpl
    def statement_terminator(self, impl_class: type[DefaultImpl]) -> str:
        """Return a semicolon."""
        return impl_class.command_terminator

    @hookimpl
    def batch_separator(self) -> str:
        """Return no separator: the shell executes each statement at its end."""
        return ""

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """Return ``BEGIN`` and ``COMMIT``, for scripts with transactions."""
        return OfflineTransaction()

    @hookimpl
    def autocommit_level(self) -> str:
        """Return the drivers' default level, in which ``VACUUM`` and some pragmas work."""
        return "AUTOCOMMIT"

    @hookimpl
    def statement_journal(self, rules: DialectRules) -> JournalSupport | Literal[False]:
        """Journal statements outside of transactions; nothing if DDL is never in one."""
        # Imported here and below because most commands do not need it.
        from idiolect_sqlite.journal import SQLiteJournal

        return SQLiteJournal() if rules.transactional_ddl else False

    @hookimpl
    def migration_lock(self, connection: Connection, request: LockRequest) -> MigrationLock:
        """Return the write transaction; no lock if the driver's default behaviour is requested."""
        from idiolect.hooks import MigrationLock
        from idiolect_sqlite.lock import ImmediateLock

        if not request.rules.transactional_ddl:
            return MigrationLock()
        return ImmediateLock(connection, request)

    @hookimpl
    def missing_privileges(self, connection: Connection) -> str:
        """Check for a read-only file or folder."""
        # Imported here because it is only needed if there is something to do.
        from idiolect_sqlite import privileges

        return privileges.missing_privileges(connection)

    @hookimpl
    def session_limits(
        self, connection: Connection, limits: SessionLimits
    ) -> AbstractContextManager[None]:
        """Apply both limits."""
        from idiolect_sqlite.limits import session_limits

        return session_limits(connection, limits)

    @hookimpl
    def transient_error(self, error: DBAPIError) -> str | None:
        """Return errors that disappear with the end of another transaction."""
        from idiolect_sqlite.lock import transient_error

        return transient_error(error)

    @hookimpl
    def prepare_connection(
        self, connection: Connection, rules: DialectRules
    ) -> AbstractContextManager[None]:
        """Send ``BEGIN IMMEDIATE`` before the first statement of each transaction."""
        if not rules.transactional_ddl:
            return contextlib.nullcontext()
        from idiolect_sqlite.transactions import immediate_transactions

        return immediate_transactions(connection)

    @hookimpl(wrapper=True)
    def run_step(self, context: MigrationContext) -> Generator[None, Any, Any]:
        """Let SIGINT, SIGTERM and SIGHUP interrupt a running statement."""
        if context.as_sql:
            return (yield)
        from idiolect_sqlite.interrupts import interruptible

        with interruptible(context.connection):
            return (yield)

    @hookimpl
    def reflect_tables(
        self, connection: Connection, names: Mapping[str | None, Collection[str]]
    ) -> ReflectedTables | None:
        """Reflect with SQLAlchemy, from five queries per schema instead of a dozen per table."""
        from idiolect_sqlite import reflect

        return (
            reflect.reflect_tables(connection, names) if reflect.can_reflect(connection) else None
        )

    @hookimpl
    def normalise_expressions(self, expressions: Sequence[Expression]) -> list[str | None]:
        """Return expressions unchanged: SQLite stores them as written.

        Defaults, which SQLAlchemy sometimes reflects without their quotes, are left to the impl.
        """
        from idiolect_sqlite.compare import plain_expression

        return [
            None if one.kind == "server_default" else plain_expression(one.text)
            for one in expressions
        ]

    @hookimpl
    def lint_rules(self) -> Iterable[LintRule]:
        """Return the rules ``sqlite-*``."""
        from idiolect_sqlite import lint

        return lint.RULES

    @hookimpl
    def requires_autocommit(self, statement: str) -> bool:
        """Return True for VACUUM, DETACH and settings of the file."""
        from idiolect_sqlite import lint

        return lint.requires_autocommit(statement)
