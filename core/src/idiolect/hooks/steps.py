"""Records about the execution of a step that hooks receive and return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class StepGuard:
    """Conditions under which a step is run again, requested by ``impl.ask_for_guard()``.

    Attributes:
        reason: for the log.
        around: takes the connection, returns a context manager that is entered and exited with no
            transaction open. The callable it yields is called before the step's commit and may
            raise.
    """

    reason: str
    around: Callable[[Connection], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Time limits for the statements of a step.

    Attributes:
        statement: seconds that one statement may run; None: not limited by the run.
        lock_wait: seconds that one statement may wait for a lock; None: not limited by the run.
    """

    statement: float | None = None
    lock_wait: float | None = None
