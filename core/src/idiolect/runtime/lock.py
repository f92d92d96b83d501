"""Serialises runs: waits for the lock of a version table and releases it.

Used by the migration context before it writes and at its end. The lock itself comes from the
dialect's plugin (hook ``migration_lock``); this module decides how long to wait, logs the waiting,
and releases the lock on every exit path.
"""

from __future__ import annotations

import contextlib
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from idiolect.errors import LockTimeoutError, LockUnavailableError, VersionTableError
from idiolect.runtime.version_table import exists, qualified_name, read_heads
from idiolect.util import progress
from idiolect.util.logs import Log
from idiolect.util.sqla_compat import has_no_transactions, pause

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from sqlalchemy.engine import Connection

    from idiolect.hooks.locks import LockRequest, MigrationLock
    from idiolect.runtime.migration import MigrationContext

T = TypeVar("T")

log = Log("runtime.lock")

#: Seconds between two attempts to acquire a lock: initially, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
#: Seconds between two log messages while waiting.
_BETWEEN_MESSAGES = 10.0
#: Seconds for which a commit is retried, unless ``migration_lock_timeout`` is set. Limited because
#: the reader that blocks it may be in this process, and new readers may be blocked meanwhile.
_COMMIT_PATIENCE = 30.0
#: PostgreSQL truncates application names to this length; others allow more.
_OWNER_LENGTH = 63


