"""A lease instead of a database lock: after its holder was killed, its row is taken over."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from projects import ENV, Project
from runs import SECONDS, ended, start

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

#: Long enough for a beat on a machine with other things to do, short enough for a test.
EXPIRY = 5.0
LEASED = f"""
from idiolect.hooks.dialects import DialectHooks
from idiolect.runtime.lease import LeaseLock

def leased(self, dialect, connection, request):
    return LeaseLock(connection, request, beat=0.2, expiry={EXPIRY})

DialectHooks.migration_lock = leased
"""
#: Slow the first time.
BODY = """
import pathlib, time
op.create_table('done', sa.Column('word', sa.String(20)))
marker = pathlib.Path({marker!r})
if not marker.exists():
    marker.write_text('')
    time.sleep(1000)
op.execute("INSERT INTO done (word) VALUES ('a')")
"""


@pytest.fixture(params=["postgresql", pytest.param("mariadb", marks=pytest.mark.full)])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """One slow revision, under a lease."""
    made = Project(tmp_path / "project", request.getfixturevalue(f"fresh_{request.param}"))
    made.env(LEASED + ENV)
    made.revision("a", None, BODY.format(marker=str(made.folder / "marker")))
    return made


def _until_at_work(project: Project, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + SECONDS
    while not (project.folder / "marker").exists():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_lease_of_a_killed_run_expires(project: Project) -> None:
    """The one that waits while it lives takes over after the expiry, and has the work done once."""
    holder = start(project, "upgrade", "head")
    late = None
    try:
        _until_at_work(project, holder)
        late = start(project, "upgrade", "head")
        assert late.stdout is not None
        said = ""
        while "Waiting for another migration" not in said:
            line = late.stdout.readline()
            assert line, said
            said += line
        assert late.poll() is None, said
        holder.kill()
        holder.communicate()
        said += late.communicate(timeout=SECONDS)[0]
        assert late.returncode == 0, said
        assert f"The migration of idiolect pid {holder.pid} on " in said
        assert "stopped without releasing its lease; taking over." in said
    finally:
        for process in (holder, late):
            if process is not None:
                process.kill()
                process.wait()
    assert ["a"] == project.rows("SELECT word FROM done")
    assert [] == ended([start(project, "upgrade", "head")])


def test_the_lease_of_a_run_in_a_transaction_of_env_pys(project: Project) -> None:
    """It is released with env.py's transaction: the next run does not wait."""
    project.env(LEASED + ENV.replace("engine.connect()", "engine.begin()"))
    for name, down in (("a", None), ("b", "a")):
        project.revision(name, down)
        options = '{"migration_lock_timeout": 0}'
        assert [] == ended([start(project, "upgrade", "head", options=options)])
        assert [""] == project.rows("SELECT owner FROM alembic_version_lock")
