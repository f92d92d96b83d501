"""How an impl, in the middle of a revision, has it undone and run again under a guard.

A base of impls. The runtime sets who is asked; only dialects know why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.hooks.steps import StepGuard


class GuardedImpl:
    """An impl whose revisions may be run again.

    Attributes:
        on_ask: called with the guard; leaves the revision unless it cannot be run again.
    """

    on_ask: Callable[[StepGuard], None] | None = None

    def may_ask_for_guard(self) -> bool:
        """Return whether a revision that begins now may call :meth:`ask_for_guard`.

        Asked before each revision of an online run. Where it is so, a savepoint is set.
        """
        return False

    def ask_for_guard(self, guard: StepGuard) -> None:
        """Have the running revision undone, and run again under a guard.

        Returns only where that is impossible: a transaction that env.py began, a revision that
        has committed, one that runs under a guard already, no run at all.

        Args:
            guard: what is entered between the transaction that is undone and the next.
        """
        if self.on_ask is not None:
            self.on_ask(guard)
