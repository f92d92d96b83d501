"""Lets an impl request, in the middle of a revision, that it is run again under a guard.

A base class of impls. The runtime sets the callback; only dialects know when a guard is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.hooks.steps import StepGuard


class GuardedImpl:
    """An impl whose revisions may be run again.

    Attributes:
        on_ask: called with the guard; does not return unless the revision cannot be run again.
    """

    on_ask: Callable[[StepGuard], None] | None = None

    def may_ask_for_guard(self) -> bool:
        """Return whether a revision that begins now may call :meth:`ask_for_guard`.

        Called before each revision of an online run; if True, a savepoint is set.
        """
        return False

    def ask_for_guard(self, guard: StepGuard) -> None:
        """Roll the running revision back, and run it again under a guard.

        Returns only if that is not possible: in a transaction that env.py began, after a commit by
        the revision, if it already runs under a guard, or outside of a run.

        Args:
            guard: entered between the transaction that is rolled back and the next one.
        """
        if self.on_ask is not None:
            self.on_ask(guard)
