"""A run that has something to do: its steps, one by one, each recorded in the version table.

Called by the migration context, and imported only if there is something to run. The context keeps
what outlives the run: the connection, the lock, the journal and the watch on the transaction.
"""
# ruff: noqa: SLF001 - a part of the context, which only it calls

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from idiolect.errors import TransactionLostError
from idiolect.runtime.heads import HeadMaintainer
from idiolect.runtime.journal.lost import SAVEPOINT_ADVICE
from idiolect.runtime.limits import limits_around
from idiolect.runtime.notes import around_step
from idiolect.runtime.steps import in_order_of_files
from idiolect.runtime.transactions import TransactionWatch
from idiolect.util import progress
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep

log = Log("runtime.migration")


def load_files(context: MigrationContext, steps: Collection[MigrationStep]) -> None:
    """Load all files before the first statement, so that an error stops the run before it."""
    for step in in_order_of_files(steps):
        with around_step(context, step, context._watch):
            step.load()


class Run:
    """The execution of planned steps.

    Args:
        context: the context to run them in.
        run_args: the arguments that env.py passed to ``run_migrations()``.
    """

    def __init__(self, context: MigrationContext, run_args: Mapping[str, Any]) -> None:
        self._context = context
        self._run_args = run_args
        # Whether the journal was read since the steps were planned.
        self._has_looked = False

    def write(self, heads: Collection[str], steps: list[MigrationStep]) -> None:
        """Write the steps to the script.

        Args:
            heads: the ids that the script starts from.
            steps: the steps; their files are loaded.
        """
        self._run_steps(heads, steps)

    def execute(self, heads: Collection[str], steps: list[MigrationStep]) -> None:
        """Run the steps, and retry those rolled back after a transient error.

        Args:
            heads: the ids that have a row in the version table.
            steps: the steps; their files are loaded.
        """
        while True:
            try:
                return self._run_alone(heads, steps)
            except DBAPIError as exc:
                if not self._context._retries.is_due(exc):
                    raise
                heads, steps = self._plan()

    def _plan(self) -> tuple[tuple[str, ...], list[MigrationStep]]:
        self._has_looked = False
        return self._context._plan()

    def _run_alone(self, heads: Collection[str], steps: list[MigrationStep]) -> None:
        """Run the steps under the lock; plan again if another run came first."""
        context = self._context
        if self._was_overtaken(heads):
            heads, steps = self._plan()
        if not steps and not context.purge:
            return
        if not self._has_looked:
            with context._reading():
                context.lock.with_retries(lambda: self._look_at_journal(heads))
        with context.journal.over(steps), self._transaction():
            # If the lock is bound to transactions, it was acquired only now.
            if self._was_overtaken(heads):
                heads, steps = self._plan()
            if steps or context.purge:
                context._steps_due = steps
                # Published subclasses override it without the argument.
                context._ensure_version_table(*([True] if context.purge else []))
            while not self._run_steps(heads, context.journal.resumed_first(steps)):
                heads, steps = self._plan()

    def _run_steps(self, heads: Collection[str], steps: list[MigrationStep]) -> bool:
        """Run steps in order.

        Returns:
            False if another run made progress between two steps, so that the rest has to be planned
            again.
        """
        context, run_args = self._context, self._run_args
        maintainer = HeadMaintainer(context, heads)
        for number, step in enumerate(steps, 1):
            with (
                around_step(context, step, context._watch),
                context.begin_transaction(_per_migration=True),
            ):
                context.transactions.due()
                if self._was_overtaken(maintainer.heads):
                    return False
                if context.as_sql and not maintainer.heads:
                    context._ensure_version_table()
                log.info("Running %s", step)
                if progress.observer is not None:
                    progress.observer.step_begins(step, number, len(steps))
                if context.as_sql:
                    context.impl.static_output(f"-- Running {step.short_log}")
                context._retries.step_begins()
                with limits_around(context, step):
                    context._attempts.run(
                        lambda: context.hooks.run_step(context, step, run_args),  # noqa: B023 - called at once
                        step.short_log,
                        tuple(maintainer.heads),
                    )
                if context.journal.has_rolled_back:
                    self._check_rollback(maintainer.heads)
                maintainer.update_to_step(step)
                context.journal.finish()
                context.hooks.on_version_apply(context, step.info, set(maintainer.heads), run_args)
                context._attempts.finish()
                if context._watch is not None:
                    context._watch.step_is_done()
            if progress.observer is not None:
                progress.observer.step_ends()
        return True

    def _check_rollback(self, heads: Collection[str]) -> None:
        """Raise if a step has rolled back those before it; create a new version table again.

        Raises:
            TransactionLostError: the ids in the version table are not ``heads``.
        """
        context = self._context
        if set(context._read_heads()) != set(heads):
            raise TransactionLostError(
                "The revision rolled back the transaction of the run, and with it the revisions "
                f"before it, which run again with the next upgrade. {SAVEPOINT_ADVICE}"
            )
        context._ensure_version_table()

    def _was_overtaken(self, heads: Collection[str]) -> bool:
        """Return whether another run moved the heads before the lock was acquired."""
        context = self._context
        if not context.lock.consume_fresh():
            return False
        with context._reading():
            now = context._read_heads()
            self._look_at_journal(now)
        if set(now) == set(heads):
            context.lock.check_view(heads)
            return False
        log.info("Another run has meanwhile migrated from %s to %s.", _shown(heads), _shown(now))
        return True

    def _look_at_journal(self, heads: Collection[str]) -> None:
        """Read what an earlier run left unfinished."""
        context = self._context
        self._has_looked = True
        try:
            context.journal.look(heads)
        except DBAPIError:
            # A concurrent run drops its journal at the end; it is read again under the lock.
            if context.lock.is_held or context.transactions.external:
                raise
            context.connection.rollback()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Manage the transaction around the steps as far as env.py does not.

        If env.py does not use ``begin_transaction()``, its work is committed here; if it began a
        transaction itself, that transaction is watched.
        """
        context = self._context
        transactions = context.transactions
        theirs = context._is_bound()
        if context._watch is None and context.environment_context is not None:
            context._watch = TransactionWatch(
                context.connection, theirs=theirs, on_commit=self._committed_inside
            )
        if theirs:
            with transactions.prepared():
                yield
        elif transactions.declared:
            transactions.due()
            with transactions.undone_on_failure():
                yield
        else:
            with transactions.begin(per_step=False):
                transactions.due()
                yield

    def _committed_inside(self) -> None:
        """Called before a step commits."""
        self._context._retries.has_committed = True
        self._context.lock.keep()


def _shown(heads: Collection[str]) -> str:
    return ", ".join(sorted(heads)) or "the base"
