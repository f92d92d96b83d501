"""Runs the steps of a plan, one by one, and records each in the version table.

Called by the migration context, under its lock and in its transaction around the run; imported
only if there is something to run. Retries and the state of the run stay with the context.
"""
# ruff: noqa: SLF001 - a part of the context, which only it calls

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.runtime.heads import HeadMaintainer
from idiolect.runtime.limits import limits_around
from idiolect.runtime.notes import around_step
from idiolect.util import progress
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep

log = Log("runtime.migration")


def run_steps(
    context: MigrationContext,
    heads: Collection[str],
    steps: list[MigrationStep],
    run_args: Mapping[str, Any],
) -> bool:
    """Run steps in order.

    Args:
        context: the context to run them in.
        heads: the ids that have a row in the version table.
        steps: the steps; their files are loaded.
        run_args: the arguments that env.py passed to ``run_migrations()``.

    Returns:
        False if another run made progress between two steps, so that the rest has to be planned
        again.
    """
    maintainer = HeadMaintainer(context, heads)
    for number, step in enumerate(steps, 1):
        with (
            around_step(context, step, context._watch),
            context.begin_transaction(_per_migration=True),
        ):
            context.transactions.due()
            if context._was_overtaken(maintainer.heads):
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
            maintainer.update_to_step(step)
            context.journal.finish()
            context.hooks.on_version_apply(context, step.info, set(maintainer.heads), run_args)
            context._attempts.finish()
            if context._watch is not None:
                context._watch.step_is_done()
        if progress.observer is not None:
            progress.observer.step_ends()
    return True
