"""Standard output for a program whose reader may leave before it has ended, or was never there.

The program's entry puts it in the place of ``sys.stdout``, so that neither a run nor the user's
own ``print()`` in a revision ends in the middle because of ``| head`` or a full disk.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import TextIO


class LenientOutput:
    """A text stream that goes on into nothing when its reader has left.

    Args:
        stream: where text goes; whatever is not said here is its answer. None where the process
            was started with it closed.

    Attributes:
        lost: why text could not be written, if it was not for want of a reader.
    """

    def __init__(self, stream: TextIO | None) -> None:
        # To the end of the process.
        self._stream = stream or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
        self.lost: OSError | None = None
        #: What is written is written in it: a progress display makes way.
        self.guard: Callable[[str], AbstractContextManager[None]] | None = None

    def write(self, text: str) -> int:
        """Write text, if anybody reads it; return its length."""
        if self.guard is None:
            return self._write(text)
        with self.guard(text):
            return self._write(text)

    def write_unguarded(self, text: str) -> None:
        """Write text at once, past the guard, whose own it is."""
        self._write(text)
        self.flush()

    def _write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as exc:
            self._let_go(exc)
            return len(text)

    def flush(self) -> None:
        """Send what is buffered, if anybody reads it."""
        try:
            self._stream.flush()
        except OSError as exc:
            self._let_go(exc)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _let_go(self, exc: OSError) -> None:
        if not isinstance(exc, BrokenPipeError):
            self.lost = self.lost or exc
        # What is buffered still has to go somewhere: the interpreter flushes once more at its end.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
