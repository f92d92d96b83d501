"""Signals that end a run during a long statement: the process ends, and a message says where."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from projects import Project

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 300
LONG = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e11)"
    " SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(3000)",
    "mariadb": "SELECT SLEEP(3000)",
}
INI = """
[idiolect]
script_location = {folder}
sqlalchemy.url = {url}
"""
ENV = """
from sqlalchemy import NullPool, create_engine
from idiolect import context

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
ASYNC_ENV = """
import asyncio
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine
from idiolect import context

def migrate(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    url = context.config.get_main_option("sqlalchemy.url")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)

asyncio.run(main())
"""
BODY = """
import pathlib
op.create_table('t', sa.Column('i', sa.Integer))
pathlib.Path({marker!r}).write_text('')
{statement}
"""
PLACES = {
    "statement": "op.execute({!r})",
    "autocommit": "with op.get_context().autocommit_block():\n    op.execute({!r})",
}


def _heed_signals() -> None:
    # Whoever started the tests may ignore them for what runs behind.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("kind", "env", "number"),
    [
        pytest.param("sqlite", ENV, signal.SIGTERM, id="sqlite-SIGTERM"),
        pytest.param("sqlite", ENV, signal.SIGHUP, id="sqlite-SIGHUP"),
        pytest.param("postgresql", ENV, signal.SIGTERM, id="postgresql-SIGTERM"),
        pytest.param("postgresql", ASYNC_ENV, signal.SIGTERM, id="async-SIGTERM"),
        pytest.param(
            "postgresql", ASYNC_ENV, signal.SIGINT, id="async-SIGINT", marks=pytest.mark.full
        ),
        pytest.param(
            "postgresql", ENV, signal.SIGINT, id="postgresql-SIGINT", marks=pytest.mark.full
        ),
        pytest.param("mariadb", ENV, signal.SIGINT, id="mariadb-SIGINT", marks=pytest.mark.mariadb),
    ],
)
def test_a_long_statement(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    *,
    place: str,
    kind: str,
    env: str,
    number: signal.Signals,
) -> None:
    """The process ends soon, with the conventional status; the message names the revision."""
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path}/x.db"
    else:
        url = request.getfixturevalue(f"fresh_{kind}")
    project = Project(tmp_path / "project", url)
    project.env(env)
    marker = tmp_path / "marker"
    statement = PLACES[place].format(LONG[kind])
    project.revision("a", None, BODY.format(marker=str(marker), statement=statement))
    ini = tmp_path / "idiolect.ini"
    ini.write_text(INI.format(folder=project.folder, url=url.replace("%", "%%")))
    process = subprocess.Popen(
        [sys.executable, "-m", "idiolect", "-c", str(ini), "upgrade", "head"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_heed_signals,  # noqa: PLW1509 - no threads here
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    deadline = time.monotonic() + SECONDS
    while not marker.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.7)
    process.send_signal(number)
    try:
        output = process.communicate(timeout=SECONDS)[0]
    finally:
        process.kill()
        process.communicate()
    assert 128 + number == process.returncode, output
    assert f"Interrupted by {number.name} in upgrade() of revision 'a'" in output
    assert [] == project.heads()
