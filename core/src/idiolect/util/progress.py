"""Who looks on while revisions run: nobody, unless the command line has put a display here.

Runs, locks and operations report what begins and ends; what becomes of that is up to the observer.
Without one, each call costs a look at :data:`observer`.
"""

from __future__ import annotations

from typing import Any


class Observer:
    """Learns what a run is doing. Each method is called by the thread that runs; none may raise."""

    def step_begins(self, step: Any, number: int, total: int) -> None:
        """Learn that a revision begins.

        Args:
            step: what runs.
            number: its place among the steps of the run, from 1.
            total: how many these are.
        """

    def step_ends(self) -> None:
        """Learn that the revision has been run, and its transaction, if it has one, is over."""

    def operation(self, operation: object) -> object:
        """Learn which operation is being carried out.

        Args:
            operation: None where the last one has ended.

        Returns:
            The one before, to be told again when this one has ended.
        """

    def waiting(self, message: str) -> None:
        """Learn that the run waits for another one."""


#: Looks on in this process.
observer: Observer | None = None
