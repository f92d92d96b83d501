"""The observer of a run: None, unless the command line has set a progress display.

Runs, locks and operations report to the observer what begins and ends. Without one, each call costs
a check of :data:`observer`.
"""

from __future__ import annotations

from typing import Any


class Observer:
    """Receives the events of a run, in the thread that runs; methods must not raise."""

    def step_begins(self, step: Any, number: int, total: int) -> None:
        """Called when a revision begins.

        Args:
            step: the step.
            number: its number in the run, from 1.
            total: the number of steps of the run.
        """

    def step_ends(self) -> None:
        """Called when the revision has run and its transaction, if any, has ended."""

    def operation(self, operation: object) -> object:
        """Called when an operation begins or ends.

        Args:
            operation: the operation, or None if the last one has ended.

        Returns:
            The previous operation, to be passed again when this one has ended.
        """

    def waiting(self, message: str) -> None:
        """Called while the run waits for another one."""


#: The observer of this process.
observer: Observer | None = None
