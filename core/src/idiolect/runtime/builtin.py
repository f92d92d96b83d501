"""The core's implementations of the hooks of a run, called after those of all plugins."""

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
    """Leave the connection unchanged."""
    return contextlib.nullcontext()


@hookimpl(trylast=True)
def requires_autocommit() -> bool:
    """Assume that the database accepts every statement in a transaction."""
    return False


@hookimpl(trylast=True)
def statement_journal(rules: DialectRules) -> JournalSupport | Literal[False]:
    """Journal what commits midway if DDL is transactional; otherwise disable the journal."""
    # Imported here and below because most commands do not call these hooks.
    from idiolect.hooks.journal import JournalSupport

    return JournalSupport() if rules.transactional_ddl else False


@hookimpl(trylast=True)
def migration_lock(dialect: Dialect, connection: Connection, request: LockRequest) -> MigrationLock:
    """Return a lease row, if the dialect has a plugin.

    A dialect supported only by a user's class gets no lock: it is not known whether a table may
    be created there.
    """
    from idiolect.hooks.entrypoints import DIALECTS, find
    from idiolect.hooks.locks import MigrationLock
    from idiolect.runtime.lease import LeaseLock

    if find(DIALECTS, dialect.name):
        return LeaseLock(connection, request)
    return MigrationLock()


@hookimpl(trylast=True)
def version_table(impl: DefaultImpl, spec: VersionTableSpec) -> Table:
    """Call the impl's documented method."""
    table: Table = impl.version_table_impl(
        version_table=spec.name,
        version_table_schema=spec.schema,
        version_table_pk=spec.primary_key,
    )
    return table


@hookimpl(trylast=True)
def run_step(context: MigrationContext, step: MigrationStep, run_args: Mapping[str, Any]) -> bool:
    """Call the revision's function and journal its statements."""
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
    """Call the functions given to ``configure(on_version_apply=...)``, in order."""
    for callback in ctx.on_version_apply_callbacks:
        callback(ctx=ctx, step=step, heads=heads, run_args=dict(run_args))
