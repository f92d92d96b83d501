"""What is recorded about a step: when, by whom, its duration, and a checksum of its file."""

from __future__ import annotations

import getpass
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, DateTime, Float, String

if TYPE_CHECKING:
    from idiolect.runtime.steps import MigrationStep


@dataclass(frozen=True, slots=True)
class Facts:
    """One step.

    Attributes:
        applied_at: when it ended, in UTC.
        applied_by: the user of the operating system.
        duration: in seconds.
        checksum: SHA-256 of the revision file; None for a stamp.
    """

    applied_at: datetime
    applied_by: str
    duration: float
    checksum: str | None

    @classmethod
    def of(cls, step: MigrationStep, duration: float) -> Facts:
        """Return the facts of a step that has just run."""
        path = getattr(getattr(step, "revision", None), "path", None)
        checksum = hashlib.sha256(Path(path).read_bytes()).hexdigest() if path else None
        # Without a time zone, because not every database stores one.
        now = datetime.now(UTC).replace(tzinfo=None)
        return cls(now, getpass.getuser(), duration, checksum)

    def as_row(self) -> dict[str, Any]:
        """Return the values by column."""
        return {name: getattr(self, name) for name in self.__slots__}


def columns() -> list[Column[Any]]:
    """Return new columns for the facts."""
    return [
        Column("applied_at", DateTime),
        Column("applied_by", String(100)),
        Column("duration", Float),
        Column("checksum", String(64)),
    ]
