"""The table of a contract: what each dialect supports, and why it does not support the rest.

Used by the pytest plugin with test results, and by generators of documentation with declarations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idiolect.testing.capabilities import Support, clause_of
from idiolect.testing.suite import DialectContract, capabilities_of, contract_tests, needs_database

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from idiolect.testing.capabilities import Answer
    from idiolect.testing.suite import Contract

#: The cell of a capability or test that passes.
PASS = "pass"  # noqa: S105 - what a test does
#: Prefix of the cell of one that was not run.
UNTRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Attributes:
        key: the capability, or the test's name if it has none.
        meaning: a description, in a sentence.
        by_script: whether scripts are sufficient to test it.
    """

    key: str
    meaning: str
    by_script: bool


def rows_of(contract: type[Contract]) -> list[Row]:
    """Return the rows of a test class, in order: one per capability, whatever its tests."""
    rows = []
    capabilities = capabilities_of(contract)
    seen: set[str] = set()
    for name, test in contract_tests(contract):
        about = clause_of(test)
        if about is None:
            keys = [key for key in capabilities if capabilities[key] == f"`{key}`"]
        else:
            keys = [about.capability or name]
        for key in keys:
            if key not in seen:
                seen.add(key)
                meaning = capabilities.get(key) or (test.__doc__ or name).strip()
                rows.append(Row(key, meaning, not needs_database(test)))
    return rows


def declared(contract: type[Contract]) -> dict[str, str]:
    """Return the cells of a test class according to its declarations."""
    cells = {}
    for row in rows_of(DialectContract):
        answer = contract.answer(row.key)
        if answer.support is not Support.YES:
            cells[row.key] = str(answer)
        elif contract.untried and not row.by_script:
            cells[row.key] = f"{UNTRIED}: {contract.untried}"
        else:
            cells[row.key] = answer.support.value
    return cells


def cell(outcome: str, reason: str, answer: Answer) -> str:
    """Return the cell for a test's outcome.

    Args:
        outcome: pytest's name of the outcome.
        reason: why it was skipped.
        answer: the author's declaration.
    """
    if outcome == "failed":
        return "FAIL"
    if outcome == "skipped":
        return f"{UNTRIED}: {reason}"
    return PASS if answer.support is Support.YES else str(answer)


def worst(cells: Sequence[str]) -> str:
    """Return the most significant of several cells: a failure, otherwise one that was not run."""
    for wanted in ("FAIL", UNTRIED):
        found = [each for each in cells if each.startswith(wanted)]
        if found:
            count = f" ({len(found)} of {len(cells)})" if len(cells) > 1 else ""
            return f"{found[0]}{count}"
    return cells[0]


def rows_with(columns: Iterable[Mapping[str, str]]) -> list[Row]:
    """Return the rows of the contract, and one for each test added by a plugin."""
    rows = rows_of(DialectContract)
    known = {row.key for row in rows}
    own = dict.fromkeys(key for cells in columns for key in cells if key not in known)
    return rows + [Row(key, f"`{key}`", by_script=True) for key in own]


def lines_of(
    rows: Sequence[Row], cells: Mapping[str, str], without: str, *, every: bool
) -> list[str]:
    """Return the lines that a terminal shows for one dialect.

    Args:
        rows: the rows of the table.
        cells: by key.
        without: why no database was available; "" if one was.
        every: include passed ones.
    """
    found = [(row.meaning, cells[row.key]) for row in rows if row.key in cells]
    telling = [each for each in found if each[1] != PASS and not each[1].startswith(UNTRIED)]
    lines = [" ".join(each) for each in (found if every else telling)]
    if without:
        lines.append(f"{sum(row.key not in cells for row in rows)} {UNTRIED}: {without}")
    untried = [text for text in cells.values() if text.startswith(UNTRIED)]
    return lines + [f"{untried.count(text)} {text}" for text in sorted(set(untried))]


def answers_for(cells: Mapping[str, str]) -> list[str]:
    """Return Python code that declares the failed capabilities, without reasons."""
    known = capabilities_of(DialectContract)
    failed = [key for key in cells if key in known and cells[key].startswith("FAIL")]
    if not failed:
        return []
    return [
        "",
        "Paste into answers(...), fill in the reasons, and choose impossible(), no() or not_yet(),",
        "which are imported from idiolect.testing.capabilities:",
        *(f'        impossible("reason", "{key}"),' for key in failed),
    ]


def markdown(rows: Iterable[Row], columns: Mapping[str, Mapping[str, str]]) -> str:
    """Return the table as Markdown.

    Args:
        rows: the rows; those that no column has are omitted.
        columns: by heading, the cells by key.
    """
    lines = [_line(["", *columns]), _line(["---"] * (len(columns) + 1))]
    lines += [
        _line([row.meaning, *(cells.get(row.key, "") for cells in columns.values())])
        for row in rows
        if any(row.key in cells for cells in columns.values())
    ]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"
