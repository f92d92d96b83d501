"""Time limits of a step, and retries after transient errors.

Used by the migration context around each step, and when an error has ended a run. How a limit is
set (hook ``session_limits``) and which errors are transient (hook ``transient_error``) depends on
the dialect's plugin.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from idiolect.errors import CommandError
from idiolect.util.logs import Log
from idiolect.util.sqla_compat import may_have_committed, pause

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy.exc import DBAPIError

    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep

log = Log("runtime.limits")

#: The options; revision files can override them in module variables of the same names.
STATEMENT, LOCK_WAIT = "statement_timeout", "lock_wait_timeout"
#: Default of ``transient_retries``.
RETRIES = 3
#: 24 days in seconds: in milliseconds, the most that a 32-bit integer of a driver can hold.
_LONGEST = 2_073_600
#: Seconds before the first retry; doubled each time.
_FIRST_PAUSE = 0.5


def limits_around(context: MigrationContext, step: MigrationStep) -> AbstractContextManager[None]:
    """Return a context manager for the limits of the run, or those of the revision file.

    Raises:
        CommandError: a limit is not a positive number, or the dialect does not support limits.
    """
    if context.as_sql:
        return contextlib.nullcontext()
    statement = _seconds(context, step, STATEMENT)
    lock_wait = _seconds(context, step, LOCK_WAIT)
    if statement is None and lock_wait is None:
        return contextlib.nullcontext()
    # Imported here because most runs have no limits.
    from idiolect.hooks.steps import SessionLimits

    limits = SessionLimits(statement=statement, lock_wait=lock_wait)
    kept = context.hooks.session_limits(context.dialect, context.connection, limits)
    if kept is None:
        raise CommandError(
            f"{STATEMENT} and {LOCK_WAIT} are not supported by the plugin for the dialect "
            f"{context.dialect.name!r}. Remove them from the configuration and from "
            f"{step.name}()'s file."
        )
    return kept


def _seconds(context: MigrationContext, step: Any, name: str) -> float | None:
    """Return a limit in seconds, the revision's or else the run's; None if unlimited."""
    value = context.opts.get(name)
    module = getattr(getattr(step, "revision", None), "module", None)
    given = getattr(module, name, value)
    if given is None:
        return None
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    if not is_number or not 0 < given <= _LONGEST:
        where = f" in {step.revision.path!r}" if given is not value else ""
        raise CommandError(
            f"{name} = {given!r}{where}: expected a number of seconds above 0, "
            f"and at most {_LONGEST}. Leave it out for no limit."
        )
    return float(given)


class Retries:
    """Retries the steps of a run after transient errors.

    Only if the failed step was rolled back completely: DDL is transactional, the transaction is
    the run's own, and the step has not committed.

    Args:
        context: the migration context.

    Attributes:
        has_committed: whether the running step has committed.
    """

    def __init__(self, context: MigrationContext) -> None:
        self._context = context
        given = context.opts.get("transient_retries")
        self._attempts = 1 + (RETRIES if given is None else int(given))
        self._attempt = 1
        self._seconds = _FIRST_PAUSE
        self.has_committed = False

    def step_begins(self) -> None:
        """Called when a step begins."""
        self.has_committed = False

    def is_due(self, error: DBAPIError) -> bool:
        """Return whether to retry, after logging the reason and a pause."""
        context = self._context
        if self._attempt >= self._attempts or error.connection_invalidated or not self._is_safe():
            return False
        words = context.hooks.transient_error(context.dialect, error)
        if words is None:
            return False
        self._attempt += 1
        where = "; ".join(getattr(error, "__notes__", ()))
        log.warning(
            "A %s %s. It was rolled back, and is retried (attempt %d of %d)",
            words,
            where,
            self._attempt,
            self._attempts,
        )
        pause(context.connection, self._seconds)
        self._seconds *= 2
        return True

    def _is_safe(self) -> bool:
        context = self._context
        return (
            context.rules.transactional_ddl
            and not may_have_committed(context.connection)
            and not context.transactions.external
            and not context.transactions.running
            and not context.connection.in_transaction()
            and not self.has_committed
            # With such a lock nobody else can write during a step, so the step blocks itself.
            and not context.lock.ends_with_transaction
        )
