"""The page with the table: written from what was tried, and read again for comparison.

Used by `write_operations_page.py` and the test of the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devtools.shell import ROOT

from opsmatrix import trials
from opsmatrix.cases import CASES
from opsmatrix.reasons import REASONS, cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PAGE = ROOT / "docs" / "reference" / "operations.md"

#: By dialect: the column's heading, and what tries the rows.
COLUMNS: dict[str, tuple[str, Callable[[], dict[str, str]]]] = {
    "sqlite": ("SQLite", trials.on_sqlite),
    "postgresql": ("PostgreSQL", trials.on_postgresql),
    "mysql": ("MariaDB", trials.on_mysql),
    "mssql": ("SQL Server", trials.of_mssql),
    "oracle": ("Oracle", trials.of_oracle),
}

_HEAD = """# Operations and dialects

This table shows which directives of `op` each dialect supports. `tools/write_operations_page.py`
generates it by trying every row: on SQLite, PostgreSQL and MariaDB in a database, and for SQL
Server and Oracle by parsing the script written with `--sql`. A test repeats the trials. MySQL is
like MariaDB, except that it has no `IF [NOT] EXISTS` for columns and indexes.

"yes" means supported. "no" is followed by a reason, which is explained below the table. If
SQLAlchemy or the database ignores a directive, the explanation says so. If the database has no
such clause, it rejects the statement. Everything else is refused with a message before any
statement is sent.

"""


def column(dialect: str) -> dict[str, str]:
    """Try a dialect's rows, and return the cells by row.

    Raises:
        Failure: what is needed for it is not here.
        Unexplained: a reason is missing or wrong.
    """
    found = COLUMNS[dialect][1]()
    return {row: cell(dialect, row, problem) for row, problem in found.items()}


def text_of(cells: Mapping[str, Mapping[str, str]]) -> str:
    """Return the page.

    Args:
        cells: by dialect, in order, the cells by row.
    """
    headings = [COLUMNS[dialect][0] for dialect in cells]
    lines = [_line(["operation", *headings]), _line(["---"] * (len(headings) + 1))]
    used: set[str] = set()
    for case in CASES:
        row = [cells[dialect][case.key] for dialect in cells]
        used.update(each.removeprefix("no: ") for each in row)
        lines.append(_line([_named(case.operation, case.what), *row]))
    reasons = [f"- **{short}**: {long}" for short, long in REASONS.items() if short in used]
    return _HEAD + "\n".join(lines) + "\n\n## Reasons\n\n" + "\n".join(reasons) + "\n"


def cells_of(page: str) -> dict[str, list[str]]:
    """Return the page's columns by heading, without the first."""
    table = [line[2:-2].split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return {heading: list(rest) for heading, *rest in list(zip(*table, strict=True))[1:]}


def _named(operation: str, what: str) -> str:
    return f"`{operation}`, {what}" if what else f"`{operation}`"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
