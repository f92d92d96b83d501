"""A standard output stream that tolerates being closed early, as by ``| head``, or missing.

The entry point replaces ``sys.stdout`` by it, so that neither a run nor a ``print()`` in a
revision fails midway because of a closed pipe or a full disk.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import TextIO


class LenientOutput:
    """A text stream that discards text after its reader has closed it.

    Args:
        stream: the wrapped stream, to which all other attributes are delegated. None if the
            process was started with the stream closed.

    Attributes:
        lost: why text could not be written, if not because of a closed pipe.
    """

    def __init__(self, stream: TextIO | None) -> None:
        # Stays open until exit.
        self._stream = stream or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
        self.lost: OSError | None = None
        #: Entered around each write, so that a progress display can be cleared.
        self.guard: Callable[[str], AbstractContextManager[None]] | None = None

    def write(self, text: str) -> int:
        """Write text unless the pipe is closed; return its length."""
        if self.guard is None:
            return self._write(text)
        with self.guard(text):
            return self._write(text)

    def write_unguarded(self, text: str) -> None:
        """Write and flush text without entering the guard; used by the guard."""
        self._write(text)
        self.flush()

    def _write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as exc:
            self._let_go(exc)
            return len(text)

    def flush(self) -> None:
        """Flush the buffer unless the pipe is closed."""
        try:
            self._stream.flush()
        except OSError as exc:
            self._let_go(exc)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _let_go(self, exc: OSError) -> None:
        if not isinstance(exc, BrokenPipeError):
            self.lost = self.lost or exc
        # The buffer has to go somewhere: the interpreter flushes again at exit.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
