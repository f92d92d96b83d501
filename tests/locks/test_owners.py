"""Runs in a transaction of the caller: the lock is held until the caller has ended it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from projects import Project
from runs import SECONDS, ended
from sqlalchemy import NullPool, create_engine, text

from idiolect import command
from idiolect.errors import VersionTableError
from idiolect.migration import MigrationContext
from idiolect.script import ScriptDirectory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: An env.py that migrates on the connection which the caller gives.
ENV = """
from idiolect import context

attributes = context.config.attributes
context.configure(connection=attributes["connection"], **attributes.get("options", {}))
with context.begin_transaction():
    context.run_migrations()
"""
#: A program that migrates in its own transaction, and commits when it is told to.
PROGRAM = """
import logging
import sys
from sqlalchemy import NullPool, create_engine, text
from idiolect import command
from idiolect.config import Config
from idiolect.errors import VersionTableError
from idiolect.migration import MigrationContext
from idiolect.script import ScriptDirectory

logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
folder, url, owner = sys.argv[1:]


def upgrade():
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", folder)
    command.upgrade(config, "head")


def stamp():
    MigrationContext.configure(connection).stamp(ScriptDirectory(folder), "head")


def pause():
    print("migrated", flush=True)
    sys.stdin.readline()


engine = create_engine(url, poolclass=NullPool)
if owner == "begin":
    with engine.begin() as connection:
        upgrade()
        pause()
elif owner == "connect":
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        upgrade()
        pause()
        connection.commit()
elif owner == "stamp":
    with engine.connect() as connection:
        stamp()
        pause()
        connection.commit()
elif owner == "stamp in a block":
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        with context.begin_transaction():
            context.stamp(ScriptDirectory(folder), "head")
            pause()
        connection.commit()
"""
INSERT = "op.execute(\"INSERT INTO done (word) VALUES ('{}')\")"


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """Two revisions that leave a row each, on an empty database of each kind."""
    url = f"sqlite:///{tmp_path}/x.db"
    if request.param != "sqlite":
        url = request.getfixturevalue(f"fresh_{request.param}")
    made = Project(tmp_path / "project", url)
    table = "op.create_table('done', sa.Column('word', sa.String(20)))"
    made.revision("a", None, f"{table}\n{INSERT.format('a')}")
    made.revision("b", "a", INSERT.format("b"))
    return made


@pytest.fixture
def programs(project: Project) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts the program; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(owner: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(project.folder), project.url, owner],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _state(process: subprocess.Popen[str]) -> str:
    """Return what a process reports first: that it has migrated, or that it waits."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        for state in ("migrated", "Waiting for another migration"):
            if line.startswith(state):
                return state
    raise AssertionError(said)


@pytest.mark.parametrize(
    ("owner", "begin"),
    [
        ("begin", "empty"),
        ("begin", "middle"),
        ("connect", "middle"),
        ("stamp", "empty"),
        ("stamp in a block", "middle"),
    ],
)
def test_another_program_waits_for_the_commit(
    project: Project, programs: Callable[[str], subprocess.Popen[str]], owner: str, begin: str
) -> None:
    """It begins only when the first one has committed, and finds nothing left to do."""
    if begin == "middle":
        project.upgrade("a")
    project.env(ENV)
    first = programs(owner)
    assert _state(first) == "migrated"
    second = programs(owner)
    assert _state(second) == "Waiting for another migration"
    for process in (first, second):
        print(file=process.stdin, flush=True)
    assert [] == ended([first, second])
    assert ["b"] == project.heads()
    if not owner.startswith("stamp"):
        assert ["a", "b"] == sorted(project.rows("SELECT word FROM done"))


@pytest.fixture
def caller(project: Project) -> Iterator[Project]:
    """The project with an env.py that uses the caller's connection."""
    project.upgrade("a")
    project.env(ENV)
    # Rather than wait for itself for ever.
    project.attributes["options"] = {"migration_lock_timeout": SECONDS}
    yield project
    project.attributes.clear()


