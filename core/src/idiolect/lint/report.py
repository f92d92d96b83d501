"""The result of a run of the linter, and its text for people."""

from __future__ import annotations

import itertools
import operator
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from idiolect.util.colors import painted
from idiolect.util.controls import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idiolect.util.colors import Style

#: Findings of a rule that are shown for one line, such as one in a loop over all tables.
_MOST: Final = 3
_PLACE: Final = operator.attrgetter("file", "line", "rule")
_STYLES: Final[dict[str, Style]] = {"error": "red", "warning": "yellow", "note": "dim"}


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its place.

    Attributes:
        rule: the name of the rule.
        level: ``error`` or ``warning``.
        revision: the id of the revision.
        file: its path.
        line: the line of the operation; 1 if it is about the whole revision.
        message: what will happen.
        advice: what to do instead.
    """

    rule: str
    level: Literal["error", "warning"]
    revision: str
    file: str
    line: int
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on what was not checked, or on a comment without effect.

    Attributes:
        revision: the id of the revision.
        file: its path.
        line: the line that it is about.
        message: the remark.
    """

    revision: str
    file: str
    line: int
    message: str


@dataclass(slots=True)
class Report:
    """The result of a run.

    Attributes:
        findings: in the order of the revisions and of their lines.
        notes: what was not seen, and comments without effect.
        checked: the ids of the revisions that were run.
        unseen: the ids of those that could not be seen to their end.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    def count(self, level: str) -> int:
        """Return the number of findings of a level."""
        return sum(each.level == level for each in self.findings)


def lines(report: Report, *, colors: bool) -> Iterator[str]:
    """Yield the lines of a report for people."""
    for _, group in itertools.groupby(report.findings, _PLACE):
        yield from _lines_of_place(list(group), colors=colors)
    for note in report.notes:
        place = f"{visible(shown_path(note.file))}:{note.line}"
        yield f"{place}: {painted('note', 'dim', colors)}: {visible(note.message)}"
    yield summary(report)


def _lines_of_place(found: list[Finding], *, colors: bool) -> Iterator[str]:
    """Yield the lines for the findings of one rule on one line of a file."""
    for each in found[:_MOST]:
        level = painted(each.level, _STYLES[each.level], colors)
        rule = painted(visible(each.rule), "bold", colors)
        place = f"{visible(shown_path(each.file))}:{each.line}"
        yield f"{place}: {level} {rule}: {visible(each.message)}"
    if (more := len(found) - _MOST) > 0:
        yield f"    and {more} more of {visible(found[0].rule)} on this line"
    yield from (f"    {visible(advice)}" for advice in dict.fromkeys(each.advice for each in found))


def summary(report: Report) -> str:
    """Return the last line of a report."""
    words = f"{found(report)} in {_counted(len(report.checked), 'revision')}."
    if report.unseen:
        are = "is" if len(report.unseen) == 1 else "are"
        words += f" {_counted(len(report.unseen), 'revision')} {are} not known to the end."
    return words


def found(report: Report) -> str:
    """Return how many errors and warnings there are."""
    counts = {level: report.count(level) for level in ("error", "warning")}
    words = [_counted(count, level) for level, count in counts.items() if count]
    return " and ".join(words) or "No findings"


def rule_lines(rules: Iterable[tuple[str, str, str]], *, colors: bool) -> Iterator[str]:
    """Yield a line for each rule, given its name, level and summary."""
    listed = list(rules)
    width = max((len(name) for name, _, _ in listed), default=0)
    for name, level, text in listed:
        padded = painted(f"{level:<7}", _STYLES[level], colors)
        yield f"{visible(name):<{width}}  {padded}  {visible(text)}"


def shown_path(path: str, folder: str | None = None) -> str:
    """Return a path as short as possible: relative to a folder if it is below it.

    Args:
        path: of a file.
        folder: None: the working directory.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - symbolic links stay as the user wrote them
    base = Path(folder) if folder else Path.cwd()
    return str(absolute.relative_to(base) if absolute.is_relative_to(base) else absolute)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + "s" * (number != 1)
