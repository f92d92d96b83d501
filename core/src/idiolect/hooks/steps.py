"""Small records of a step's run that hooks receive and return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class StepGuard:
    """What a step is run again under, after ``impl.ask_for_guard()``.

    Attributes:
        reason: why, for the log.
        around: given the connection, a context manager that is entered and left with no
            transaction open. What it yields is called before the step's commit and may raise.
    """

    reason: str
    around: Callable[[Connection], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long the statements of a step may take.

    Attributes:
        statement: seconds that one statement may run; None: no limit of the run's.
        lock_wait: seconds that one statement may wait for a lock; None: no limit of the run's.
    """

    statement: float | None = None
    lock_wait: float | None = None
