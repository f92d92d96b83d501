"""Standard output that may be closed early, as by ``| head``, or missing from the start.

The entry point replaces ``sys.stdout`` with it, so that neither a run nor a ``print()`` in a
revision fails in the middle because of a closed pipe or a full disk.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import TextIO


class LenientOutput:
    """A text stream that discards text once its reader has closed it.

    Args:
        stream: the wrapped stream, which all other attributes are of. None where the process was
            started with it closed.

    Attributes:
        lost: why text could not be written, if for another reason than a closed pipe.
    """

    def __init__(self, stream: TextIO | None) -> None:
        # To the end of the process.
        self._stream = stream or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
        self.lost: OSError | None = None
        #: Entered around each write: a progress display is cleared for it.
        self.guard: Callable[[str], AbstractContextManager[None]] | None = None

    def write(self, text: str) -> int:
        """Write text, unless the pipe is closed; return its length."""
        if self.guard is None:
            return self._write(text)
        with self.guard(text):
            return self._write(text)

    def write_unguarded(self, text: str) -> None:
        """Write and flush text without the guard; for the guard's own use."""
        self._write(text)
        self.flush()

    def _write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as exc:
            self._let_go(exc)
            return len(text)

    def flush(self) -> None:
        """Send what is buffered, unless the pipe is closed."""
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
