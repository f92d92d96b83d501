"""The plugin's hook implementations, called for all dialects."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from idiolect.hooks import hookimpl
from idiolect_applied import history
from idiolect_applied.facts import Facts
from idiolect_applied.version_table import wide_table, widen

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlalchemy import Table

    from idiolect.hooks import VersionTableSpec
    from idiolect.migration import MigrationContext
    from idiolect.runtime.steps import MigrationInfo, MigrationStep


class AppliedPlugin:
    """Records each step, in the version table and in a permanent history."""

    idiolect_hookspec = ">=1.0,<2"

    def __init__(self) -> None:
        self._widened: WeakKeyDictionary[MigrationContext, bool] = WeakKeyDictionary()
        self._last: WeakKeyDictionary[MigrationContext, Facts] = WeakKeyDictionary()

    @hookimpl
    def version_table(self, spec: VersionTableSpec) -> Table:
        """Return the version table with additional columns and longer ids."""
        return wide_table(spec)

    @hookimpl(wrapper=True)
    def run_step(self, context: MigrationContext, step: MigrationStep) -> Generator[None, Any, Any]:
        """Upgrade an older version table first, and measure the duration."""
        if not context.as_sql and context not in self._widened:
            widen(context)
            self._widened[context] = True
        start = time.perf_counter()
        result = yield
        self._last[context] = Facts.of(step, time.perf_counter() - start)
        return result

    @hookimpl
    def version_record(self, context: MigrationContext) -> dict[str, Any] | None:
        """Return the facts of the step; None in a script, which is executed later."""
        return None if context.as_sql else self._last[context].as_row()

    @hookimpl
    def on_version_apply(self, ctx: MigrationContext, step: MigrationInfo) -> None:
        """Write the history in the step's transaction, so that it contains what was committed."""
        if not ctx.as_sql:
            history.write(ctx, step, self._last[ctx])

    @hookimpl
    def process_revision_directives(
        self, context: MigrationContext, revision: Any, directives: list[Any]
    ) -> None:
        """Exclude the history table from new revisions."""
        history.leave_out(context, revision, directives)
