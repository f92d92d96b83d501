"""One run at a time: waiting for the lock of a version table, and giving it back.

Used by the migration context before it writes and after it has ended. How a database is locked is
its plugin's business (hook ``migration_lock``); here is for how long to wait, what is said
meanwhile, and that the lock is given back on every way out.
"""

from __future__ import annotations

import contextlib
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from idiolect.errors import LockTimeoutError, LockUnavailableError
from idiolect.util import progress
from idiolect.util.logs import Log
from idiolect.util.sqla_compat import pause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    from idiolect.hooks.locks import LockRequest, MigrationLock
    from idiolect.runtime.migration import MigrationContext

T = TypeVar("T")

log = Log("runtime.lock")

#: Seconds between two looks at a lock that is held: at first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
#: Seconds between two messages that tell of the wait.
_BETWEEN_MESSAGES = 10.0
#: Seconds that a commit is tried for, unless ``migration_lock_timeout`` says otherwise. Not for
#: ever: a reader may be this process itself, and meanwhile new readers may be kept waiting.
_COMMIT_PATIENCE = 30.0
#: What PostgreSQL keeps of an application's name; others keep more.
_OWNER_LENGTH = 63


class RunLock:
    """The lock of one migration context.

    Args:
        context: the context that is to be alone on its version table.

    Attributes:
        enabled: whether a lock is wanted: a database is changed, and nobody said no.
        is_fresh: whether the lock was taken since :meth:`looked` was last called, so that another
            run may have been there.
    """

    def __init__(self, context: MigrationContext) -> None:
        self._context = context
        self._lock: MigrationLock | None = None
        self._held = False
        self._in_run = False
        opts = context.opts
        self.enabled = (
            not context.as_sql
            and context.connection is not None
            and opts.get("lock") is not False
            and opts.get("migration_lock") is not False
        )
        # What kept the last look at the database from reading, in the plugin's words.
        self._kept_out = ""
        self._timeout: float | None = opts.get("migration_lock_timeout")
        self.is_fresh = False

    @property
    def ends_with_transaction(self) -> bool:
        """Whether the lock is taken again with each transaction."""
        return self._lock is not None and self._lock.ends_with_transaction

    @property
    def is_held(self) -> bool:
        """Whether it is held now."""
        return self._held

    @contextlib.contextmanager
    def around_run(self, *, bound: bool) -> Iterator[None]:
        """Hold the lock while a run writes, and until its transaction has ended.

        Args:
            bound: whether a transaction is open that is not the run's own.
        """
        if not self.enabled or self._in_run:
            yield
            return
        self._in_run = True
        try:
            self._prepare(bound=bound)
            if bound or not self.ends_with_transaction:
                self.take()
            yield
        finally:
            self._in_run = False
            # A block of begin_transaction() gives it back when it has committed.
            if not bound and not self._context.transactions.declared:
                self.release()

    def at_begin(self) -> None:
        """Take a lock that lives as long as a transaction: one is about to begin."""
        if not self.enabled:
            return
        self._prepare(bound=False)
        if self.ends_with_transaction:
            self.take()

    def at_end(self) -> None:
        """Note that a transaction of the run has ended."""
        if self.ends_with_transaction:
            self._held = False

    def at_leave(self) -> None:
        """Give the lock back if the block that was left is the outermost one."""
        if not self._in_run:
            self.release()

    def looked(self) -> bool:
        """Return whether the lock was taken since this was last asked."""
        fresh, self.is_fresh = self.is_fresh, False
        return fresh

    def keep(self) -> None:
        """Hold on over a commit in the middle of a revision."""
        if self._held and self._lock is not None and self._lock.ends_with_transaction:
            self._lock.keep()

    def commit(self, connection: Connection) -> None:
        """Commit, tried again while others keep a lock that is a transaction from it.

        Raises:
            LockTimeoutError: they did for longer than ``migration_lock_timeout``.
        """
        lock = self._lock
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
                    f"Waited {seconds:.0f} s to commit and was kept from it: {by_whom}. What was "
                    "not committed yet is rolled back. Run the command again when that has ended, "
                    "or raise migration_lock_timeout.",
                    timeout=limit,
                )

    def patiently(self, read: Callable[[], T]) -> T:
        """Return what ``read`` does, tried again while another connection keeps it from reading.

        Raises:
            LockTimeoutError: it was kept for longer than ``migration_lock_timeout``.
        """
        # A command that only asks is better told at once than left waiting.
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
        """Wait until the lock is held.

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

            self._lock = LeaseLock(self._context.connection, self._request(bound=False))
            self.wait_for(self._acquire)
        self._held = True
        from idiolect.hooks.locks import MigrationLock

        # One that locks nothing was never waited for.
        self.is_fresh = type(self._lock) is not MigrationLock

    def wait_for(self, attempt: Callable[[], bool]) -> None:
        """Call ``attempt`` until it answers True.

        Raises:
            LockTimeoutError: it did not within ``migration_lock_timeout``.
        """
        for seconds in self._tries(
            attempt, lambda: f"Waiting for another migration{self._by_whom()}."
        ):
            if self._timeout is not None and seconds >= self._timeout:
                raise self._gave_up(seconds)

    def _tries(self, attempt: Callable[[], bool], words: Callable[[], str]) -> Iterator[float]:
        """Call ``attempt`` until it answers True; yield the seconds since the first after each.

        Args:
            attempt: tries without waiting.
            words: what is told meanwhile.
        """
        if attempt():
            return
        # Most runs are alone.
        import random

        begin = time.monotonic()
        told = begin
        pause_of = _FIRST_PAUSE
        while not attempt():
            now = time.monotonic()
            yield now - begin
            if now - told >= _BETWEEN_MESSAGES or told == begin:
                tell = log.info if told == begin else log.warning
                message = words()
                tell("%s", message)
                if progress.observer is not None:
                    progress.observer.waiting(message)
                told = now
            # Not all at once, where many wait for one.
            pause(self._context.connection, pause_of * random.uniform(0.5, 1.0))  # noqa: S311
            pause_of = min(pause_of * 1.5, _LONGEST_PAUSE)

    def release(self) -> None:
        """Give the lock back, if it is held and the connection still lives."""
        lock, held = self._lock, self._held
        self._lock, self._held = None, False
        if lock is None or not (held or lock.ends_with_transaction):
            return
        try:
            lock.release()
        except Exception as exc:  # noqa: BLE001 - the session has ended, and the lock with it
            log.info("The migration lock ended with its session: %s", type(exc).__name__)

    def _prepare(self, *, bound: bool) -> None:
        if self._lock is None:
            context = self._context
            self._lock = context.hooks.migration_lock(
                context.dialect, context.connection, self._request(bound=bound)
            )

    def _request(self, *, bound: bool) -> LockRequest:
        # Not loaded for runs that find nothing to do.
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
            f"Waited {seconds:.0f} s for another migration of {self._context.version_table!r} to "
            f"end{self._by_whom()}; nothing was changed. Run the command again later, or raise "
            "migration_lock_timeout.",
            timeout=self._timeout,
        )


@contextlib.contextmanager
def _listening(target: Connection, name: str, listener: Callable[..., None]) -> Iterator[None]:
    """Listen to an event while the block lasts."""
    event.listen(target, name, listener)
    try:
        yield
    finally:
        event.remove(target, name, listener)


def _owner() -> str:
    """Return who runs here: process, host, time."""
    # Most commands take no lock.
    import socket

    now = datetime.now(UTC)
    tail = f" since {now:%Y-%m-%d %H:%M:%SZ}"
    host = socket.gethostname()
    head = f"idiolect pid {os.getpid()} on "
    return head + host[: _OWNER_LENGTH - len(head) - len(tail)] + tail
