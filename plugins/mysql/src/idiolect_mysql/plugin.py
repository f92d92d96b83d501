"""The implementations of the dialect hooks for MySQL and MariaDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from idiolect.hooks import OfflineTransaction, hookimpl
from idiolect_mysql import lock, reflect, wording
from idiolect_mysql.impl import MariaDBImpl, MySQLImpl
from idiolect_mysql.limits import session_limits
from idiolect_mysql.lock import NamedLock

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import (
        Expression,
        JournalSupport,
        LintRule,
        LockRequest,
        MigrationLock,
        ReflectedTables,
        SessionLimits,
    )
    from idiolect.migration import MigrationContext
    from idiolect.operations import MigrateOperation


class MysqlPlugin:
    """The plugin for SQLAlchemy's dialect ``mysql``, with any driver."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Return MySQL's impl."""
        return MySQLImpl

    @hookimpl
    def transactional_ddl(self, impl_class: type[DefaultImpl]) -> bool:
        """Return False: each DDL statement commits the transaction before it, and itself.

        Source: "Statements That Cause an Implicit Commit" in MySQL's reference manual. A subclass
        for a related database may say otherwise.
        """
        return impl_class.transactional_ddl

    @hookimpl
    def statement_terminator(self, impl_class: type[DefaultImpl]) -> str:
        """Return a semicolon."""
        return impl_class.command_terminator

    @hookimpl
    def batch_separator(self) -> str:
        """Return no separator: the client sends each statement at its end."""
        return ""

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """Return ``BEGIN`` and ``COMMIT``, for scripts with transactions."""
        return OfflineTransaction()

    @hookimpl
    def autocommit_level(self) -> str:
        """Return AUTOCOMMIT, which every supported driver accepts."""
        return "AUTOCOMMIT"

    @hookimpl
    def statement_journal(self) -> JournalSupport:
        """Journal all revisions, because their DDL cannot be rolled back."""
        from idiolect_mysql.journal import MysqlJournal

        return MysqlJournal()

    @hookimpl
    def normalise_expressions(
        self, connection: Connection, expressions: Sequence[Expression]
    ) -> list[str | None]:
        """Return expressions as SHOW CREATE TABLE reports them, using temporary tables."""
        return wording.worded(connection, expressions)

    @hookimpl
    def migration_lock(self, connection: Connection, request: LockRequest) -> MigrationLock:
        """Return a named lock of the session."""
        return NamedLock(connection, request)

    @hookimpl
    def missing_privileges(
        self, connection: Connection, table: Table, needed: Collection[str]
    ) -> str:
        """Query the privileges of the current user with EXPLAIN and the catalogue."""
        # Imported here because it is only needed if there is something to do.
        from idiolect_mysql import privileges

        return privileges.missing_privileges(connection, table, needed)

    @hookimpl
    def session_limits(
        self, connection: Connection, limits: SessionLimits
    ) -> AbstractContextManager[None]:
        """Apply both limits."""
        return session_limits(connection, limits)

    @hookimpl(wrapper=True)
    def run_step(self, context: MigrationContext) -> Generator[None, Any, Any]:
        """Add a note about the sessions that may have been in the way of a failed step."""
        try:
            return (yield)
        except DBAPIError as exc:
            # Imported here because it is needed only if a step fails.
            from idiolect_mysql.blockers import blockers

            if note := blockers(context.connection, exc):
                exc.add_note(note)
            raise

    @hookimpl
    def transient_error(self, error: DBAPIError) -> str | None:
        """Return errors that disappear with the end of another transaction."""
        return lock.transient_error(error)

    @hookimpl
    def reflect_tables(
        self, connection: Connection, names: Mapping[str | None, Collection[str]]
    ) -> ReflectedTables | None:
        """Reflect with SQLAlchemy, from seven queries per schema instead of one per table."""
        if not reflect.can_reflect(connection):
            return None
        return reflect.reflect_tables(connection, names)

    @hookimpl
    def render_operation(
        self, op: MigrateOperation, autogen_context: AutogenContext
    ) -> list[str] | None:
        """Return the code of this plugin's operations."""
        from idiolect_mysql import own_ops

        return own_ops.render(op, autogen_context)

    @hookimpl
    def lint_rules(self) -> Iterable[LintRule]:
        """Return the rules ``mysql-*``."""
        from idiolect_mysql import lint

        return lint.RULES


class MariadbPlugin(MysqlPlugin):
    """The plugin for SQLAlchemy's dialect ``mariadb``, which only supports MariaDB."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Return MariaDB's impl."""
        return MariaDBImpl
