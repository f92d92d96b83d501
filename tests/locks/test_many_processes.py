"""Several runs at once on one database: one works, the others wait and find nothing to do."""

from __future__ import annotations

import re
import signal
import time
from typing import TYPE_CHECKING

import pytest
from projects import Project
from runs import SECONDS, ended, start
from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

STEPWISE = '{"transaction_per_migration": true}'
#: Each writes one row; the first one makes the table.
BODY = """
{table}
import time
time.sleep({seconds})
op.execute("INSERT INTO done (word) VALUES ('{name}')")
"""
TABLE = "op.create_table('done', sa.Column('word', sa.String(20)))"
IDS = ("r0", "r1", "r2", "r3")


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/x.db"
    given: str = request.getfixturevalue(f"fresh_{request.param}")
    return given


@pytest.fixture
def project(tmp_path: Path, url: str) -> Project:
    """Four revisions that leave a row each."""
    made = Project(tmp_path / "project", url)
    _write(made, slow=None)
    return made


def _write(project: Project, *, slow: str | None, seconds: float = 2) -> None:
    for number, name in enumerate(IDS):
        project.revision(
            name,
            IDS[number - 1] if number else None,
            BODY.format(
                name=name,
                table="" if number else TABLE,
                seconds=seconds if name == slow else 0,
            ),
        )


@pytest.mark.parametrize(
    ("begin", "slow", "options"),
    [
        pytest.param("empty", None, "{}", id="fast from empty", marks=pytest.mark.full),
        pytest.param("empty", "first", STEPWISE, id="slow from empty, step by step"),
        pytest.param("middle", "first", "{}", id="slow from the middle"),
        pytest.param("middle", None, STEPWISE, id="fast from the middle", marks=pytest.mark.full),
    ],
)
def test_at_once(project: Project, begin: str, slow: str | None, options: str) -> None:
    """All succeed, and each row exists once."""
    if begin == "middle":
        project.upgrade("r1")
    _write(project, slow=slow and ("r2" if begin == "middle" else "r0"))
    assert [] == ended([start(project, "upgrade", "head", options=options) for _ in range(4)])
    assert list(IDS) == sorted(project.rows("SELECT word FROM done"))
    assert ["r3"] == project.heads()


@pytest.mark.parametrize("words", [("stamp", "r3"), ("ensure_version",)], ids=["stamp", "ensure"])
def test_other_commands_at_once(project: Project, words: tuple[str, ...]) -> None:
    """The version table is created once."""
    assert [] == ended([start(project, *words) for _ in range(4)])
    assert (["r3"] if words[0] == "stamp" else []) == project.heads()


def _until_holder_works(project: Project, process: subprocess.Popen[str]) -> None:
    """Wait until the slow revision of a process is under way."""
    marker = project.folder / "marker"
    deadline = time.monotonic() + SECONDS
    while not marker.exists():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.02)


#: Slow the first time.
MARK = """
import pathlib, time
op.create_table('done', sa.Column('word', sa.String(20)))
marker = pathlib.Path({marker!r})
if not marker.exists():
    marker.write_text('')
    time.sleep({seconds})
op.execute("INSERT INTO done (word) VALUES ('a')")
"""


@pytest.fixture
def held(tmp_path: Path, url: str) -> Iterator[tuple[Project, subprocess.Popen[str]]]:
    """A project whose only revision is being run by another process."""
    project = Project(tmp_path / "project", url)
    marker = str(project.folder / "marker")
    project.revision("a", None, MARK.format(marker=marker, seconds=1000))
    process = start(project, "upgrade", "head")
    _until_holder_works(project, process)
    yield project, process
    if process.poll() is None:
        process.kill()
        process.communicate()


def test_a_late_one_waits_as_long_as_it_may(
    held: tuple[Project, subprocess.Popen[str]],
) -> None:
    """After the timeout it reports who holds the lock, changes nothing and fails."""
    project, holder = held
    late = start(project, "upgrade", "head", options='{"migration_lock_timeout": 1}')
    output = late.communicate(timeout=SECONDS)[0]
    assert late.returncode == 1
    assert "Waiting for another migration" in output
    # On a busy machine the last poll may come late: the seconds told are those that it waited.
    told = r"LockTimeoutError: Waited \d+ s for another migration of 'alembic_version'"
    assert re.search(told, output) is not None
    if "postgresql" in project.url:
        assert f"idiolect pid {holder.pid} on " in output
    if "mariadb" in project.url:
        assert "connection " in output
    assert holder.poll() is None


def test_the_lock_of_a_killed_run_is_free(
    held: tuple[Project, subprocess.Popen[str]],
) -> None:
    """The next one gets it, long before the work of the killed one would have ended."""
    project, holder = held
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    assert [] == ended([start(project, "upgrade", "head")])
    assert ["a"] == project.rows("SELECT word FROM done")


def test_current_does_not_wait(held: tuple[Project, subprocess.Popen[str]]) -> None:
    """Readers do not wait."""
    project, holder = held
    assert [] == ended([start(project, "current")])
    assert holder.poll() is None


@pytest.mark.parametrize("url", ["mariadb"], indirect=True)
def test_repair_waits(held: tuple[Project, subprocess.Popen[str]]) -> None:
    """A running revision is not unfinished: it is not repaired unless forced."""
    project, holder = held
    late = start(project, "repair", "last", options='{"migration_lock_timeout": 1}')
    output = late.communicate(timeout=SECONDS)[0]
    assert late.returncode == 1
    assert "LockTimeoutError" in output
    assert [] == ended([start(project, "repair", "last", options='{"migration_lock": false}')])
    assert holder.poll() is None


