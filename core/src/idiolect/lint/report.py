"""Prints the result of a run of the linter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idiolect.lint.runner import Report
    from idiolect.settings.config import Config


def print_report(config: Config, report: Report) -> None:
    """Print the findings for people."""
    for each in report.findings:
        config.print_stdout(
            "%s:%s: %s %s: %s",
            shown_path(each.path),
            each.line,
            each.level,
            each.rule,
            each.message,
        )
        config.print_stdout("    %s", each.advice)
    for note in report.notes:
        config.print_stdout("%s:%s: note: %s", shown_path(note.path), note.line, note.message)


def shown_path(path: str) -> str:
    """Return a path as short as possible: relative to the working directory if it is below it."""
    absolute = Path(path).absolute()
    here = Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)