@pytest.mark.parametrize("end", ["commit", "rollback"])
@pytest.mark.parametrize("what", ["upgrade", "stamp"])
def test_the_lock_ends_with_the_transaction(caller: Project, what: str, end: str) -> None:
    """Though the connection stays open, the program can migrate on another one."""
    engine = create_engine(caller.url, poolclass=NullPool)
    with engine.connect() as connection, engine.connect() as other:
        if what == "upgrade":
            connection.execute(text("SELECT 1"))
            caller.attributes["connection"] = connection
            command.upgrade(caller.config(), "head")
        else:
            script = ScriptDirectory(str(caller.folder))
            MigrationContext.configure(connection).stamp(script, "head")
        getattr(connection, end)()
        caller.attributes["connection"] = other
        command.downgrade(caller.config(), "a")
        command.upgrade(caller.config(), "head")
        other.commit()
    assert ["b"] == caller.heads()


def test_two_runs_in_one_transaction(caller: Project) -> None:
    """The lock of both ends with it."""
    engine = create_engine(caller.url, poolclass=NullPool)
    with engine.connect() as connection, engine.connect() as other:
        with connection.begin():
            caller.attributes["connection"] = connection
            command.upgrade(caller.config(), "head")
            command.downgrade(caller.config(), "a")
        caller.attributes["connection"] = other
        command.upgrade(caller.config(), "head")
        other.commit()
    assert ["b"] == caller.heads()


def test_a_run_with_nothing_to_do_keeps_nobody_waiting(caller: Project) -> None:
    """Its transaction may stay open for as long as its owner likes."""
    engine = create_engine(caller.url, poolclass=NullPool)
    caller.attributes["connection"] = engine.connect()
    with caller.attributes["connection"] as connection, engine.connect() as other:
        connection.begin()
        command.upgrade(caller.config(), "a")
        assert connection.in_transaction()
        if connection.dialect.name == "sqlite":
            # There, the reader would keep the other one from its commit.
            connection.rollback()
        caller.attributes["connection"] = other
        command.upgrade(caller.config(), "head")
        other.commit()
    assert ["b"] == caller.heads()


@pytest.mark.parametrize(
    ("project", "level"),
    [
        ("mariadb", "REPEATABLE READ"),
        ("postgresql", "REPEATABLE READ"),
        ("postgresql", "SERIALIZABLE"),
    ],
    indirect=["project"],
)
def test_a_caller_that_has_read_before_another_run(caller: Project, level: str) -> None:
    """Its transaction does not see what the other one did, so that it could do it again."""
    engine = create_engine(caller.url, poolclass=NullPool, isolation_level=level)
    with engine.connect() as connection, engine.connect() as other:
        connection.execute(text("SELECT version_num FROM alembic_version"))
        caller.attributes["connection"] = other
        command.upgrade(caller.config(), "head")
        other.commit()
        caller.attributes["connection"] = connection
        with pytest.raises(VersionTableError, match=r"migrated to b since .* still sees a"):
            command.upgrade(caller.config(), "head")
        connection.rollback()
        command.upgrade(caller.config(), "head")
        connection.commit()
    assert ["a", "b"] == sorted(caller.rows("SELECT word FROM done"))


@pytest.mark.parametrize("project", ["postgresql"], indirect=True)
@pytest.mark.parametrize("path", ["public", "tenant"])
def test_a_caller_that_sees_only_its_own_transaction(project: Project, path: str) -> None:
    """What another run did first is noticed, in the schema of the search path; its own is seen."""
    engine = create_engine(project.url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    project.env(ENV)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA tenant"))
    with engine.connect() as connection, engine.connect() as other:
        for each in (connection, other):
            each.execute(text(f"SET search_path TO {path}"))
            each.commit()
        connection.execute(text("SELECT 1"))
        project.attributes["connection"] = other
        with other.begin():
            command.upgrade(project.config(), "a")
            command.upgrade(project.config(), "b")
        project.attributes["connection"] = connection
        with pytest.raises(VersionTableError, match=r"migrated to b since .* still sees the base"):
            command.upgrade(project.config(), "head")
        connection.rollback()
        command.upgrade(project.config(), "head")
        connection.commit()
        assert ["a", "b"] == list(connection.scalars(text("SELECT word FROM done ORDER BY word")))
