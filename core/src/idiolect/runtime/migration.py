"""MigrationContext: the database or script being migrated, and the run on it.

Environments and programs create one with :meth:`MigrationContext.configure`. The context owns the
connection or the output stream, the impl, the rules and the heads, and runs steps. Planning,
transactions, version rows and SQL are implemented in other modules.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from idiolect.ddl.lookup import impl_class_for
from idiolect.errors import CommandError, TransactionLostError, VersionTableError
from idiolect.hooks.dialects import hooks_for
from idiolect.runtime import version_table
from idiolect.runtime.dialect import requested_dialect
from idiolect.runtime.lock import RunLock
from idiolect.runtime.options import resolve_options
from idiolect.runtime.output import script_stream
from idiolect.runtime.published import load_published
from idiolect.runtime.rules import resolve_rules
from idiolect.runtime.transactions import ProxyTransaction as _ProxyTransaction
from idiolect.runtime.transactions import Transactions, TransactionWatch
from idiolect.util.bound import operations as bound_operations
from idiolect.util.langhelpers import memoized_property, to_tuple
from idiolect.util.lazy import attribute
from idiolect.util.logs import Log
from idiolect.util.sqla_compat import in_transaction, offer_dialects

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from sqlalchemy import Table
    from sqlalchemy.engine import URL, Connection, Dialect
    from sqlalchemy.sql import Executable
    from sqlalchemy.sql.selectable import TableClause

    from idiolect.hooks.steps import StepGuard
    from idiolect.operations.base import Operations
    from idiolect.runtime.again import Attempts
    from idiolect.runtime.environment import EnvironmentContext
    from idiolect.runtime.heads import HeadMaintainer
    from idiolect.runtime.journal.entries import Entry
    from idiolect.runtime.journal.journal import Journal
    from idiolect.runtime.limits import Retries
    from idiolect.runtime.steps import MigrationInfo, MigrationStep, RevisionStep, StampStep
    from idiolect.settings.config import Config

# Defined in other modules, but documented as importable from here.
__all__ = [
    "HeadMaintainer",
    "MigrationContext",
    "MigrationInfo",
    "MigrationStep",
    "RevisionStep",
    "StampStep",
    "_ProxyTransaction",
]

log = Log("runtime.migration")

#: Where those of the names above are that a run with nothing to do does not need.
_HOMES = {
    "HeadMaintainer": "idiolect.runtime.heads",
    **dict.fromkeys(
        ("MigrationInfo", "MigrationStep", "RevisionStep", "StampStep"), "idiolect.runtime.steps"
    ),
}


def __getattr__(name: str) -> Any:
    return attribute(__name__, _HOMES, name)


class MigrationContext:
    """The state of a database that is migrated, or of a script that is generated for one.

    Args:
        dialect: SQLAlchemy's dialect of the database.
        connection: the connection to migrate on; None for a script.
        opts: the options of ``configure()`` by name.
        environment_context: the environment that created this context, if any.

    Attributes:
        as_sql: whether a script is generated instead of migrating a database.
        connection: receives all statements; for a script, an object that writes them.
        impl: generates the dialect's SQL for operations.
        rules: the dialect's rules.
        hooks: the hooks of the dialect.
        transactions: begins and ends the run's transactions.
        lock: prevents concurrent runs on the same version table.
    """

    #: Whether the context is logged.
    _is_logged = True

    def __init__(
        self,
        dialect: Dialect,
        connection: Connection | None,
        opts: dict[str, Any],
        environment_context: EnvironmentContext | None = None,
    ) -> None:
        self.environment_context = environment_context
        self.dialect = dialect
        load_published()
        offer_dialects()
        self.hooks = hooks_for(dialect.name)
        self.opts = opts = resolve_options(opts, self.config)
        self.script: Any = opts.get("script")
        self.as_sql: bool = opts.get("as_sql", False)
        self.purge: bool = opts.get("purge", False)
        self.output_buffer = script_stream(opts.get("output_buffer"), opts.get("output_encoding"))
        self._user_compare_type = opts.get("compare_type", True)
        self._user_compare_server_default = opts.get("compare_server_default", False)
        self._migrations_fn: Callable[..., Any] | None = opts.get("fn")
        self._start_from_rev: Any = opts.get("starting_rev")
        self.on_version_apply_callbacks: tuple[Callable[..., Any], ...] = to_tuple(
            opts.get("on_version_apply"), ()
        )
        if self.as_sql:
            connection = None
        # Checked before plugins are called: a statement of theirs would begin a transaction.
        was_open = in_transaction(connection)
        self._in_external_transaction = was_open  # asked for by published code
        self._set_up_impl(connection)
        # For a script, the impl has created a mock connection that writes statements.
        self.connection: Any = self.impl.connection
        self._set_up_version_table()
        if connection is not None and not was_open and in_transaction(connection):
            connection.rollback()
        self.transactions = Transactions(
            self,
            per_migration=bool(opts.get("transaction_per_migration", False)),
            external=was_open,
        )
        self.lock = RunLock(self)
        self._watch: TransactionWatch | None = None
        #: The steps whose ids have to fit into the version table.
        self._steps_due: Collection[MigrationStep] = ()

    # Imported inside functions because most runs have nothing to do.

    @memoized_property
    def _attempts(self) -> Attempts:
        from idiolect.runtime.again import Attempts

        return Attempts(self)

    @memoized_property
    def _retries(self) -> Retries:
        from idiolect.runtime.limits import Retries

        return Retries(self)

    @memoized_property
    def journal(self) -> Journal:
        """The journal of revisions whose changes a rollback cannot undo."""
        from idiolect.runtime.journal.journal import Journal

        return Journal(self)

    def _set_up_impl(self, connection: Connection | None) -> None:
        impl_class = impl_class_for(self.dialect, self.hooks)
        self.rules = resolve_rules(self.hooks, self.dialect, impl_class, connection, self.opts)
        self.impl = impl_class(
            self.dialect,
            connection,
            self.as_sql,
            self.rules.transactional_ddl,
            self.output_buffer,
            self.opts,
        )
        self.impl.rules = self.rules
        self.impl.on_execute = self._before_statement
        self.impl.on_ask = self._ask_for_guard
        if self.opts.get("auto_autocommit"):
            from idiolect.runtime.leaving import leave_where_required

            leave_where_required(self)
        if self._is_logged and not self.opts.get("is_draft"):
            self._log_context()

    def _ask_for_guard(self, guard: StepGuard) -> None:
        self._attempts.ask(guard)

    def _log_context(self) -> None:
        log.info("Context impl %s.", type(self.impl).__name__)
        if self.as_sql:
            log.info("Generating static SQL")
        log.info(
            "Will assume %s DDL.",
            "transactional" if self.rules.transactional_ddl else "non-transactional",
        )

    def _set_up_version_table(self) -> None:
        spec = version_table.requested_table(self.opts)
        self.version_table = spec.name
        self.version_table_schema = spec.schema
        self._version_spec = spec
        # Result of the check when the heads were last read.
        self._is_table_there = False
        # A run with nothing to do reads the documented table, for which it needs no Table.
        self._is_version_plain = version_table.is_plain(self.hooks, type(self.impl))
        self.has_version_details = not self._is_version_plain and len(self._version.columns) > 1

    @memoized_property
    def _version(self) -> Table:
        return self.hooks.version_table(self.dialect, self.impl, self._version_spec)

    @memoized_property
    def _version_to_read(self) -> TableClause:
        # SQLAlchemy translates the schemas of Tables alone.
        if self._is_version_plain and not version_table.has_translated_schemas(self.connection):
            return version_table.plain_table(self._version_spec)
        return self._version

    @classmethod
    def configure(  # noqa: PLR0917 - the documented order
        cls,
        connection: Connection | None = None,
        url: str | URL | None = None,
        dialect_name: str | None = None,
        dialect: Dialect | None = None,
        environment_context: EnvironmentContext | None = None,
        dialect_opts: dict[str, str] | None = None,
        opts: Any | None = None,
    ) -> MigrationContext:
        """Return a context for a connection, or for a script in the dialect of a URL or name.

        Args:
            connection: the connection to migrate on; determines the dialect.
            url: a database URL, used only to determine the dialect.
            dialect_name: SQLAlchemy's name of a dialect, such as the scheme of its URLs.
            dialect: a SQLAlchemy dialect object.
            environment_context: the environment that creates the context.
            dialect_opts: keyword arguments for the dialect named by ``url`` or ``dialect_name``.
            opts: all other options of :meth:`EnvironmentContext.configure`.

        Raises:
            CommandError: an Engine was passed, or the dialect cannot be determined.
            UnknownDialectError: no installed plugin supports the dialect.
        """
        dialect = requested_dialect(connection, url, dialect_name, dialect, dialect_opts)
        return cls(dialect, connection, dict(opts or {}), environment_context)

    @property
    def bind(self) -> Connection | None:
        """The connection that statements are executed on.

        For a script, a mock connection that writes statements and cannot return rows.
        """
        self._before_statement()
        connection: Connection | None = self.connection
        return connection

    @property
    def config(self) -> Config | None:
        """The Config of the environment; None for a context created by a program."""
        return self.environment_context.config if self.environment_context else None

    def begin_transaction(
        self, _per_migration: bool = False
    ) -> _ProxyTransaction | AbstractContextManager[Any]:
        """Return the context manager for the run's transaction.

        Its effect depends on the database, ``transaction_per_migration`` and ``--sql``: see
        :data:`idiolect.runtime.transactions.SCOPES`. A transaction that was open on the connection
        before ``configure()`` is neither committed nor rolled back.
        """
        return self.transactions.begin(per_step=_per_migration)

    @contextlib.contextmanager
    def autocommit_block(self) -> Iterator[None]:
        """Execute the statements of the block outside of any transaction.

        The work done so far is committed first; the block cannot be rolled back. In a script, the
        transaction is committed before and begun again after.

        Raises:
            AutocommitUnsupportedError: the dialect lacks support, or env.py owns the transaction.
        """
        with self.transactions.autocommit():
            yield

    def execute(
        self, sql: Executable | str, execution_options: dict[str, Any] | None = None
    ) -> None:
        """Execute a statement, or write it to the script."""
        self.impl._exec(sql, execution_options)

    def get_current_revision(self) -> str | None:
        """Return the id in the version table, or None if the table is empty or missing.

        Raises:
            VersionTableError: there are several; use :meth:`get_current_heads`.
        """
        heads = self.get_current_heads()
        if len(heads) > 1:
            raise VersionTableError(
                f"Version table '{self.version_table}' has more than one head present; please "
                f"use get_current_heads(). It holds: {', '.join(heads)}.",
                heads=heads,
            )
        return heads[0] if heads else None

    def get_current_heads(self) -> tuple[str, ...]:
        """Return the ids in the version table; for a script, the starting revision.

        Returns:
            Full ids, one per branch; empty at the base or if there is no version table.

        Raises:
            CommandError: a starting revision was given in online mode.
        """
        if self.as_sql:
            return version_table.starting_heads(self._start_from_rev, self.script)
        if self._start_from_rev:
            message = "Can't specify current_revision to context when using a database connection"
            raise CommandError(message)
        if self.connection is None:
            message = (
                "No database can be reached: configure() was given no connection. Pass "
                "connection=..., or use --sql to write a script."
            )
            raise CommandError(message)
        self._is_table_there = self._has_version_table()
        if not self._is_table_there:
            return ()
        return version_table.read_heads(self.connection, self._version_to_read)

    def stamp(self, script_directory: Any, revision: str) -> None:
        """Set the version table to ``revision`` without running any revision.

        Branches that lead to or from it are moved there; otherwise it becomes an additional head.
        Outside of :meth:`begin_transaction`, the caller commits, and keeps the lock until then.
        """
        bound = not self.transactions.declared
        with self.transactions.of_caller(), self.lock.around_run(bound=bound):
            self.transactions.due()
            heads = self.get_current_heads()
            if not self.as_sql and not heads:
                self._ensure_version_table()
            # Imported here and below because most runs have nothing to do.
            from idiolect.runtime.heads import HeadMaintainer

            maintainer = HeadMaintainer(self, heads)
            for step in script_directory._stamp_revs(revision, heads):
                maintainer.update_to_step(step)

    def run_migrations(self, **kw: Any) -> None:
        """Run the steps planned by the command, and update the version table after each.

        Args:
            **kw: passed to each revision's ``upgrade()`` or ``downgrade()``.
        """
        self.impl.start_migrations()
        with bound_operations.bind_late(self._operations), self.lock.around_plan(self._is_bound):
            heads, steps = self._plan()
            if steps:
                # Reports errors in operations of plugins before anything runs.
                bound_operations.find()
            if self.as_sql:
                # Imported here and below because most runs have nothing to do.
                from idiolect.runtime.stepping import Run

                Run(self, kw).write(heads, steps)
            elif steps or self.purge:
                from idiolect.runtime.privileges import needed_by
                from idiolect.runtime.stepping import Run

                self.check_privileges(needed_by(steps, heads))
                with self.lock.around_run(bound=self._is_bound()):
                    Run(self, kw).execute(heads, steps)

    def check_privileges(self, needed: Collection[str] = ()) -> None:
        """Raise if the run lacks privileges on the version table. The heads have been read before.

        Args:
            needed: the changes the run makes to its rows: INSERT, UPDATE, DELETE.

        Raises:
            PrivilegeError: nothing has been changed.
        """
        if self.as_sql:
            return
        from idiolect.runtime.privileges import check_privileges

        if self.purge:
            self._is_table_there = self._has_version_table()
        wanted = {*needed, *(["DELETE"] if self.purge else [])}
        check_privileges(self, wanted, is_there=self._is_table_there)

    def unfinished(self) -> list[Entry]:
        """Return the journal entries of a revision that an earlier run left unfinished."""
        if self.as_sql:
            return []
        if not version_table.journal_exists(self.connection, self._version_to_read):
            return []
        return self.journal.unfinished()

    def _operations(self) -> Operations:
        # Imported here because commands that run no revision do not need it.
        from idiolect.operations.base import Operations

        return Operations(self)

    def check_committed(self) -> None:
        """Raise if steps ran and env.py then let their transaction be rolled back.

        Called after env.py has run.

        Raises:
            TransactionLostError: none of the run's changes are in the database.
        """
        watch = self._watch
        self.stop_watching()
        if self.transactions.running:
            message = (
                "The revisions ran, and their transaction was never committed: nothing was "
                "migrated. Write 'with context.begin_transaction():' in env.py, and "
                "run_migrations() inside of it."
            )
            raise TransactionLostError(message)
        if watch is not None:
            watch.check()

    def expect_rollback(self) -> None:
        """Treat the next rollback of the connection as intended."""
        if self._watch is not None:
            self._watch.expect_rollback()

    def stop_watching(self) -> None:
        """Remove the listeners and the lock from the connection, which may outlive the run."""
        self.lock.end()
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _plan(self) -> tuple[tuple[str, ...], list[MigrationStep]]:
        """Read the heads and get the steps from the command, leaving no transaction open."""
        with self._reading():
            heads = self.lock.with_retries(self._read_heads)
        # In a separate transaction, because the callable may write, as ensure_version does.
        with self._reading():
            try:
                steps = list(self._migrations_fn(heads, self)) if self._migrations_fn else []
            except CommandError as exc:
                from idiolect.runtime.notes import name_version_table

                name_version_table(self, exc, heads)
                raise
        if steps:
            from idiolect.runtime.stepping import load_files

            load_files(self, steps)
        return heads, steps

    def _read_heads(self) -> tuple[str, ...]:
        return () if self.purge else self.get_current_heads()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """End the transaction that a query in the block began implicitly."""
        connection = None if self.as_sql else self.connection
        if connection is None or connection.in_transaction():
            yield
            return
        yield
        if connection.in_transaction() and not self.transactions.running:
            connection.rollback()

    def _is_bound(self) -> bool:
        """Return whether a transaction is open that env.py has to end."""
        transactions = self.transactions
        return transactions.external or (
            not transactions.declared
            and transactions.around_step == "none"
            and self.connection.in_transaction()
        )

    def _has_version_table(self) -> bool:
        return version_table.exists(self.connection, self._version_to_read)

    def _ensure_version_table(self, purge: bool = False) -> None:
        """Create the version table if it does not exist, and make sure that ids fit into it.

        Args:
            purge: delete all of its rows as well.
        """
        version_table.ensure(self, purge=purge, steps=self._steps_due)

    def _before_statement(self) -> None:
        self.transactions.due()
