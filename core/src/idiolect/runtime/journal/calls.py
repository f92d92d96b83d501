"""What the record of a step is told about a statement, and keeps of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from idiolect.runtime.journal.answers import Answers, Rows


class Waiting(NamedTuple):
    """A buffered entry, discarded unless something commits, which is rare.

    Attributes:
        seq: the number of the write.
        fingerprint: hash of SQL and parameters.
        result: the cursor's rowcount and lastrowid.
        sql: the beginning of the SQL.
        note: see :class:`Entry`.
        answers: see :class:`Entry`; None if there are none.
    """

    seq: int
    fingerprint: str
    result: tuple[Any, Any]
    sql: str
    note: str
    answers: Answers | None


@dataclass(frozen=True, slots=True)
class Call:
    """A statement about to be sent to the driver.

    Attributes:
        sql: its text, as passed to the driver.
        parameters: its parameters, as passed to the driver.
        send: sends it.
        answer: replaces the driver's cursor by a recorded result.
        rows: fetches the rows of the sent statement, leaving them readable.
        cursor: the driver's cursor.
    """

    sql: str
    parameters: Any
    send: Callable[[], None]
    answer: Callable[[dict[str, Any], Rows | None], None]
    rows: Callable[[], Rows | None]
    cursor: Any

    @property
    def returns_rows(self) -> bool:
        """Whether the sent statement returned rows."""
        return getattr(self.cursor, "description", None) is not None


@dataclass(frozen=True, slots=True)
class Subject:
    """The revision function whose writes are recorded.

    Attributes:
        revision: the revision's id.
        direction: ``upgrade`` or ``downgrade``.
        path: the revision's file; ``""`` if it has none.
    """

    revision: str
    direction: str
    path: str

    @property
    def label(self) -> str:
        """The function, for messages."""
        return f"{self.direction}() of revision {self.revision!r}"

    def place(self) -> str:
        """Return file and line of the running revision code; ``""`` if none is running."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - no other walk is as cheap
        while frame is not None:
            if frame.f_code.co_filename == self.path:
                return f"{self.path}:{frame.f_lineno}"
            frame = frame.f_back
        return self.path
