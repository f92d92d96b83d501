"""When the transactions of a run begin and end, and who owns them.

The migration context opens a scope around a run or a step, and announces each statement before it
is executed. In a run, ``begin_transaction()`` only declares a transaction: it begins with the first
statement, or when ``run_migrations()`` has found something to do, so that no snapshot is open
before. A transaction that env.py began is never committed or rolled back here.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

from sqlalchemy import event

from idiolect.errors import (
    AutocommitUnsupportedError,
    CommitRefusedError,
    TransactionLostError,
)
from idiolect.util.logs import Log
from idiolect.util.sqla_compat import in_transaction_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from sqlalchemy.engine import Connection

    from idiolect.hooks.steps import StepGuard
    from idiolect.runtime.migration import MigrationContext

log = Log("runtime.transactions")


#: The effect of a transaction block around a run or a step: none, a transaction of the connection,
#: or BEGIN and COMMIT in the script.
Scope: TypeAlias = Literal["none", "database", "text"]

#: (transactional DDL, transaction per migration, script) -> (around the run, around each step).
#: Without transactional DDL a step still gets its own transaction, because its data changes and
#: its version row belong together; a script then has none, as the server would not honour it.
SCOPES: dict[tuple[bool, bool, bool], tuple[Scope, Scope]] = {
    (True, False, False): ("database", "none"),
    (True, True, False): ("none", "database"),
    (True, False, True): ("text", "none"),
    (True, True, True): ("none", "text"),
    (False, False, False): ("none", "database"),
    (False, True, False): ("none", "database"),
    (False, False, True): ("none", "none"),
    (False, True, True): ("none", "none"),
}


class ProxyTransaction:
    """Returned by ``begin_transaction()`` if the run owns the connection's transaction.

    Leaving the block commits, or rolls back after an exception; both can be done earlier.

    Args:
        migration_context: the context whose transaction it controls.
    """

    def __init__(self, migration_context: MigrationContext) -> None:
        self.migration_context = migration_context

    def commit(self) -> None:
        """Commit the work done so far; later statements begin a new transaction."""
        self.migration_context.transactions.commit()

    def rollback(self) -> None:
        """Roll back the work done so far on purpose; the run counts as successful."""
        self.migration_context.transactions.rollback()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.migration_context.transactions.leave(exc)


class Transactions:
    """The transactions of one context.

    Args:
        context: the migration context.
        per_migration: whether each step has its own (``transaction_per_migration``).

    Attributes:
        declared: whether a block of the run's own has been entered.
        running: whether its transaction has begun.
        external: whether a transaction was open before the context was created.
    """

    def __init__(self, context: MigrationContext, *, per_migration: bool, external: bool) -> None:
        self.context = context
        self.around_run, self.around_step = SCOPES[
            context.rules.transactional_ddl, per_migration, context.as_sql
        ]
        self.declared = False
        self.running = False
        self.external = external
        self._guards = ExitStack()
        self._check: Callable[[], None] = _nothing
        self._suspended = False

    @property
    def _connection(self) -> Any:
        return self.context.connection

    @property
    def is_suspended(self) -> bool:
        """Whether an ``autocommit_block()`` is open."""
        return self._suspended

    def begin(self, *, per_step: bool) -> AbstractContextManager[Any]:
        """Return the context manager around a run or a step."""
        scope = self.around_step if per_step else self.around_run
        if scope == "text":
            return self._text_block()
        if scope == "none" or self.external or self.declared or self._connection is None:
            return contextlib.nullcontext()
        self.declared = True
        if not self._is_for_a_run() and not self._connection.in_transaction():
            # No heads are read first. The dialect prepares it with the first statement.
            self._connection.begin()
        return ProxyTransaction(self.context)

    def _is_for_a_run(self) -> bool:
        """Return whether a command or a program has set what ``run_migrations()`` runs."""
        context = self.context
        return context.environment_context is not None or context.opts.get("fn") is not None

    def prepared(self) -> AbstractContextManager[None]:
        """Return the dialect's context manager around the writes of a run."""
        context = self.context
        return context.hooks.prepare_connection(
            context.dialect, self._connection, context.rules, context.opts
        )

    @contextlib.contextmanager
    def of_caller(self) -> Iterator[None]:
        """Begin a transaction that the caller has to end, unless one is open or declared."""
        connection = self._connection
        if self.context.as_sql or self.declared or connection.in_transaction():
            yield
            return
        connection.begin()
        try:
            yield
        except BaseException:
            if connection.in_transaction():
                connection.rollback()
            raise

    def due(self) -> None:
        """Begin the declared transaction, before a statement is executed."""
        if not self.declared or self.running or self._suspended:
            return
        self.running = True
        connection = self._connection
        self._guards.enter_context(self.prepared())
        self.context.lock.at_begin()
        # Statements that env.py executed after begin_transaction() have begun it already.
        if not connection.in_transaction():
            connection.begin()

    def begin_guarded(self, guard: StepGuard) -> None:
        """Begin the declared transaction, which must not be running, under a guard.

        The guard ends with the transaction.
        """
        self._check = self._guards.enter_context(guard.around(self._connection))
        self.due()

    def commit_guarded(self) -> None:
        """Call the guard's check if its transaction is still running, and commit.

        Raises:
            Exception: the guard's own; the transaction is still open then.
        """
        if self.running:
            self._check()
        self.commit()

    def commit(self) -> None:
        """Commit the transaction open on the connection, which is the run's own.

        This includes one that began after a revision committed, so that its version row is not
        lost.
        """
        self._end(self._commit)

    def rollback(self) -> None:
        """Roll back the transaction open on the connection."""
        self.context.expect_rollback()
        self._end(lambda connection: connection.rollback())

    def leave(self, exc: BaseException | None) -> None:
        """End the declared block."""
        self.declared = False
        try:
            self._leave(exc)
        finally:
            self.context.lock.at_leave()

    def _leave(self, exc: BaseException | None) -> None:
        if exc is None:
            if self.running and self._connection.closed:
                raise TransactionLostError(
                    "The revisions ran, and then env.py closed the connection before the block "
                    "of begin_transaction() ended, which rolls back: nothing was migrated. Close "
                    "the connection after the block."
                )
            self.commit()
        else:
            self._undo(exc)

    @contextlib.contextmanager
    def undone_on_failure(self) -> Iterator[None]:
        """Roll back when an exception leaves the block.

        Immediately, because an env.py that catches the exception inside begin_transaction() would
        otherwise commit half a revision.
        """
        try:
            yield
        except BaseException as exc:
            self._undo(exc)
            raise

    def _undo(self, exc: BaseException) -> None:
        try:
            self.rollback()
        except Exception:  # a lost connection; the original error is the one to report
            log.warning("The rollback after %s failed as well", type(exc).__name__, exc_info=True)

    def _end(self, how: Callable[[Connection], None]) -> None:
        self.running = False
        self._check = _nothing
        try:
            with self._guards.pop_all():
                connection = self._connection
                if not connection.closed and connection.in_transaction():
                    how(connection)
        finally:
            self.context.lock.at_end()

    def _commit(self, connection: Connection) -> None:
        try:
            self.context.lock.commit(connection)
        except BaseException:
            # SQLAlchemy keeps a transaction whose commit failed, and refuses statements until it
            # is rolled back, which then does not reach the driver: the lock could not be released.
            for rollback in (_rollback_driver, type(connection).rollback):
                with contextlib.suppress(Exception):  # the first error is the one to show
                    rollback(connection)
            raise

    @contextlib.contextmanager
    def _text_block(self) -> Iterator[None]:
        self.context.impl.emit_begin()
        yield
        self.context.impl.emit_commit()

    @contextlib.contextmanager
    def autocommit(self) -> Iterator[None]:
        """Commit, execute the block's statements outside of any transaction, and begin another.

        Raises:
            AutocommitUnsupportedError: env.py owns the transaction, or the dialect lacks support.
        """
        if self.context.as_sql:
            with self._between_texts():
                yield
            return
        level = self.context.rules.autocommit_level
        self._check_autocommit(level)
        if self.declared:
            self.context.lock.keep()
            self.commit()
        with self._at_level(level):
            yield
        self.due()

    @contextlib.contextmanager
    def _at_level(self, level: str) -> Iterator[None]:
        """Set the connection's isolation level for a block in which no transaction begins."""
        connection = self._connection
        outer, self._suspended = self._suspended, True
        # Drivers that do not report this level by name return a different one in a nested block.
        before = connection.get_execution_options().get("isolation_level")
        before = before or connection.get_isolation_level()
        # Some drivers have begun a transaction for that query, unknown to SQLAlchemy.
        connection.connection.rollback()
        connection.execution_options(isolation_level=level)
        # As programs expect that ask the connection; at this level the driver begins nothing.
        connection.begin()
        has_failed = True
        try:
            yield
            has_failed = False
        finally:
            self._suspended = outer
            # A lost connection comes back as a new session with the default level.
            if not connection.closed and not connection.invalidated:
                if connection.in_transaction():
                    # A commit marks the recorded statements as done, which they are.
                    undoes = has_failed and self.context.journal.may_be_rolled_back
                    (connection.rollback if undoes else connection.commit)()
                connection.execution_options(isolation_level=before)

    @contextlib.contextmanager
    def _between_texts(self) -> Iterator[None]:
        transactional = self.context.rules.transactional_ddl
        if transactional:
            self.context.impl.emit_commit()
        outer, self._suspended = self._suspended, True
        try:
            yield
        finally:
            self._suspended = outer
        if transactional:
            self.context.impl.emit_begin()

    def _check_autocommit(self, level: str) -> None:
        if not level:
            raise AutocommitUnsupportedError(
                f"The dialect {self.context.dialect.name!r} has no autocommit mode, so "
                "autocommit_block() cannot be used on it."
            )
        if self.external or (not self.declared and self._connection.in_transaction()):
            raise AutocommitUnsupportedError(
                "autocommit_block() has to leave the transaction, and that one was begun before "
                "context.configure(), by env.py or by whoever passed the connection in. Use "
                "engine.connect() there instead of engine.begin(), send no statement before "
                "context.configure(), and wrap run_migrations() in context.begin_transaction()."
            )


