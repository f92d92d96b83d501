"""How long a step may take and wait, and when it is tried again.

Used by the migration context around each step, and with an error that ended a run. How a database
keeps a limit is its plugin's business (hook ``session_limits``), and so is which errors pass by
themselves (hook ``transient_error``).
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from idiolect.errors import CommandError
from idiolect.util.logs import Log
from idiolect.util.sqla_compat import pause

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy.exc import DBAPIError

    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep

log = Log("runtime.limits")

#: The options, which a revision file may have as well, as names of its module.
STATEMENT, LOCK_WAIT = "statement_timeout", "lock_wait_timeout"
#: How often a run is tried again, unless ``transient_retries`` says otherwise.
RETRIES = 3
#: Seconds in 24 days: their milliseconds fill what drivers have for them.
_LONGEST = 2_073_600
#: Seconds before the first time; doubled with each.
_FIRST_PAUSE = 0.5


def limits_around(context: MigrationContext, step: MigrationStep) -> AbstractContextManager[None]:
    """Return what keeps the limits of the run, or of the step's own file.

    Raises:
        CommandError: a limit is no positive number, or the dialect has none.
    """
    if context.as_sql:
        return contextlib.nullcontext()
    statement = _seconds(context, step, STATEMENT)
    lock_wait = _seconds(context, step, LOCK_WAIT)
    if statement is None and lock_wait is None:
        return contextlib.nullcontext()
    # Most runs have none.
    from idiolect.hooks.steps import SessionLimits

    limits = SessionLimits(statement=statement, lock_wait=lock_wait)
    kept = context.hooks.session_limits(context.dialect, context.connection, limits)
    if kept is None:
        raise CommandError(
            f"{STATEMENT} and {LOCK_WAIT} are not kept by the plugin of the dialect "
            f"{context.dialect.name!r}. Take them out of the configuration and of {step.name}()'s "
            "file."
        )
    return kept


def _seconds(context: MigrationContext, step: Any, name: str) -> float | None:
    """Return a limit in seconds: the revision's own, else the run's; None without limit."""
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
    """Runs a run's steps again after errors that pass by themselves.

    Only where all of the failed step was rolled back: the database can, the transaction is the
    run's own, and the step has committed nothing by itself.

    Args:
        context: the owner.

    Attributes:
        has_committed: whether the running step has committed by itself.
    """

    def __init__(self, context: MigrationContext) -> None:
        self._context = context
        given = context.opts.get("transient_retries")
        self._left = RETRIES if given is None else int(given)
        self._seconds = _FIRST_PAUSE
        self.has_committed = False

    def step_begins(self) -> None:
        """Note that a step begins."""
        self.has_committed = False

    def is_due(self, error: DBAPIError) -> bool:
        """Return whether to try again, after a pause; the log tells why."""
        context = self._context
        if self._left <= 0 or not self._is_safe():
            return False
        words = context.hooks.transient_error(context.dialect, error)
        if words is None:
            return False
        where = ", ".join(getattr(error, "__notes__", ()))
        log.warning(
            "A %s %s: rolled back, and tried again (%d more times at most)",
            words,
            where,
            self._left - 1,
        )
        self._left -= 1
        pause(context.connection, self._seconds)
        self._seconds *= 2
        return True

    def _is_safe(self) -> bool:
        context = self._context
        return (
            context.rules.transactional_ddl
            and not context.transactions.external
            and not context.transactions.running
            and not context.connection.in_transaction()
            and not self.has_committed
            # There nobody else writes while a step runs: the step stands in its own way.
            and not context.lock.ends_with_transaction
        )
