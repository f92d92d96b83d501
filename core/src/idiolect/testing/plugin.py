"""The pytest plugin of the contract suite: the table at the end of a run, and its options.

Add ``idiolect.testing.plugin`` to ``pytest_plugins`` in the root conftest.py, or run
``pytest -p idiolect.testing.plugin``. Without it the tests are the same, but no table is printed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.testing.capabilities import clause_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from _pytest.terminal import TerminalReporter

_PROPERTY = "idiolect_contract"
_TABLE = "idiolect_contract_table"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    group = parser.getgroup("idiolect")
    group.addoption(
        "--contract-report",
        type=Path,
        metavar="FILE",
        help="write the contract's table as Markdown",
    )
    group.addoption(
        "--contract-answers",
        action="store_true",
        help="print declarations for the capabilities that failed",
    )
    group.addoption(
        "--write-golden", action="store_true", help="update the expected scripts of the contract"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Create the table."""
    config.pluginmanager.register(_Table(), _TABLE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record the capability and the dialect with the result."""
    report = yield
    about = _about(item)
    decides = report.when == "call" or report.outcome != "passed"
    if about is not None and decides:
        cls, key = about
        from idiolect.testing.report import cell

        # longrepr of a skip is a tuple of file, line and prefixed reason.
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        text = cell(report.outcome, reason.removeprefix("Skipped: "), cls.answer(key))
        report.user_properties.append((_PROPERTY, [cls.dialect, cls.untried, key, text]))
    return report


class _Table:
    """Collects cells; with pytest-xdist in the controller process, which runs no tests."""

    def __init__(self) -> None:
        self.cells: dict[str, dict[str, list[str]]] = {}
        self.untried: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the data of a report."""
        for name, value in report.user_properties:
            if name == _PROPERTY:
                found: Any = value
                dialect, untried, key, text = found
                self.cells.setdefault(dialect, {}).setdefault(key, []).append(text)
                self.untried[dialect] = untried

    def pytest_terminal_summary(
        self, terminalreporter: TerminalReporter, config: pytest.Config
    ) -> None:
        """Print the table, and write it to a file if requested."""
        if not self.cells:
            return
        # Imported here because it loads SQLAlchemy, which other test runs do not need.
        from idiolect.testing import report

        columns = {
            dialect: {key: report.worst(texts) for key, texts in found.items()}
            for dialect, found in self.cells.items()
        }
        rows = report.rows_with(columns.values())
        for dialect, cells in columns.items():
            passed = sum(text == report.PASS for text in cells.values())
            terminalreporter.section(f"contract of {dialect}: {passed} of {len(cells)} pass")
            lines = report.lines_of(
                rows, cells, self.untried[dialect], every=config.get_verbosity() > 0
            )
            if config.getoption("--contract-answers"):
                lines += report.answers_for(cells)
            for line in lines:
                terminalreporter.write_line(line)
        target: Path | None = config.getoption("--contract-report")
        if target is not None:
            target.write_text(report.markdown(rows, columns), encoding="utf-8")
            terminalreporter.write_line(f"written: {target}")


def _about(item: Any) -> tuple[Any, str] | None:
    cls = getattr(item, "cls", None)
    if not getattr(cls, "dialect", "") or not hasattr(cls, "known_capabilities"):
        return None
    about = clause_of(getattr(cls, item.originalname, None))
    if about is None:
        operation = item.callspec.params.get("operation") if hasattr(item, "callspec") else None
        return (cls, operation.name) if operation is not None else None
    return cls, about.capability or item.originalname
