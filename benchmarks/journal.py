"""What the statement journal costs a revision: the same runs with it and without it, in turns.

A program of its own: `.venv/bin/python benchmarks/journal.py`, with an interpreter that has
Idiolect and its plugins. SQLite is always measured; POSTGRESQL_URL and MARIADB_URL name servers for
others. Of each revision the fastest run counts, so that what else the machine does counts little.
"""

from __future__ import annotations

import itertools
import os
import statistics
import sys
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from idiolect import command
from idiolect.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

REVISIONS, ROUNDS = 50, 7
ENV = """
import time
import sqlalchemy as sa
from idiolect import context

engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=sa.NullPool)
with engine.connect() as connection:
    attributes = context.config.attributes
    context.configure(
        connection=connection,
        journal=attributes["journal"],
        on_version_apply=lambda **_: attributes["times"].append(time.perf_counter()),
    )
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = """
from idiolect import op
import sqlalchemy as sa
revision = "r{number}"
down_revision = {down!r}
def upgrade():
    op.create_table("t{number}", sa.Column("id", sa.Integer, primary_key=True))
"""


def main() -> None:
    """Print a line for each database."""
    sys.stdout.write("milliseconds a revision of one DDL statement\n")
    for name in ("SQLITE", "POSTGRESQL", "MARIADB"):
        server = os.environ.get(f"{name}_URL", "")
        if server or name == "SQLITE":
            with tempfile.TemporaryDirectory() as folder:
                on, off = measured(Path(folder), server)
            sys.stdout.write(
                f"{name.lower():<12} without {off:6.2f}   with {on:6.2f}   more {on - off:6.2f}\n"
            )


def measured(folder: Path, server: str) -> tuple[float, float]:
    """Return what a revision takes with the journal and without, in milliseconds."""
    write(folder)
    taken: dict[bool, list[list[float]]] = {True: [], False: []}
    for number in range(2 * ROUNDS):
        journal = bool(number % 2)
        times: list[float] = []
        with database(folder, server) as url:
            config = Config(attributes={"journal": journal, "times": times})
            config.set_main_option("script_location", str(folder))
            config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
            command.upgrade(config, "head")
        taken[journal].append([later - sooner for sooner, later in itertools.pairwise(times)])
    return fastest(taken[True]), fastest(taken[False])


def fastest(rounds: list[list[float]]) -> float:
    """Return the mean of each revision's fastest run, in milliseconds."""
    return 1000 * statistics.fmean(min(runs) for runs in zip(*rounds, strict=True))


def write(folder: Path) -> None:
    """Write the project."""
    (folder / "versions").mkdir()
    (folder / "env.py").write_text(ENV, encoding="utf-8")
    for number in range(REVISIONS):
        down = f"r{number - 1}" if number else None
        text = REVISION.format(number=number, down=down)
        (folder / "versions" / f"r{number}.py").write_text(text, encoding="utf-8")


@contextmanager
def database(folder: Path, server: str) -> Iterator[str]:
    """Give the URL of an empty database."""
    name = f"journal_{uuid.uuid4().hex[:12]}"
    if not server:
        yield f"sqlite:///{folder / name}.db"
        return
    engine = sa.create_engine(server, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name}"))


if __name__ == "__main__":
    main()