def test_an_interrupted_wait_ends(held: tuple[Project, subprocess.Popen[str]]) -> None:
    """SIGINT ends a waiting run; the running one continues."""
    project, holder = held
    late = start(project, "upgrade", "head")
    lines = []
    assert late.stdout is not None
    for line in late.stdout:
        lines.append(line)
        if "Waiting" in line:
            break
    late.send_signal(signal.SIGINT)
    late.communicate(timeout=SECONDS)
    assert late.returncode != 0, lines
    assert holder.poll() is None


@pytest.mark.parametrize("block", ["autocommit", "commit"])
def test_a_commit_in_the_middle_of_a_revision(tmp_path: Path, url: str, block: str) -> None:
    """Nobody comes between, though the transaction has ended."""
    project = Project(tmp_path / "project", url)
    pause = "with op.get_context().autocommit_block():\n    time.sleep(1.5)"
    if block == "commit":
        pause = "op.get_bind().commit()\ntime.sleep(1.5)"
    body = f"import time\n{TABLE}\n{pause}\nop.execute(\"INSERT INTO done (word) VALUES ('a')\")"
    project.revision("a", None, body)
    assert [] == ended([start(project, "upgrade", "head") for _ in range(4)])
    assert ["a"] == project.rows("SELECT word FROM done")


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_waiting_beside_a_concurrent_index(tmp_path: Path, url: str) -> None:
    """CREATE INDEX CONCURRENTLY waits for old snapshots; those who wait for the lock have none."""
    project = Project(tmp_path / "project", url)
    body = """
    import time
    op.create_table("t", sa.Column("a", sa.Integer))
    with op.get_context().autocommit_block():
        time.sleep(3)
        op.create_index("i", "t", ["a"], postgresql_concurrently=True)
    """
    project.revision("a", None, body)
    first = start(project, "upgrade", "head")
    time.sleep(1.5)
    late = [start(project, "upgrade", "head") for _ in range(3)]
    assert [] == ended([first, *late])
    assert ["i"] == project.rows("SELECT indexname FROM pg_indexes WHERE tablename = 't'")


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_a_killed_client_in_a_long_statement(tmp_path: Path, url: str) -> None:
    """The lock stays until the server has ended the statement that runs on."""
    project = Project(tmp_path / "project", url)
    project.revision("a", None, "op.execute('SELECT n FROM held FOR UPDATE')")
    with project.engine().begin() as connection:
        connection.execute(text("CREATE TABLE held (n INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO held VALUES (1)"))
    with project.engine().connect() as other:
        # Until this transaction ends, the statement waits at the server.
        other.execute(text("SELECT n FROM held FOR UPDATE"))
        first = start(project, "upgrade", "head")
        _until_server_works(project, first, "SELECT n FROM held")
        first.kill()
        first.communicate()
        project.revision("a")
        late = start(project, "upgrade", "head")
        said = _said_until(late, "Waiting for another migration")
        assert late.poll() is None, said
        other.rollback()
    assert [] == ended([late]), said
    assert ["a"] == project.heads()


def _until_server_works(project: Project, process: subprocess.Popen[str], statement: str) -> None:
    """Wait until the server is at work on what a process has sent."""
    working = {
        "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        f" AND wait_event_type = 'Lock' AND query LIKE '{statement}%'",
        "mysql": "SELECT count(*) FROM information_schema.processlist WHERE db = database()"
        f" AND info LIKE '{statement}%'",
    }["postgresql" if "postgresql" in project.url else "mysql"]
    deadline = time.monotonic() + SECONDS
    while not project.rows(working)[0]:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _said_until(process: subprocess.Popen[str], words: str) -> str:
    """Return the output of a process up to a line with the given text, which must appear."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_schemas_do_not_wait_for_each_other(tmp_path: Path, url: str) -> None:
    """Tenants with a version table each, found by the search path, migrate side by side."""
    engine = create_engine(url)
    projects = []
    for name in ("one", "two"):
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        tenant = f"{url}?options=-csearch_path%3D{name}"
        project = Project(tmp_path / name, tenant)
        project.revision("a", None, "import time\ntime.sleep(3)")
        projects.append(project)
    engine.dispose()
    processes = [start(each, "upgrade", "head") for each in projects]
    outputs = [process.communicate(timeout=SECONDS)[0] for process in processes]
    assert [0, 0] == [process.returncode for process in processes], outputs
    assert [] == [each for each in outputs if "Waiting" in each]


def test_the_session_is_as_it_was(tmp_path: Path, url: str) -> None:
    """A connection of the program's own has its settings back, and no lock."""
    project = Project(tmp_path / "project", url)
    project.revision("a")
    engine = create_engine(url)
    with engine.connect() as connection:
        project.env("""
            from idiolect import context
            context.configure(connection=context.config.attributes["connection"])
            with context.begin_transaction():
                context.run_migrations()
        """)
        project.attributes["connection"] = connection
        project.upgrade()
        if "postgresql" in url:
            assert connection.scalar(text("SHOW application_name")) == ""
            count = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = {}"
            assert connection.scalar(text(count.format("pg_backend_pid()"))) == 0
        connection.rollback()
        assert ["a"] == project.heads()
        project.attributes.clear()
    engine.dispose()
