"""Prints what was measured, as Markdown tables: with figures, or with their ratios alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.checking import Measured
    from benchmarks.measure import Cost

#: From here on no fractions are shown.
_LARGE = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One command of a scenario.

    Attributes:
        command: its words.
        note: what else is to be said.
        alembic: the median of its costs.
        idiolect: likewise.
    """

    command: str
    note: str
    alembic: Cost
    idiolect: Cost


@dataclass(frozen=True, slots=True)
class Growth:
    """The exponents of one command's cost; None where a size took longer than the limit."""

    command: str
    alembic: float | None
    idiolect: float | None


@dataclass(frozen=True, slots=True)
class Imports:
    """How many modules one command imports."""

    command: str
    alembic: int
    idiolect: int


@dataclass(frozen=True, slots=True)
class Rebuild:
    """One program that makes a table anew.

    Attributes:
        rows: how many the table has.
        program: its name.
        cost: the median of its costs.
        least: the same on a small table.
        hand: what the statements alone cost, by hand.
        hand_least: the same on a small table.
    """

    rows: int
    program: str
    cost: Cost
    least: Cost
    hand: Cost
    hand_least: Cost

    @property
    def ratio(self) -> float:
        """How many times the CPU of the work by hand, starting taken off."""
        return (self.cost.cpu - self.least.cpu) / (self.hand.cpu - self.hand_least.cpu)


class Printer:
    """Writes tables to standard output, each as soon as it is known.

    Args:
        ratios: leave out what depends on the machine.
    """

    def __init__(self, *, ratios: bool) -> None:
        self._ratios = ratios

    def rows(self, name: str, rows: Sequence[Row]) -> None:
        """Print a scenario."""
        if self._ratios:
            _table((name, "CPU, Alembic : Idiolect", "memory"), [_ratios(row) for row in rows])
            return
        heads = ("Alembic ms", "Idiolect ms", "ratio", "Alembic MB", "Idiolect MB", "ratio")
        _table((name, *heads), [_figures(row) for row in rows])

    def imports(self, rows: Sequence[Imports]) -> None:
        """Print numbers of modules."""
        cells = [(row.command, f"{row.alembic}", f"{row.idiolect}") for row in rows]
        _table(("modules imported", "Alembic", "Idiolect"), cells)

    def rebuilds(self, rows: Sequence[Rebuild]) -> None:
        """Print what it costs to make a table anew."""
        heads = ("rows, program", "CPU, by hand = 1", "memory, 10 rows = 1")
        figures = () if self._ratios else ("ms", "MB")
        cells = []
        for row in rows:
            cell = [f"{row.rows:,}, {row.program}", f"{row.ratio:.2f}"]
            cell.append(f"{row.cost.memory / row.least.memory:.2f}")
            if figures:
                cell += [f"{row.cost.cpu * 1000:,.0f}", f"{row.cost.memory:.0f}"]
            cells.append(cell)
        _table((*heads, *figures), cells)

    def checks(self, measured: Measured) -> None:
        """Print comparisons with a database."""
        cells = []
        for row in measured.rows:
            figures = [_figure(row.alembic), _figure(row.idiolect)]
            # What is a ratio already has none.
            plain = ":" in row.what or "exponent" in row.what
            ratio = "" if plain else f"{row.alembic / row.idiolect:.2f}"
            if self._ratios and not plain and row.what != "queries":
                figures = ["", ""]
            cells.append((row.what, *figures, ratio))
        _table((measured.name, "Alembic", "Idiolect", "Alembic : Idiolect"), cells)

    def growth(self, sizes: Sequence[int], rows: Sequence[Growth]) -> None:
        """Print exponents."""
        name = f"exponent, {sizes[0]:,} to {sizes[-1]:,} revisions"
        cells = [(row.command, _exponent(row.alembic), _exponent(row.idiolect)) for row in rows]
        _table((name, "Alembic", "Idiolect"), cells)


def _figures(row: Row) -> tuple[str, ...]:
    name, cpu, memory = _ratios(row)
    one, two = row.alembic, row.idiolect
    return (
        name,
        _bounded(one, f"{one.cpu * 1000:,.0f}"),
        _bounded(two, f"{two.cpu * 1000:,.0f}"),
        cpu,
        f"{one.memory:.0f}",
        f"{two.memory:.0f}",
        memory,
    )


def _ratios(row: Row) -> tuple[str, str, str]:
    name = f"{row.command}, {row.note}" if row.note else row.command
    cpu = row.alembic.cpu / row.idiolect.cpu
    memory = row.alembic.memory / row.idiolect.memory
    return name, _bounded(row.alembic, f"{cpu:.2f}"), _bounded(row.alembic, f"{memory:.2f}")


def _bounded(cost: Cost, text: str) -> str:
    return f"> {text}" if cost.cut else text


def _figure(value: float) -> str:
    is_ratio = value < _LARGE and value != int(value)
    return f"{value:,.2f}" if is_ratio else f"{value:,.0f}"


def _exponent(value: float | None) -> str:
    return "over the limit" if value is None else f"{value:.2f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [heads, ["-" * width for width in widths], *rows]
    for cells in lines:
        first, *rest = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        print(f"| {' | '.join([first, *rest])} |", flush=True)  # noqa: T201 - a program's output
    print(flush=True)  # noqa: T201 - as above
