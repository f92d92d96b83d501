"""SQLite's rules, one method each: what the core asks, and what SQLite answers."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Literal

from idiolect.hooks import OfflineTransaction, hookimpl
from idiolect_sqlite.impl import SQLiteImpl

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import (
        DialectRules,
        Expression,
        JournalSupport,
        LockRequest,
        MigrationLock,
        ReflectedTables,
        SessionLimits,
    )
    from idiolect.runtime.migration import MigrationContext


class SQLitePlugin:
    """The plugin for SQLAlchemy's dialect ``sqlite``, whatever its driver."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """SQLite's own."""
        return SQLiteImpl

    @hookimpl
    def transactional_ddl(
        self, impl_class: type[DefaultImpl], connection: Connection | None
    ) -> bool | None:
        """Yes on a connection, because :meth:`prepare_connection` makes the driver begin.

        A script keeps the documented answer of the class, as does a user's own subclass that
        says something. ``configure(transactional_ddl=False)`` is the way back to the driver's
        habit of leaving DDL outside of transactions.

        Source: SQLite, "Transactions", section 2: DDL takes part in transactions.
        """
        decided_by = next(cls for cls in impl_class.__mro__ if "transactional_ddl" in vars(cls))
        if connection is None or decided_by is not SQLiteImpl:
            return impl_class.transactional_ddl
        return True

    @hookimpl
    def statement_terminator(self, impl_class: type[DefaultImpl]) -> str:
        """A semicolon."""
        return impl_class.command_terminator

    @hookimpl
    def batch_separator(self) -> str:
        """None: the shell runs each statement as it ends."""
        return ""

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """``BEGIN`` and ``COMMIT``, for scripts that ask for transactions."""
        return OfflineTransaction()

    @hookimpl
    def autocommit_level(self) -> str:
        """The drivers' own habit, in which ``VACUUM`` and some pragmas work."""
        return "AUTOCOMMIT"

    @hookimpl
    def statement_journal(self, rules: DialectRules) -> JournalSupport | Literal[False]:
        """What is sent outside of transactions is recorded; nothing where DDL is never in one."""
        # Here and below: not loaded for commands that do not ask.
        from idiolect_sqlite.journal import SQLiteJournal

        return SQLiteJournal() if rules.transactional_ddl else False

    @hookimpl
    def migration_lock(self, connection: Connection, request: LockRequest) -> MigrationLock:
        """The write transaction itself; none where the driver's own habit was asked for."""
        from idiolect.hooks import MigrationLock
        from idiolect_sqlite.lock import ImmediateLock

        if not request.rules.transactional_ddl:
            return MigrationLock()
        return ImmediateLock(connection, request)

    @hookimpl
    def missing_privileges(self, connection: Connection) -> str:
        """A file that is read-only, or in such a folder."""
        # Asked only where something is due.
        from idiolect_sqlite import privileges

        return privileges.missing_privileges(connection)

    @hookimpl
    def session_limits(
        self, connection: Connection, limits: SessionLimits
    ) -> AbstractContextManager[None]:
        """Both limits, as far as the database has them."""
        from idiolect_sqlite.limits import session_limits

        return session_limits(connection, limits)

    @hookimpl
    def transient_error(self, error: DBAPIError) -> str | None:
        """Errors that end with another connection's transaction."""
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
        """Let SIGINT and SIGTERM end a statement, not only what comes after it."""
        if context.as_sql:
            return (yield)
        from idiolect_sqlite.interrupts import interruptible

        with interruptible(context.connection):
            return (yield)

    @hookimpl
    def reflect_tables(
        self, connection: Connection, names: Mapping[str | None, Collection[str]]
    ) -> ReflectedTables | None:
        """What SQLAlchemy tells, from five queries a schema instead of a dozen a table."""
        from idiolect_sqlite import reflect

        return (
            reflect.reflect_tables(connection, names) if reflect.can_reflect(connection) else None
        )

    @hookimpl
    def normalise_expressions(self, expressions: Sequence[Expression]) -> list[str | None]:
        """By their text: SQLite keeps what it was told, and nobody is to be asked.

        Defaults, which SQLAlchemy reads without their quotes at times, are the impl's.
        """
        from idiolect_sqlite.compare import plain_expression

        return [
            None if one.kind == "server_default" else plain_expression(one.text)
            for one in expressions
        ]
