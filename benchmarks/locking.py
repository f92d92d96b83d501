"""What the migration lock costs: where nothing is due, and on many small revisions.

A program of its own: `.venv/bin/python benchmarks/locking.py`, with an interpreter that has
Idiolect and its plugins. SQLite is always measured; POSTGRESQL_URL and MARIADB_URL name servers for
others. What is sent is counted where the driver gets it; begins, commits and rollbacks count too.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from journal import REVISION, database
from sqlalchemy import event

from idiolect import command
from idiolect.config import Config

REVISIONS, ROUNDS = 500, 20
ENV = """
from idiolect import context

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


@dataclass(slots=True)
class Run:
    """What one run took.

    Attributes:
        sent: how often something was sent to the database.
        cpu: milliseconds of this process.
        clock: milliseconds by the clock.
    """

    sent: int
    cpu: float
    clock: float


def main() -> None:
    """Print four lines for each database."""
    for name in ("SQLITE", "POSTGRESQL", "MARIADB"):
        server = os.environ.get(f"{name}_URL", "")
        if server or name == "SQLITE":
            with tempfile.TemporaryDirectory() as folder:
                measure(name.lower(), Path(folder), server)


def measure(name: str, folder: Path, server: str) -> None:
    """Print what runs take with the lock and with ``--no-lock``, in turns; the fastest counts.

    The lock costs a run the same however many revisions it has, as what is sent shows. So its time
    is measured where little else takes any, and set beside that of many revisions.
    """
    write(folder)
    nothing: dict[bool, list[Run]] = {True: [], False: []}
    one: dict[bool, list[Run]] = {True: [], False: []}
    for number in range(2 * ROUNDS):
        lock = bool(number % 2)
        with database(folder, server) as url:
            one[lock].append(run(folder, url, "r0", lock=lock))
            nothing[lock].append(run(folder, url, "r0", lock=lock))
    many: dict[bool, list[Run]] = {}
    for lock in (True, False):
        with database(folder, server) as url:
            many[lock] = [run(folder, url, "head", lock=lock)]
    for what, runs in (
        ("nothing due", nothing),
        ("upgrade of one revision", one),
        (f"upgrade of {REVISIONS} revisions", many),
    ):
        locked, free = fastest(runs[True]), fastest(runs[False])
        sys.stdout.write(
            f"{name:<12} {what:<26} sent {locked.sent:5} : {free.sent:5}   "
            f"CPU {locked.cpu:7.1f} : {free.cpu:7.1f} ms   "
            f"clock {locked.clock:7.1f} : {free.clock:7.1f} ms\n"
        )
    locked, free, all_ = fastest(one[True]), fastest(one[False]), fastest(many[True] + many[False])
    cpu, clock = (locked.cpu - free.cpu) / all_.cpu, (locked.clock - free.clock) / all_.clock
    sys.stdout.write(
        f"{name:<12} the lock beside {REVISIONS} revisions: CPU {100 * cpu:.2f} %, "
        f"clock {100 * clock:.2f} %\n"
    )


def run(folder: Path, url: str, revision: str, *, lock: bool) -> Run:
    """Upgrade a database."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    sent = [0]

    def count(*_: Any, **_kw: Any) -> None:
        sent[0] += 1

    for moment in ("before_cursor_execute", "begin", "commit", "rollback"):
        event.listen(engine, moment, count)
    if engine.dialect.name == "sqlite":
        # The plugin sends some past SQLAlchemy.
        event.listen(engine, "connect", lambda driver, _: driver.set_trace_callback(count))
        for moment in ("before_cursor_execute", "begin", "commit", "rollback"):
            event.remove(engine, moment, count)
    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(folder))
    cpu, clock = time.process_time(), time.perf_counter()
    command.upgrade(config, revision, lock=lock)
    return Run(
        sent[0],
        1000 * (time.process_time() - cpu),
        1000 * (time.perf_counter() - clock),
    )


def fastest(runs: list[Run]) -> Run:
    """Return the least of each figure."""
    return Run(
        min(each.sent for each in runs),
        min(each.cpu for each in runs),
        min(each.clock for each in runs),
    )


def write(folder: Path) -> None:
    """Write the project."""
    (folder / "versions").mkdir()
    (folder / "env.py").write_text(ENV, encoding="utf-8")
    for number in range(REVISIONS):
        down = f"r{number - 1}" if number else None
        text = REVISION.format(number=number, down=down)
        (folder / "versions" / f"r{number}.py").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
