"""The record of the doctor's findings, and the conversion of an exception to one."""

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
        check: the checked subject, in a word.
        status: ``ok``; ``note``: worth knowing; ``problem``: has to be fixed; ``skipped``.
        text: the result.
        remedy: how to fix it, unless ``text`` says so.
    """

    check: str
    status: Status
    text: str
    remedy: str = ""


def failed(check: str, exc: BaseException, config: Config) -> Finding:
    """Return an exception as a finding, with the text that a command would report."""
    return Finding(check, "problem", describe_failure(exc, config).removeprefix(MARK))
