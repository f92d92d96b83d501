"""What is measured: the scenarios, in the order of the table, and the program's options.

A scenario is a project and commands that run on it one after the other. Each command is run by
Alembic, then by Idiolect, as often as the scenario says; each tool has a copy of the project.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import projects, rebuild, report, servers
from benchmarks.checking import DATABASES, Checking, Measured
from benchmarks.measure import Cost, exponent, imports, median, run
from benchmarks.sides import both

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from benchmarks.sides import Side

NO_INDEX = {"IDIOLECT_NO_INDEX": "1"}
SMALL = ("--help", "heads", "history", "current")
_SETTLING = 2.5
SIZES = (2_500, 5_000, 10_000, 20_000)
QUICK_SIZES = (500, 1_000, 2_000)
#: The history whose cost is taken off: long enough that Idiolect keeps an index of it, as of the
#: others. A shorter one is read anew each time, which needs what the others do without.
LEAST = 100
#: Rows of tables that are made anew; the first are what is taken off.
ROWS = (10, 100_000, 1_000_000)
QUICK_ROWS = (10, 100_000)
TABLES = (500, 2_000)
GROWING_TABLES = (500, 1_000, 2_000)
QUICK_TABLES = (50, 100, 200)
#: Commands whose growth is fitted.
GROWING = ("heads", "history", "branches", "current", "upgrade heads")


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table.

    Attributes:
        words: the subcommand and its arguments.
        environ: variables to set.
        note: what the row says beside the words.
    """

    words: str
    environ: Mapping[str, str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A project and what is run on it.

    Attributes:
        name: the table's heading.
        links: makes the revisions.
        commands: in order; each may build on what the former left in the database.
        repeats: how many pairs are run.
        tables: whether revisions make tables; then the database is empty before each pair.
        database: "sqlite" or "postgresql".
    """

    name: str
    links: Callable[[], Iterable[projects.Link]]
    commands: Sequence[Command]
    repeats: int
    tables: bool = False
    database: str = "sqlite"


def scenarios(*, quick: bool) -> list[Scenario]:
    """Return what the table has, in order."""
    found = [
        Scenario(
            "3 revisions",
            lambda: projects.linear(3),
            [Command(words) for words in SMALL],
            repeats=5 if quick else 15,
        )
    ]
    reading = [
        Command("heads"),
        Command("heads", NO_INDEX, "without index"),
        Command("upgrade heads", note="nothing due"),
        Command("current"),
        Command("history"),
    ]
    found.extend(
        Scenario(f"{count:,} revisions", _linear(count), reading, repeats=3 if quick else 5)
        for count in ((1_000,) if quick else (5_000, 20_000))
    )
    branched = 500 if quick else 2_000
    found.append(
        Scenario(
            f"{branched:,} revisions, 20 branches",
            lambda: projects.branched(branched),
            reading,
            repeats=3 if quick else 15,
        )
    )
    writing = [
        Command("upgrade head --sql"),
        Command("downgrade head:base --sql"),
        Command("upgrade head"),
        Command("downgrade base"),
    ]
    for count in (100,) if quick else (500, 2_000):
        found.extend(
            Scenario(
                f"{count:,} tables, {database}",
                _linear(count),
                writing,
                repeats=3,
                tables=True,
                database=database,
            )
            for database in ("sqlite", "postgresql")
        )
    return found


def _linear(count: int) -> Callable[[], Iterable[projects.Link]]:
    return lambda: projects.linear(count)


class Bench:
    """Runs scenarios in a temporary folder.

    Args:
        sides: the tools.
        folder: where projects are made.
        limit: seconds by the clock after which a command is ended.
        stack: closes what was opened.
    """

    def __init__(
        self, sides: tuple[Side, Side], folder: Path, *, limit: float, stack: ExitStack
    ) -> None:
        self.sides = sides
        self.limit = limit
        self._folder = folder
        self._stack = stack
        self._postgresql: servers.Server | None = None

    def rows(self, scenario: Scenario) -> list[report.Row]:
        """Measure a scenario."""
        place = self._folder / f"scenario{time.monotonic_ns()}"
        bases = [self._project(place / side.name, scenario) for side in self.sides]
        costs: list[tuple[list[Cost], list[Cost]]] = [([], []) for _ in scenario.commands]
        # Idiolect's index takes no file that is just written.
        time.sleep(_SETTLING)
        # The first round is for caches: bytecode, the index, the file system's.
        for number in range(scenario.repeats + 1):
            if scenario.tables:
                for base in bases:
                    base.empty()
            for command, pair in zip(scenario.commands, costs, strict=True):
                for side, base, kept in zip(self.sides, bases, pair, strict=True):
                    if kept and kept[-1].cut:
                        continue  # it would take as long again
                    cost = self._run(side, command, base.folder)
                    if number or cost.cut:
                        kept.append(cost)
        return [
            report.Row(f"`{command.words}`", command.note, *map(median, pair))
            for command, pair in zip(scenario.commands, costs, strict=True)
        ]

    def growth(self, sizes: Sequence[int], repeats: int) -> list[report.Growth]:
        """Fit the exponent of what revisions cost each command beyond the first hundred."""
        columns: dict[str, tuple[list[tuple[int, float]], list[tuple[int, float]]]] = {
            words: ([], []) for words in GROWING
        }
        commands = [Command(words) for words in GROWING]
        least = self.rows(Scenario("", _linear(LEAST), commands, 2 * repeats + 1))
        for size in sizes:
            _progress(f"growth: {size:,} revisions")
            rows = self.rows(Scenario("", _linear(size), commands, repeats))
            for words, row, small in zip(GROWING, rows, least, strict=True):
                for points, cost, base in zip(
                    columns[words],
                    (row.alembic, row.idiolect),
                    (small.alembic, small.idiolect),
                    strict=True,
                ):
                    if not cost.cut:
                        points.append((size - LEAST, cost.cpu - base.cpu))
        return [
            report.Growth(f"`{words}`", *(_fitted(points, len(sizes)) for points in pair))
            for words, pair in columns.items()
        ]

    def imports(self) -> list[report.Imports]:
        """Count what short commands import."""
        scenario = Scenario("", lambda: projects.linear(3), [Command("upgrade heads")], 1)
        place = self._folder / "imports"
        found = []
        bases = [self._project(place / side.name, scenario) for side in self.sides]
        for words in SMALL:
            counts = [
                imports(str(side.python), side.name, words.split(), base.folder)
                for side, base in zip(self.sides, bases, strict=True)
            ]
            found.append(report.Imports(f"`{words}`", counts[0], counts[1]))
        return found

    def _project(self, folder: Path, scenario: Scenario) -> servers.Base:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if scenario.database == "sqlite":
            base = servers.Base(folder, f"sqlite:///{folder / 'data.db'}")
        else:
            if self._postgresql is None:
                self._postgresql = self._stack.enter_context(servers.server("postgresql"))
            base = self._stack.enter_context(self._postgresql.base(folder))
        links = list(scenario.links())
        projects.write_project(folder, links, url=base.url, tables=scenario.tables)
        if not scenario.tables:
            # All is applied, so that nothing is due.
            base.stamp([name for name, *_ in _tips(links)])
        return base

    def _run(self, side: Side, command: Command, folder: Path) -> Cost:
        words = [side.command, *command.words.split()]
        return run(words, folder, limit=self.limit, environ=command.environ)


def _fitted(points: Sequence[tuple[int, float]], wanted: int) -> float | None:
    return exponent(points) if len(points) == wanted else None


def _tips(links: Sequence[projects.Link]) -> list[projects.Link]:
    below: set[str] = set()
    for _, down, depends in links:
        below.update((down,) if isinstance(down, str) else down or ())
        below.update(() if depends is None else (depends,))
    return [link for link in links if link[0] not in below]


def _progress(text: str) -> None:
    sys.stderr.write(f"... {text}\n")


def _check(bench: Bench, printer: report.Printer, options: argparse.Namespace) -> None:
    """Measure comparisons with databases."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        limit = max(options.limit, 60)
        checking = Checking(bench.sides, folder, repeats=3, limit=limit, stack=stack)
        for database in DATABASES:
            for tables in QUICK_TABLES if options.quick else TABLES:
                _progress(f"check, {tables:,} tables, {database}")
                printer.checks(checking.measured(database, tables))
        growing = QUICK_TABLES if options.quick else GROWING_TABLES
        rows = [checking.growth(database, growing) for database in DATABASES]
        printer.checks(Measured("growth of comparisons", rows))


def main() -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small projects: a minute or two")
    parser.add_argument("--limit", type=float, default=60, help="seconds until a command is ended")
    parser.add_argument("--only", default="", help="scenarios whose name holds this text")
    parser.add_argument("--ratios", action="store_true", help="print ratios alone, as Markdown")
    options = parser.parse_args()
    printer = report.Printer(ratios=options.ratios)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        bench = Bench(both(), folder, limit=options.limit, stack=stack)
        for scenario in scenarios(quick=options.quick):
            if options.only in scenario.name:
                _progress(scenario.name)
                printer.rows(scenario.name, bench.rows(scenario))
        if options.only in "imports":
            printer.imports(bench.imports())
        if options.only in "rebuild":
            rebuilt = QUICK_ROWS if options.quick else ROWS
            _progress("rebuild")
            place = folder / "rebuild"
            printer.rebuilds(
                rebuild.rows(bench.sides, place, rebuilt, repeats=5, limit=options.limit)
            )
        if options.only in "check":
            _check(bench, printer, options)
        if options.only in "growth":
            sizes = QUICK_SIZES if options.quick else SIZES
            printer.growth(sizes, bench.growth(sizes, repeats=3))
    return 0
