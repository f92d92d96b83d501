"""What the doctor finds: the record, and an exception as one.

The looks of the doctor come in; nothing is looked at here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from idiolect.cli.report import MARK, describe_failure

if TYPE_CHECKING:
    from idiolect.settings.config import Config

Status = Literal["ok", "note", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        check: what was looked at, in a word.
        status: ``ok``; ``note``: worth knowing; ``problem``: to be mended; ``skipped``.
        text: what was found.
        remedy: how to mend it, where ``text`` does not say so; else "".
    """

    check: str
    status: Status
    text: str
    remedy: str = ""


def failed(check: str, exc: BaseException, config: Config) -> Finding:
    """Return an exception as the command that met it would have told it."""
    return Finding(check, "problem", describe_failure(exc, config).removeprefix(MARK))
