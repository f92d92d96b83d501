"""What it costs to compare: `check` without differences on hundreds of tables, on each database.

Beside the whole command it measures the comparison alone, which is `compare_metadata()` inside of
a program, the number of queries, and the time by the clock where each query waits as on a
network. Used by the suite.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import projects, servers
from benchmarks.measure import exponent, median, run, user_environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.sides import Side

DATABASES = ("sqlite", "postgresql", "mariadb")
#: Seconds that each query waits.
LATENCY = 0.002
#: Every so many tables have a column that the database does not have.
_DIFFERING = 100
_TABLES, _DIFFER, _LATENCY, _COUNT = "TABLES", "DIFFER", "LATENCY", "COUNT"

MODELS = f"""\
import os

import sqlalchemy as sa

metadata = sa.MetaData()
TRUE = sa.text("true" if os.environ.get("DATABASE") == "postgresql" else "1")

for number in range(int(os.environ["{_TABLES}"])):
    name = f"table_{{number:04}}"
    table = sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "parent_id",
            sa.ForeignKey(f"table_{{number // 7:04}}.id", name=f"fk_{{name}}", ondelete="CASCADE"),
        ),
        sa.Column("name", sa.String(50), nullable=False, comment="what it is called"),
        sa.Column("code", sa.String(20), nullable=False, server_default="none"),
        sa.Column("amount", sa.Numeric(10, 2), nullable=False, server_default=sa.text("0")),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("note", sa.Text, comment=f"remarks on {{name}}"),
        sa.Column("active", sa.Boolean, nullable=False, server_default=TRUE),
        sa.Column("quantity", sa.BigInteger, server_default=sa.text("1")),
        sa.Column("day", sa.Date),
        sa.Index(f"ix_{{name}}_name", "name"),
        sa.Index(f"ix_{{name}}_made_day", "made", "day"),
        sa.UniqueConstraint("code", "name", name=f"uq_{{name}}"),
        comment=f"all about {{name}}",
    )
    if "{_DIFFER}" in os.environ and number % {_DIFFERING} == 0:
        table.append_column(sa.Column("extra", sa.Integer))
"""

ENV = f"""\
import os
import time

from sqlalchemy import create_engine, event, pool

from alembic import context
from models import metadata

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
sent = []
if "{_LATENCY}" in os.environ or "{_COUNT}" in os.environ:

    @event.listens_for(engine, "before_cursor_execute")
    def wait(*given):
        time.sleep(float(os.environ.get("{_LATENCY}", "0")))
        sent.append(given[2])

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
if "{_COUNT}" in os.environ:
    with open(os.environ["{_COUNT}"], "w") as file:
        file.write(str(len(sent)))
"""

#: Prints the CPU seconds of a comparison. Arguments: the tool, the URL.
ALONE = """\
import importlib
import sys
import time

import sqlalchemy as sa

from models import metadata

tool, url = sys.argv[1:]
compare = importlib.import_module(f"{tool}.autogenerate").compare_metadata
configure = importlib.import_module(f"{tool}.migration").MigrationContext.configure
with sa.create_engine(url).connect() as connection:
    context = configure(connection)
    start = time.process_time()
    compare(context, metadata)
    print(time.process_time() - start)
"""

#: Makes the tables. Argument: the URL.
MAKE = """\
import sys

import sqlalchemy as sa

from models import metadata

with sa.create_engine(sys.argv[1]).begin() as connection:
    metadata.create_all(connection)
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One line: a figure of both tools.

    Attributes:
        what: what was measured, with its unit.
        alembic: the figure.
        idiolect: likewise.
    """

    what: str
    alembic: float
    idiolect: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Both tools on one database.

    Attributes:
        name: the table's heading.
        rows: the figures.
    """

    name: str
    rows: Sequence[Check]


