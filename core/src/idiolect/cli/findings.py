"""What the doctor finds: the record, and an exception as one.

Used by the checks of the doctor; nothing is checked here.
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
    """The result of one check.

    Attributes:
        check: what was checked, in a word.
        status: ``ok``; ``note``: worth knowing; ``problem``: to be fixed; ``skipped``.
        text: what was found.
        remedy: how to fix it, where ``text`` does not say so; else "".
    """

    check: str
    status: Status
    text: str
    remedy: str = ""


def failed(check: str, exc: BaseException, config: Config) -> Finding:
    """Return an exception in the words in which a command would report it."""
    return Finding(check, "problem", describe_failure(exc, config).removeprefix(MARK))
