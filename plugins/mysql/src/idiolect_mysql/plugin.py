"""The rules of MySQL and MariaDB, one method each: what the core asks, and what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks import OfflineTransaction, hookimpl
from idiolect_mysql import lock, reflect, wording
from idiolect_mysql.impl import MariaDBImpl, MySQLImpl
from idiolect_mysql.limits import session_limits
from idiolect_mysql.lock import NamedLock

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import (
        Expression,
        JournalSupport,
        LockRequest,
        MigrationLock,
        ReflectedTables,
        SessionLimits,
    )
    from idiolect.hooks.compared import TableSide
    from idiolect.operations import MigrateOperation


class MysqlPlugin:
    """The plugin for SQLAlchemy's dialect ``mysql``, whatever its driver."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """MySQL's own."""
        return MySQLImpl

    @hookimpl
    def transactional_ddl(self, impl_class: type[DefaultImpl]) -> bool:
        """No: each statement about the schema commits, before and after itself.

        Source: "Statements That Cause an Implicit Commit" in MySQL's reference manual. A subclass
        for a relative of MySQL may say otherwise.
        """
        return impl_class.transactional_ddl

    @hookimpl
    def statement_terminator(self, impl_class: type[DefaultImpl]) -> str:
        """A semicolon."""
        return impl_class.command_terminator

    @hookimpl
    def batch_separator(self) -> str:
        """None: the client sends each statement as it ends."""
        return ""

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """``BEGIN`` and ``COMMIT``, for scripts that ask for transactions."""
        return OfflineTransaction()

    @hookimpl
    def autocommit_level(self) -> str:
        """Every supported driver has it under this name."""
        return "AUTOCOMMIT"

    @hookimpl
    def statement_journal(self) -> JournalSupport:
        """All revisions are recorded: what one did stays when it is cut off."""
        from idiolect_mysql.journal import MysqlJournal

        return MysqlJournal()

    @hookimpl
    def normalise_expressions(
        self, connection: Connection, expressions: Sequence[Expression]
    ) -> list[str | None]:
        """In the words of SHOW CREATE TABLE, by means of temporary tables."""
        return wording.worded(connection, expressions)

    @hookimpl
    def migration_lock(self, connection: Connection, request: LockRequest) -> MigrationLock:
        """A lock by name, of the session."""
        return NamedLock(connection, request)

    @hookimpl
    def missing_privileges(
        self, connection: Connection, table: Table, needed: Collection[str]
    ) -> str:
        """What EXPLAIN and the catalogue say of this login."""
        # Asked only where something is due.
        from idiolect_mysql import privileges

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
    def reflect_tables(
        self, connection: Connection, names: Mapping[str | None, Collection[str]]
    ) -> ReflectedTables | None:
        """What SQLAlchemy tells, from seven queries a schema instead of one a table."""
        if not reflect.can_reflect(connection):
            return None
        return reflect.reflect_tables(connection, names)

    @hookimpl
    def adjust_reflected(
        self, autogen_context: AutogenContext, reflected: TableSide, metadata: TableSide
    ) -> None:
        """Tell the impl, which does the work, which foreign keys the model has."""
        del reflected
        impl = autogen_context.migration_context.impl
        if isinstance(impl, MySQLImpl):
            impl.compared_with = metadata.table

    @hookimpl
    def render_operation(
        self, op: MigrateOperation, autogen_context: AutogenContext
    ) -> list[str] | None:
        """The code of an operation of our own."""
        from idiolect_mysql import own_ops

        return own_ops.render(op, autogen_context)


class MariadbPlugin(MysqlPlugin):
    """The plugin for SQLAlchemy's dialect ``mariadb``, which stands for MariaDB and no other."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """MariaDB's own."""
        return MariaDBImpl