class Checking:
    """Compares models with databases.

    Args:
        sides: the tools.
        folder: where projects are made.
        repeats: how many pairs are run.
        limit: seconds after which a command is ended.
        stack: closes what was opened.
    """

    def __init__(
        self,
        sides: tuple[Side, Side],
        folder: Path,
        *,
        repeats: int,
        limit: float,
        stack: ExitStack,
    ) -> None:
        self._sides = sides
        self._folder = folder
        self._repeats = repeats
        self._limit = limit
        self._stack = stack
        self._servers: dict[str, servers.Server] = {}

    def measured(self, database: str, tables: int) -> Measured:
        """Measure all on one database.

        Args:
            database: its name.
            tables: how many there are.
        """
        with ExitStack() as stack:
            base = self._base(database, tables, stack)
            environ = {_TABLES: str(tables), "DATABASE": database}
            rows = [self._queries(base, environ), *self._commands(base, environ)]
            rows.append(self._alone(base, environ))
            if database != "sqlite":
                rows.append(self._clock(base, environ))
            rows.append(self._differing(base, environ))
        return Measured(f"check, {tables:,} tables, {database}", rows)

    def growth(self, database: str, sizes: Sequence[int]) -> Check:
        """Fit the exponent of the comparison alone."""
        points: tuple[list[tuple[int, float]], ...] = ([], [])
        for size in sizes:
            with ExitStack() as stack:
                base = self._base(database, size, stack)
                environ = {_TABLES: str(size), "DATABASE": database}
                row = self._alone(base, environ)
                for figures, cost in zip(points, (row.alembic, row.idiolect), strict=True):
                    figures.append((size, cost))
        name = f"exponent of the comparison, {sizes[0]:,} to {sizes[-1]:,} tables, {database}"
        return Check(name, *(exponent(figures) for figures in points))

    def _base(self, database: str, tables: int, stack: ExitStack) -> servers.Base:
        """Make a project and its database with all tables."""
        folder = self._folder / f"check{time.monotonic_ns()}"
        folder.mkdir(parents=True)
        if database == "sqlite":
            base = servers.Base(folder / "project", f"sqlite:///{folder / 'data.db'}")
        else:
            if database not in self._servers:
                server = self._stack.enter_context(servers.server(database))
                self._servers[database] = server
            base = stack.enter_context(self._servers[database].base(folder / "project"))
        projects.write_project(base.folder, projects.linear(1), url=base.url)
        (base.folder / "migrations" / "env.py").write_text(ENV, encoding="utf-8")
        for name, text in (("models", MODELS), ("alone", ALONE), ("make", MAKE)):
            (base.folder / f"{name}.py").write_text(text, encoding="utf-8")
        environ = {_TABLES: str(tables), "DATABASE": database}
        self._program(self._sides[0], base, environ, "make.py", base.url)
        base.stamp([name for name, *_ in projects.linear(1)])
        return base

    def _program(self, side: Side, base: servers.Base, environ: dict[str, str], *words: str) -> str:
        done = subprocess.run(  # noqa: S603 - own programs
            [str(side.python), *words],
            cwd=base.folder,
            env=user_environment() | environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def _queries(self, base: servers.Base, environ: dict[str, str]) -> Check:
        file = base.folder / "count.txt"
        counts = []
        for side in self._sides:
            more = {**environ, _COUNT: str(file)}
            run([side.command, "check"], base.folder, limit=self._limit, environ=more)
            counts.append(int(file.read_text(encoding="utf-8")))
        return Check("queries", *counts)

    def _commands(self, base: servers.Base, environ: dict[str, str]) -> list[Check]:
        """Return CPU and memory of the whole command."""
        costs: tuple[list[float], list[float]] = ([], [])
        memory: tuple[list[float], list[float]] = ([], [])
        for number in range(self._repeats + 1):
            for side, seconds, megabytes in zip(self._sides, costs, memory, strict=True):
                words = [side.command, "check"]
                cost = run(words, base.folder, limit=self._limit, environ=environ)
                if number:
                    seconds.append(cost.cpu * 1000)
                    megabytes.append(cost.memory)
        return [
            Check("CPU of the command, ms", *map(statistics.median, costs)),
            Check("memory, MB", *map(statistics.median, memory)),
        ]

    def _alone(self, base: servers.Base, environ: dict[str, str]) -> Check:
        costs: tuple[list[float], list[float]] = ([], [])
        for number in range(self._repeats + 1):
            for side, seconds in zip(self._sides, costs, strict=True):
                told = self._program(side, base, environ, "alone.py", side.name, base.url)
                if number:
                    seconds.append(float(told) * 1000)
        return Check("CPU of the comparison, ms", *map(statistics.median, costs))

    def _clock(self, base: servers.Base, environ: dict[str, str]) -> Check:
        """Return the time by the clock, where each query waits."""
        times: tuple[list[float], list[float]] = ([], [])
        more = {**environ, _LATENCY: str(LATENCY)}
        for _ in range(self._repeats):
            for side, seconds in zip(self._sides, times, strict=True):
                start = time.perf_counter()
                run([side.command, "check"], base.folder, limit=self._limit, environ=more)
                seconds.append((time.perf_counter() - start) * 1000)
        return Check(
            f"by the clock, {LATENCY * 1000:.0f} ms a query, ms", *map(statistics.median, times)
        )

    def _differing(self, base: servers.Base, environ: dict[str, str]) -> Check:
        """Return how many times more CPU it takes if one table in a hundred differs."""
        ratios = []
        for side in self._sides:
            costs = []
            for more in ({}, {_DIFFER: "1"}):
                each = [
                    run(
                        [side.command, "check"],
                        base.folder,
                        limit=self._limit,
                        environ={**environ, **more},
                        may_fail=bool(more),
                    )
                    for _ in range(self._repeats)
                ]
                costs.append(median(each).cpu)
            ratios.append(costs[1] / costs[0])
        return Check("CPU with 1 % of tables differing : with none", *ratios)