def _rollback_driver(connection: Connection) -> None:
    connection.connection.rollback()


def _nothing() -> None:
    """Check nothing: no guard is active."""


class TransactionWatch:
    """Detects whether env.py discards the work of a run.

    Created before the first step; checked after env.py has run. It relies on events: an open
    transaction may still be committed by its owner.

    Args:
        connection: the connection that the steps run on.
        theirs: whether env.py began the transaction and so has to end it.
        on_commit: called before a commit by a revision.
    """

    def __init__(
        self, connection: Connection, *, theirs: bool, on_commit: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._before_inner_commit = on_commit
        self._theirs = theirs
        self._pending = False
        self._lost = False
        self._in_step = False
        self._began_with = connection.get_transaction()
        event.listen(connection, "commit", self._on_commit)
        event.listen(connection, "rollback", self._on_rollback)

    @contextlib.contextmanager
    def step(self, label: str) -> Iterator[None]:
        """Watch one step.

        A commit inside the step ends env.py's transaction. Later statements on the connection then
        belong to the run, which commits them, because the version row would be lost otherwise. If
        SQLAlchemy would refuse to continue, the commit itself is refused while a rollback is still
        possible.
        """
        self._label = label
        self._in_step = self._pending = True
        try:
            yield
        finally:
            self._in_step = False
        current = self._connection.get_transaction()
        if not self._theirs:
            self._pending = current is not None
        elif current is not None and current is not self._began_with:
            self._connection.commit()

    def step_is_done(self) -> None:
        """Attribute later commits to the run, not to the step."""
        self._in_step = False

    def expect_rollback(self) -> None:
        """Treat the next rollback as intended."""
        self._pending = False

    def close(self) -> None:
        """Stop watching."""
        event.remove(self._connection, "commit", self._on_commit)
        event.remove(self._connection, "rollback", self._on_rollback)

    def check(self) -> None:
        """Raise if steps were run and then rolled back.

        Raises:
            TransactionLostError: none of the steps' changes are in the database.
        """
        if self._lost and not self._theirs:
            raise TransactionLostError(
                "The revisions ran inside context.begin_transaction(), and env.py then rolled "
                "the connection back: nothing was migrated. Remove that rollback; for a trial "
                "run, call rollback() on the object that begin_transaction() returns."
            )
        if self._lost:
            raise TransactionLostError(
                "The revisions ran, and then their transaction was rolled back: nothing was "
                "migrated. It had begun before context.configure(), so env.py, or whoever passed "
                "the connection in, has to commit it. Add 'connection.commit()' at the end of the "
                "'with' block of the connection in env.py, or before context.configure() to end "
                "what was begun there, or open it with 'engine.begin()'."
            )

    def _on_commit(self, connection: Connection) -> None:
        if self._theirs and self._in_step and in_transaction_block(connection):
            raise CommitRefusedError(
                f"{self._label} commits, but env.py runs it inside engine.begin() or "
                "connection.begin(), which allows no statement after a commit: its version row "
                "could not be written. All was rolled back. Remove the commit from the revision, "
                "or open the connection with engine.connect() in env.py and wrap "
                "run_migrations() in context.begin_transaction()."
            )
        if self._in_step:
            self._before_inner_commit()
        self._pending = self._in_step
        self._lost = False

    def _on_rollback(self, connection: Connection) -> None:
        # A revision may roll back its own work; the version rows show whether it may continue.
        if self._pending and (self._theirs or not self._in_step):
            self._lost = True
