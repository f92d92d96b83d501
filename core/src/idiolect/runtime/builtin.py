"""The core's own answers to the questions about a run. Asked last, after every plugin."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal

from idiolect.hooks.markers import hookimpl
from idiolect.util.bound import mark_globals, unmark_globals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection, Dialect

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks.journal import JournalSupport
    from idiolect.hooks.locks import LockRequest, MigrationLock
    from idiolect.hooks.records import DialectRules, VersionTableSpec
    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationInfo, MigrationStep


@hookimpl(trylast=True)
def prepare_connection() -> AbstractContextManager[None]:
    """Leave the connection as it is."""
    return contextlib.nullcontext()


@hookimpl(trylast=True)
def statement_journal(rules: DialectRules) -> JournalSupport | Literal[False]:
    """Record what commits midway where the rest can be rolled back; elsewhere nothing is known."""
    # Here and below: not loaded where nobody asks.
    from idiolect.hooks.journal import JournalSupport

    return JournalSupport() if rules.transactional_ddl else False


@hookimpl(trylast=True)
def migration_lock(dialect: Dialect, connection: Connection, request: LockRequest) -> MigrationLock:
    """A row that its holder keeps alive, where the dialect has a plugin.

    A dialect that is known by a class of the user's alone gets no lock, since nobody has said
    that a table may be added there, or a row changed.
    """
    from idiolect.hooks.entrypoints import DIALECTS, find
    from idiolect.hooks.locks import MigrationLock
    from idiolect.runtime.lease import LeaseLock

    if find(DIALECTS, dialect.name):
        return LeaseLock(connection, request)
    return MigrationLock()


@hookimpl(trylast=True)
def version_table(impl: DefaultImpl, spec: VersionTableSpec) -> Table:
    """Answer the impl's documented method."""
    table: Table = impl.version_table_impl(
        version_table=spec.name,
        version_table_schema=spec.schema,
        version_table_pk=spec.primary_key,
    )
    return table


@hookimpl(trylast=True)
def run_step(context: MigrationContext, step: MigrationStep, run_args: Mapping[str, Any]) -> bool:
    """Call the revision's function, and keep the journal of what it does."""
    function = step.migration_fn
    module_globals = getattr(function, "__globals__", {})
    mark_globals(module_globals)
    try:
        with context.journal.recording(step):
            function(**run_args)
    finally:
        unmark_globals(module_globals)
    return True


@hookimpl(trylast=True)
def on_version_apply(
    ctx: MigrationContext, step: MigrationInfo, heads: set[str], run_args: Mapping[str, Any]
) -> None:
    """Call what ``configure(on_version_apply=...)`` was given, in order."""
    for callback in ctx.on_version_apply_callbacks:
        callback(ctx=ctx, step=step, heads=heads, run_args=dict(run_args))
