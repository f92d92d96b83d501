"""The progress display of upgrade and downgrade: a line that is redrawn, or permanent lines.

Used if the command runs in its own process. On a terminal, the last line shows the revision, the
operation and the elapsed time, and is cleared before anything else is written; otherwise each
revision is printed as a line. If log messages already show the revisions, no permanent lines are
printed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from idiolect.util.colors import has_colors, is_dumb, is_terminal, painted
from idiolect.util.controls import visible
from idiolect.util.progress import Observer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.cli.output import LenientOutput

#: In seconds: redraw interval; delay before the line appears; duration of a step to report its end.
_TICK: Final = 0.2
_PATIENCE: Final = 0.5
_LONG: Final = 1.0
_SECONDS_A_MINUTE: Final = 60
_LONGEST_STATEMENT: Final = 40
_CLEAR: Final = "\r\x1b[K"
_LOGGERS: Final = ("idiolect.runtime.migration", "alembic.runtime.migration")
#: Python's audit events before and after input().
_ASKS, _ANSWERED = "builtins.input", "builtins.input/result"


class Progress(Observer):
    """Displays what is running, on standard error.

    Args:
        streams: standard output and standard error, wrapped so that writes are noticed.
    """

    def __init__(self, *streams: LenientOutput) -> None:
        self._err = streams[-1]
        self._colors = has_colors(self._err)  # type: ignore[arg-type] # it has what a stream has
        self._is_live = is_terminal(self._err) and not is_dumb()  # type: ignore[arg-type] # as above
        self._shared = [each for each in streams if is_terminal(each)]  # type: ignore[arg-type] # as above
        # Reentrant: a signal handler may write while its own thread is writing.
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._ended = threading.Event()
        self._is_drawn = False
        self._is_asking = False
        self._is_at_margin = True
        self._now = ""
        self._operation: object = None
        self._began = time.monotonic()
        if self._is_live:
            for each in self._shared:
                each.guard = self.making_way
            sys.addaudithook(self._on_audit_event)
            self._ticker = threading.Thread(target=self._tick, daemon=True)
            self._ticker.start()

    def close(self) -> None:
        """Clear the line and stop redrawing."""
        self._ended.set()
        if not self._is_live:
            return
        self._ticker.join(1)
        with self._lock:
            self._clear()
        for each in self._shared:
            each.guard = None

    # Observer

    def step_begins(self, step: Any, number: int, total: int) -> None:
        """Record the running step and its start time."""
        count = f"{number}/{total} " if total > 1 else ""
        with self._lock:
            self._now = f"{count}{_described(step)}"
            self._operation = None
            # No event marks the end of a password prompt: getpass reads /dev/tty itself.
            self._is_asking = False
            self._began = time.monotonic()
        if not self._is_live and not _is_logged():
            self._write(f"{self._now}\n")

    def step_ends(self) -> None:
        """Report the finished step and its duration."""
        with self._lock:
            done, self._now, self._operation = self._now, "", None
        seconds = time.monotonic() - self._began
        if _is_logged():
            return
        if self._is_live:
            self._write(f"{done}  {painted(_time(seconds), 'dim', self._colors)}\n")
        elif seconds >= _LONG:
            self._write(f"done in {_time(seconds)}\n")

    def operation(self, operation: object) -> object:
        """Record the operation."""
        before, self._operation = self._operation, operation
        return before

    def waiting(self, message: str) -> None:
        """Show what the run is waiting for, instead of a revision."""
        message = visible(message)
        with self._lock:
            if message == self._now:
                return
            self._now = message
            self._began = time.monotonic()
        if not self._is_live and not _is_logged():
            self._write(f"{message}\n")

    # the redrawn line

    @contextlib.contextmanager
    def making_way(self, text: str) -> Iterator[None]:
        """Clear the line while others write, and do not draw after an unfinished line of theirs."""
        if os.getpid() != self._process:  # a forked child; the parent may hold the lock
            yield
            return
        with self._lock:
            self._clear()
            if text:
                self._is_at_margin = text.endswith(("\n", "\r"))
            yield

    def _tick(self) -> None:
        while not self._ended.wait(_TICK):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        seconds = time.monotonic() - self._began
        if not self._now or self._is_asking or not self._is_at_margin or seconds < _PATIENCE:
            return
        doing = f": {_named(self._operation)}" if self._operation is not None else ""
        elapsed = f"  {_time(seconds)}"
        room = _columns(self._err) - len(elapsed) - 1
        text = f"{self._now}{doing}"
        text = text if len(text) <= room else f"{text[: max(room - 3, 0)]}..."
        # Others write from the left margin.
        self._raw(f"{_CLEAR}{text}{painted(elapsed, 'dim', self._colors)}\r")
        self._is_drawn = True

    def _clear(self) -> None:
        if self._is_drawn:
            self._raw(_CLEAR)
            self._is_drawn = False

    def _on_audit_event(self, event: str, args: tuple[object, ...]) -> None:
        """Stop drawing while the user is prompted for input, which a redraw would overwrite."""
        if event == _ASKS or (event == "open" and args[0] == "/dev/tty"):
            with self._lock:
                self._clear()
                self._is_asking = True
        elif event == _ANSWERED:
            self._is_asking = False

    def _write(self, text: str) -> None:
        self._err.write(text)
        self._err.flush()

    def _raw(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._err.write_unguarded(text)


def _described(step: Any) -> str:
    """Return a step as one line, as in the log."""
    return visible(" ".join(str(step).split()))


def _named(operation: object) -> str:
    from idiolect.operations.explain import describe

    try:
        statement = getattr(operation, "sqltext", None)
        if statement is None:
            return visible(describe(operation))
        words = visible(" ".join(str(statement).split()))
    except Exception:  # noqa: BLE001 - an operation of a plugin, which may fail to describe itself
        return type(operation).__name__
    short = len(words) <= _LONGEST_STATEMENT
    return words if short else f"{words[:_LONGEST_STATEMENT]}..."


def _time(seconds: float) -> str:
    if seconds < _SECONDS_A_MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), _SECONDS_A_MINUTE)
    return f"{minutes} min {rest} s"


def _columns(stream: Any) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _is_logged() -> bool:
    """Return whether log messages on the standard streams show the running step."""
    for name in _LOGGERS:
        logger: logging.Logger | None = logging.getLogger(name)
        if logger is None or not logger.isEnabledFor(logging.INFO):
            continue
        while logger is not None:
            if any(map(_shows, logger.handlers)):
                return True
            logger = logger.parent if logger.propagate else None
    return False


def _shows(handler: logging.Handler) -> bool:
    stream = getattr(handler, "stream", None)
    shown = stream in {sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__}
    return shown and handler.level <= logging.INFO