class RunLock:
    """The lock of one migration context.

    Args:
        context: the context that needs exclusive access to its version table.

    Attributes:
        enabled: whether to lock: the database is going to be changed and locking is not disabled.
        is_fresh: whether the lock was acquired since the last call of :meth:`consume_fresh`, so
            that another run may have changed the version table before.
    """

    def __init__(self, context: MigrationContext) -> None:
        self._context = context
        self._lock: MigrationLock | None = None
        self._held = False
        self._is_bound = False
        self._in_run = False
        self._has_written = False
        opts = context.opts
        self.enabled = (
            not context.as_sql
            and context.connection is not None
            and opts.get("lock") is not False
            and opts.get("migration_lock") is not False
        )
        # Why the last attempt to read the database was blocked, in the plugin's words.
        self._kept_out = ""
        self._timeout: float | None = opts.get("migration_lock_timeout")
        self.is_fresh = False

    @property
    def ends_with_transaction(self) -> bool:
        """Whether the lock is acquired again with each transaction."""
        return self._lock is not None and self._lock.ends_with_transaction

    @property
    def is_held(self) -> bool:
        """Whether the lock is held now."""
        return self._held

    @contextlib.contextmanager
    def around_run(self, *, bound: bool) -> Iterator[None]:
        """Hold the lock while a run writes, until its transaction has ended.

        Args:
            bound: whether a transaction is open that the run does not own.
        """
        if not self.enabled or self._in_run:
            self._has_written = True
            yield
            return
        self._in_run = True
        try:
            bound = self._prepare(bound=bound)
            if bound or not self.ends_with_transaction:
                self.take()
            yield
        finally:
            self._in_run = False
            # Otherwise the block of begin_transaction() releases it after its commit.
            if bound or not self._context.transactions.declared:
                self.end()

    @contextlib.contextmanager
    def around_plan(self, is_bound: Callable[[], bool]) -> Iterator[None]:
        """Hold the lock from the run's first read on, if it has to come first.

        Args:
            is_bound: whether a transaction is open that the run does not own.
        """
        context = self._context
        # Commands that only read, such as `check`, pass no such option.
        is_writing = context.environment_context is None or context.opts.get("lock")
        if (
            not (self.enabled and is_writing and is_bound())
            or context.opts.get("dont_mutate")
            or not (self._prepare(bound=True) and self._lock and self._lock.comes_first)
        ):
            yield
            return
        self._has_written = False
        with self.around_run(bound=True):
            yield
            if not self._has_written:
                self.release()

    def check_view(self, heads: Collection[str]) -> None:
        """Raise if the caller's transaction does not see what another run has committed.

        Args:
            heads: the ids that it sees.

        Raises:
            VersionTableError: the caller had read the database before the lock was acquired.
        """
        lock = self._lock
        if lock is None or not self._is_bound or self._context.purge:
            return
        now = self._committed_heads(lock)
        if now is not None and set(now) != set(heads):
            other_way = (
                "without a query before context.configure()"
                if lock.comes_first
                else "at the isolation level READ COMMITTED"
            )
            raise VersionTableError(
                f"Another run has migrated to {', '.join(now) or 'the base'} since env.py's "
                f"transaction first read the database, and it still sees "
                f"{', '.join(heads) or 'the base'}. Nothing was changed. Run the command again, "
                f"with engine.connect() instead of engine.begin(), or {other_way}."
            )

    def _committed_heads(self, lock: MigrationLock) -> tuple[str, ...] | None:
        """Return what other runs have committed; None if nothing else could be seen here."""
        connection, version = self._context.connection, self._context._version
        if lock.comes_first:
            is_there = exists(connection, version)
            return read_heads(connection, version, latest=True) if is_there else None
        # The server may refuse a further connection.
        with contextlib.suppress(DBAPIError), lock.committed() as other:
            if other is not None and exists(other, version):
                # An empty table may be one that the caller has filled just now.
                return read_heads(other, version) or None
        return None

    def at_begin(self) -> None:
        """Acquire the lock before a transaction begins, if it is bound to transactions."""
        if not self.enabled:
            return
        self._prepare(bound=False)
        if self.ends_with_transaction:
            self.take()

    def at_end(self) -> None:
        """Called when a transaction of the run has ended."""
        if self.ends_with_transaction:
            self._held = False

    def at_leave(self) -> None:
        """Release the lock at the end of the outermost block."""
        if not self._in_run:
            self.release()

    def consume_fresh(self) -> bool:
        """Return whether the lock was acquired since the last call."""
        fresh, self.is_fresh = self.is_fresh, False
        return fresh

    def keep(self) -> None:
        """Keep the lock across a commit within a revision."""
        if self._held and self._lock is not None and self._lock.ends_with_transaction:
            self._lock.keep()

    def commit(self, connection: Connection) -> None:
        """Commit; if the lock is a transaction, retry while other connections block the commit.

        Raises:
            LockTimeoutError: they did for longer than ``migration_lock_timeout``.
        """
        # A reader blocks the commit of a run without a lock as well.
        lock = self._lock if self.enabled else self._made(bound=False)
        if lock is None or not lock.ends_with_transaction:
            connection.commit()
            return
        # As the last listener: others, such as the journal's, still write in the transaction.
        with _listening(connection, "commit", lambda _: self._commit(lock)):
            connection.commit()

    def _commit(self, lock: MigrationLock) -> None:
        by_whom = ""

        def attempt() -> bool:
            nonlocal by_whom
            by_whom = lock.commit()
            return not by_whom

        limit = _COMMIT_PATIENCE if self._timeout is None else self._timeout
        for seconds in self._tries(attempt, lambda: f"Waiting to commit: {by_whom}."):
            if seconds >= limit:
                raise LockTimeoutError(
                    f"Waited {seconds:.0f} s to commit, but was blocked: {by_whom}. What was not "
                    "committed yet is rolled back. Run the command again when that has ended, or "
                    "raise migration_lock_timeout.",
                    timeout=limit,
                )

    def with_retries(self, read: Callable[[], T]) -> T:
        """Return the result of ``read``, retrying while another connection blocks it.

        Raises:
            LockTimeoutError: it was blocked for longer than ``migration_lock_timeout``.
        """
        # A read-only command fails at once rather than wait.
        if not self.enabled or self._context.opts.get("dont_mutate"):
            return read()
        context = self._context
        answers: list[T] = []

        def attempt() -> bool:
            began = context.connection.in_transaction()
            try:
                answers.append(read())
            except DBAPIError as exc:
                words = context.hooks.transient_error(context.dialect, exc)
                if words is None:
                    raise
                self._kept_out = words
                if not began and context.connection.in_transaction():
                    context.connection.rollback()
                return False
            return True

        self.wait_for(attempt)
        return answers[0]

    def take(self) -> None:
        """Acquire the lock, waiting if necessary.

        Raises:
            LockTimeoutError: another run held it for longer than ``migration_lock_timeout``.
        """
        if self._held:
            return
        try:
            self.wait_for(self._acquire)
        except LockUnavailableError as exc:
            log.warning("%s A lease row is used instead. [%s]", exc, exc.code)
            from idiolect.runtime.lease import LeaseLock

            self._lock = LeaseLock(self._context.connection, self._request(bound=self._is_bound))
            self.wait_for(self._acquire)
        self._held = True
        from idiolect.hooks.locks import MigrationLock

        # The base class locks nothing, so there was no wait.
        self.is_fresh = type(self._lock) is not MigrationLock

    def wait_for(self, attempt: Callable[[], bool]) -> None:
        """Call ``attempt`` until it returns True.

        Raises:
            LockTimeoutError: it did not within ``migration_lock_timeout``.
        """
        for seconds in self._tries(
            attempt, lambda: f"Waiting for another migration{self._by_whom()}."
        ):
            if self._timeout is not None and seconds >= self._timeout:
                raise self._gave_up(seconds)

    def _tries(self, attempt: Callable[[], bool], words: Callable[[], str]) -> Iterator[float]:
        """Call ``attempt`` until it returns True; yield the elapsed seconds after each failure.

        Args:
            attempt: tries without waiting.
            words: returns the message to log while waiting.
        """
        if attempt():
            return
        # Imported here because most runs do not wait.
        import random

        begin = time.monotonic()
        logged = begin
        pause_of = _FIRST_PAUSE
        while not attempt():
            now = time.monotonic()
            yield now - begin
            if now - logged >= _BETWEEN_MESSAGES or logged == begin:
                emit = log.info if logged == begin else log.warning
                message = words()
                emit("%s", message)
                if progress.observer is not None:
                    progress.observer.waiting(message)
                logged = now
            # Jitter, so that several waiters do not retry at the same time.
            pause(self._context.connection, pause_of * random.uniform(0.5, 1.0))  # noqa: S311
            pause_of = min(pause_of * 1.5, _LONGEST_PAUSE)

    def end(self) -> None:
        """Release the lock, at once or at the end of the caller's transaction."""
        lock, connection = self._lock, self._context.connection
        if (
            lock is None
            or not (self._held and self._is_bound and lock.outlives_transaction)
            or connection.closed
            or not connection.in_transaction()
        ):
            self.release()
            return
        self._lock, self._held = None, False
        # Imported here because few runs are in a transaction of the caller.
        from idiolect.runtime.endings import at_end_of_transaction

        at_end_of_transaction(connection, lambda: _released(lock))

    def release(self) -> None:
        """Release the lock, if it is held and the connection is still usable."""
        lock, held = self._lock, self._held
        self._lock, self._held = None, False
        if lock is not None and (held or lock.ends_with_transaction):
            _released(lock)

    def _prepare(self, *, bound: bool) -> bool:
        """Create the lock; return whether it is held until a transaction begun by others ends."""
        if self._lock is None:
            self._lock = self._made(bound=bound)
            connection = self._context.connection
            if bound and not self.ends_with_transaction and has_no_transactions(connection):
                # A transaction-level lock would end with the statement that takes it.
                bound = False
                self._lock = self._made(bound=False)
            self._is_bound = bound
        return self._is_bound

    def _made(self, *, bound: bool) -> MigrationLock:
        context = self._context
        return context.hooks.migration_lock(
            context.dialect, context.connection, self._request(bound=bound)
        )

    def _request(self, *, bound: bool) -> LockRequest:
        # Imported here because runs with nothing to do take no lock.
        from idiolect.hooks.locks import LockRequest

        context = self._context
        return LockRequest(context._version, _owner(), bound, context.rules)

    def _acquire(self) -> bool:
        return self._lock is not None and self._lock.acquire()

    def _by_whom(self) -> str:
        try:
            holder = self._lock.holder() if self._lock else ""
        except Exception:  # noqa: BLE001 - often a privilege that is missing
            holder = ""
        holder = holder or self._kept_out
        return f" ({holder})" if holder else ""

    def _gave_up(self, seconds: float) -> LockTimeoutError:
        return LockTimeoutError(
            f"Waited {seconds:.0f} s for another migration of {qualified_name(self._context)!r} to "
            f"end{self._by_whom()}; nothing was changed. Run the command again later, or raise "
            "migration_lock_timeout.",
            timeout=self._timeout,
        )


def _released(lock: MigrationLock) -> None:
    try:
        lock.release()
    except Exception as exc:  # noqa: BLE001 - the session has ended, and the lock with it
        log.info("The migration lock ended with its session: %s", type(exc).__name__)


@contextlib.contextmanager
def _listening(target: Connection, name: str, listener: Callable[..., None]) -> Iterator[None]:
    """Register an event listener for the duration of the block."""
    event.listen(target, name, listener)
    try:
        yield
    finally:
        event.remove(target, name, listener)


def _owner() -> str:
    """Return a description of this run: process, host, time."""
    # Imported here because most commands take no lock.
    import socket

    now = datetime.now(UTC)
    tail = f" since {now:%Y-%m-%d %H:%M:%SZ}"
    host = socket.gethostname()
    head = f"idiolect pid {os.getpid()} on "
    return head + host[: _OWNER_LENGTH - len(head) - len(tail)] + tail
