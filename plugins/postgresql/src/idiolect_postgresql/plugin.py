"""The implementations of the dialect hooks for PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.exc import DBAPIError

from idiolect.hooks import OfflineTransaction, hookimpl
from idiolect_postgresql import lock, reflect, render, wording
from idiolect_postgresql.impl import PostgresqlImpl
from idiolect_postgresql.limits import session_limits
from idiolect_postgresql.lock import AdvisoryLock

# Registers its directive.
from idiolect_postgresql.operations import CreateExcludeConstraintOp
from idiolect_postgresql.pooler import prepare_nothing_if_pooled

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Inspector, Table
    from sqlalchemy.engine import Connection, Dialect

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import (
        Comparator,
        DialectRules,
        Expression,
        JournalSupport,
        LintRule,
        LockRequest,
        MigrationLock,
        ReflectedTables,
        SchemaObject,
        SessionLimits,
    )
    from idiolect.operations.ops import MigrateOperation
    from idiolect.runtime.migration import MigrationContext


class PostgresqlPlugin:
    """The plugin for SQLAlchemy's dialect ``postgresql``, with any driver."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Return PostgreSQL's impl."""
        return PostgresqlImpl

    @hookimpl
    def transactional_ddl(self, impl_class: type[DefaultImpl]) -> bool:
        """Return True, unless a subclass for a related database says otherwise."""
        return impl_class.transactional_ddl

    @hookimpl
    def statement_terminator(self, impl_class: type[DefaultImpl]) -> str:
        """Return a semicolon."""
        return impl_class.command_terminator

    @hookimpl
    def batch_separator(self) -> str:
        """Return no separator: psql executes each statement at its end."""
        return ""

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """Return ``BEGIN`` and ``COMMIT``."""
        return OfflineTransaction()

    @hookimpl
    def autocommit_level(self) -> str:
        """Return AUTOCOMMIT, which every supported driver accepts."""
        return "AUTOCOMMIT"

    @hookimpl
    def statement_journal(self, rules: DialectRules) -> JournalSupport | Literal[False]:
        """Journal statements outside of transactions."""
        from idiolect_postgresql.journal import PostgresqlJournal

        return PostgresqlJournal() if rules.transactional_ddl else False

    @hookimpl
    def autogenerate_comparators(self) -> Iterable[Comparator]:
        """Return the sets ``idiolect.postgresql.*``."""
        # Imported here because running revisions does not need it.
        from idiolect_postgresql import sets

        return sets.comparators()

    @hookimpl
    def reflect_extra(self, inspector: Inspector) -> Iterable[SchemaObject]:
        """Return enum types, domains, sequences and EXCLUDE constraints."""
        from idiolect_postgresql import catalogue

        connection: Any = inspector.bind
        return catalogue.objects(connection)

    @hookimpl
    def normalise_expressions(
        self, connection: Connection, expressions: Sequence[Expression]
    ) -> list[str | None]:
        """Return expressions as the catalogue reports them, using temporary tables."""
        return wording.worded(connection, expressions)

    @hookimpl
    def reflect_tables(
        self, connection: Connection, names: Mapping[str | None, Collection[str]]
    ) -> ReflectedTables | None:
        """Reflect with SQLAlchemy those tables whose signatures are not equal."""
        if not reflect.can_reflect(connection):
            return None
        return reflect.reflect_tables(connection, names)

    @hookimpl
    def migration_lock(self, connection: Connection, request: LockRequest) -> MigrationLock:
        """Return a session-level advisory lock."""
        return AdvisoryLock(connection, request)

    @hookimpl
    def missing_privileges(
        self, connection: Connection, table: Table, needed: Collection[str]
    ) -> str:
        """Query the privileges of the current user."""
        # Imported here because it is only needed if there is something to do.
        from idiolect_postgresql import privileges

        return privileges.missing_privileges(connection, table, needed)

    @hookimpl
    def prepare_connection(self, connection: Connection, opts: Mapping[str, Any]) -> None:
        """Keep psycopg from preparing statements behind a pooler, if there is no lock to do so."""
        if opts.get("lock") is False or opts.get("migration_lock") is False:
            prepare_nothing_if_pooled(connection)

    @hookimpl
    def session_limits(
        self, connection: Connection, limits: SessionLimits
    ) -> AbstractContextManager[None]:
        """Apply both limits."""
        return session_limits(connection, limits)

    @hookimpl(wrapper=True)
    def run_step(self, context: MigrationContext) -> Generator[None, Any, Any]:
        """Add notes: the index that CREATE INDEX CONCURRENTLY left, and who was in the way."""
        try:
            return (yield)
        except DBAPIError as exc:
            # Imported here because they are needed only if a step fails.
            from idiolect_postgresql.blockers import blockers
            from idiolect_postgresql.journal import left_invalid

            if note := blockers(context.connection, exc):
                exc.add_note(note)

            index = left_invalid(exc)
            if index:
                kept = context.journal.store is not None
                what = "the next run drops it first" if kept else f"drop it with DROP INDEX {index}"
                exc.add_note(f"the index {index} is left, and invalid: {what}")
            raise

    @hookimpl
    def transient_error(self, error: DBAPIError) -> str | None:
        """Return errors that disappear with the end of another transaction."""
        return lock.transient_error(error)

    @hookimpl
    def render_operation(
        self, op: MigrateOperation, autogen_context: AutogenContext
    ) -> list[str] | None:
        """Return the code of PostgreSQL's own operations."""
        if isinstance(op, CreateExcludeConstraintOp):
            return render.render_create_exclude(op, autogen_context)
        from idiolect_postgresql import domain_ops, own_ops

        if isinstance(op, domain_ops.ChangeDomainOp):
            return op.code(autogen_context)
        return own_ops.render(op, autogen_context)

    @hookimpl
    def lint_rules(self) -> Iterable[LintRule]:
        """Return the rules ``postgresql-*``."""
        from idiolect_postgresql import lint

        return lint.RULES

    @hookimpl
    def requires_autocommit(self, dialect: Dialect, statement: str) -> bool:
        """Return True for CONCURRENTLY, VACUUM and what concerns a whole database or server."""
        from idiolect_postgresql import sqltext

        version = getattr(dialect, "server_version_info", None)
        return sqltext.requires_autocommit(statement, version)
