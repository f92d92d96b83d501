"""Steps that are rolled back and run again under a guard, at the request of an impl.

The migration context runs each step through here; an impl requests the second attempt in the middle
of a step with ``impl.ask_for_guard()``. Only dialects know which guards exist and what they do.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from idiolect.errors import CommandError
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.hooks.steps import StepGuard
    from idiolect.runtime.migration import MigrationContext

log = Log("runtime.migration")

_MARK = "idiolect_step"


class RunStepAgain(BaseException):
    """Aborts a step to run it again; not an Exception, so that revisions do not catch it."""


class Attempts:
    """The attempts at the steps of one context.

    A step that may have to run again starts with a savepoint, because earlier work in the same
    transaction must be kept. If the step commits, the savepoint is lost, and the step cannot be run
    again.

    Args:
        context: the migration context.
    """

    def __init__(self, context: MigrationContext) -> None:
        self._context = context
        self._is_first = False
        self._wanted: StepGuard | None = None
        self._guarded = False

    def run(self, run_step: Callable[[], None], name: str, heads: tuple[str, ...]) -> None:
        """Run a step, and once more if the first attempt requests it.

        Args:
            run_step: runs it.
            name: its name in the log.
            heads: the ids that have rows in the version table.

        Raises:
            CommandError: another process migrated before the second attempt.
        """
        if not self._may_be_run_again():
            run_step()
            return
        guard = self._first_attempt(run_step)
        if guard is None:
            self._release()
        else:
            self._restart(guard, name, heads)
            run_step()

    def _first_attempt(self, run_step: Callable[[], None]) -> StepGuard | None:
        self._mark()
        self._is_first = True
        try:
            run_step()
        except (Exception, RunStepAgain):
            # An exception handler of the revision may have raised another error on the way.
            if self._wanted is None:
                raise
        finally:
            self._is_first = False
        guard, self._wanted = self._wanted, None
        return guard

    def ask(self, guard: StepGuard) -> None:
        """Abort the running step and roll it back; return if that is not possible."""
        if self._is_first and self._undo():
            self._wanted = guard
            raise RunStepAgain

    def finish(self) -> None:
        """Commit a step that ran under a guard, so that the next one runs without it."""
        if self._guarded:
            self._guarded = False
            self._context.transactions.commit_guarded()

    def _may_be_run_again(self) -> bool:
        context = self._context
        return (
            not context.as_sql
            and context.rules.transactional_ddl
            and context.transactions.running
            and context.impl.may_ask_for_guard()
        )

    def _restart(self, guard: StepGuard, name: str, heads: tuple[str, ...]) -> None:
        log.info(
            "%s: %s. The work before it is committed; it is rolled back and run again",
            name,
            guard.reason,
        )
        if not self._undo():
            message = (
                f"{guard.reason}, but the step has ended its transaction, so it cannot be "
                "run again."
            )
            raise CommandError(message)
        transactions = self._context.transactions
        self._context.lock.keep()
        transactions.commit()
        transactions.begin_guarded(guard)
        self._guarded = True
        now = self._context.get_current_heads()
        if set(now) != set(heads):
            raise CommandError(
                f"Another process has migrated to {', '.join(now) or 'the base'} before {name} "
                "could be run again. Run the command again."
            )

    def _mark(self) -> None:
        connection = self._context.connection
        connection.dialect.do_savepoint(connection, _MARK)

    def _undo(self) -> bool:
        connection = self._context.connection
        try:
            connection.dialect.do_rollback_to_savepoint(connection, _MARK)
        except DBAPIError:
            return False
        return True

    def _release(self) -> None:
        connection = self._context.connection
        # A step that committed has released the savepoint.
        with contextlib.suppress(DBAPIError):
            connection.dialect.do_release_savepoint(connection, _MARK)
