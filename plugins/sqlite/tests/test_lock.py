"""Concurrent readers and writers: a commit waits for readers, a comparison waits for nothing."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import MetaData, NullPool, create_engine, event, make_url
from sqlalchemy.exc import IntegrityError

from idiolect import command
from idiolect.cli.main import main
from idiolect.errors import LockTimeoutError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projects import Project
    from sqlalchemy.engine import Engine

CREATE = "op.create_table({!r}, sa.Column('id', sa.Integer))"
TEMPLATE = """
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
"""
ENGINES: dict[str, dict[str, Any]] = {
    "plain": {"timeout": 0.01},
    "isolation_level=None": {"timeout": 0.01, "isolation_level": None},
}


@pytest.fixture
def reader(project: Project) -> Iterator[sqlite3.Connection]:
    """Another program's connection, in the middle of a reading transaction."""
    connection = sqlite3.connect(str(make_url(project.url).database), isolation_level=None)
    with contextlib.closing(connection):
        connection.execute("CREATE TABLE theirs (id INTEGER)")
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM theirs").fetchall()
        yield connection


@pytest.fixture(params=ENGINES.values(), ids=list(ENGINES))
def engine(request: pytest.FixtureRequest, project: Project) -> Engine:
    """What env.py uses: its driver waits for a moment only."""
    engine = create_engine(project.url, poolclass=NullPool, connect_args=request.param)
    project.attributes["engine"] = engine
    return engine


class EndsWhenWaitedFor(logging.Handler):
    """Ends a read transaction as soon as the wait is logged."""

    def __init__(self, reader: sqlite3.Connection) -> None:
        super().__init__(logging.INFO)
        self.reader = reader

    def emit(self, record: logging.LogRecord) -> None:
        """End it."""
        if "Waiting to commit" in record.getMessage() and self.reader.in_transaction:
            self.reader.execute("ROLLBACK")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    "options",
    [{}, {"transaction_per_migration": True}, {"migration_lock": False}],
    ids=["a run", "a revision", "no lock"],
)
def test_a_commit_waits_for_readers(
    project: Project,
    reader: sqlite3.Connection,
    options: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A commit is retried until readers have ended, whatever the driver's timeout, and logged."""
    project.revision("a", None, f"{CREATE.format('t')}\nop.execute('INSERT INTO t VALUES (1)')")
    project.revision("b", "a", CREATE.format("u"))
    caplog.set_level(logging.INFO, "idiolect")
    handler = EndsWhenWaitedFor(reader)
    logging.getLogger("idiolect").addHandler(handler)
    try:
        project.upgrade(**options)
    finally:
        logging.getLogger("idiolect").removeHandler(handler)
    assert "Waiting to commit: another connection reads" in caplog.text
    assert ["b"] == project.heads()
    assert [1] == project.rows("SELECT id FROM t")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("per_migration", [False, True], ids=["a run", "a revision"])
def test_a_commit_that_is_given_up(
    project: Project, reader: sqlite3.Connection, per_migration: bool
) -> None:
    """The message names the blocker; everything is rolled back, and the next run succeeds."""
    project.revision("a", None, f"{CREATE.format('t')}\nop.execute('INSERT INTO t VALUES (1)')")
    options: dict[str, Any] = {
        "transaction_per_migration": per_migration,
        "migration_lock_timeout": 0.05,
    }
    with pytest.raises(
        LockTimeoutError, match=r"another connection reads '.*database\.db'.* rolled back\."
    ):
        project.upgrade(**options)
    assert ["theirs"] == [
        name for (name,) in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    reader.execute("ROLLBACK")
    project.upgrade(**options)
    assert (["a"], [1]) == (project.heads(), project.rows("SELECT id FROM t"))


def test_a_commit_that_is_given_up_on_the_command_line(
    project: Project, reader: sqlite3.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    """The status is 1, and the message ends with its code."""
    project.revision("a", None, CREATE.format("t"))
    ini = project.folder / "idiolect.ini"
    ini.write_text(
        f"[idiolect]\nscript_location = {project.folder}\nmigration_lock_timeout = 0.05\n"
        f"sqlalchemy.url = {project.url}?timeout=0.01\n"
    )
    assert reader.in_transaction
    with pytest.raises(SystemExit) as ended:
        main(["-c", str(ini), "upgrade", "head"])
    assert 1 == ended.value.code
    assert capsys.readouterr().err.endswith("or raise migration_lock_timeout. [IDI-206]\n")


@pytest.mark.usefixtures("engine")
def test_what_is_written_as_a_commit_begins_is_committed(project: Project, engine: Engine) -> None:
    """Listeners to the commit, an application's and the journal's, still write in it."""
    project.revision("a", None, CREATE.format("t"))
    event.listen(
        engine, "commit", lambda connection: connection.exec_driver_sql("INSERT INTO t VALUES (7)")
    )
    project.upgrade()
    assert [7] == project.rows("SELECT id FROM t")


def test_another_error_of_a_commit_is_not_waited_for(project: Project) -> None:
    """A deferred foreign key that is violated is the revision's own mistake."""
    engine = create_engine(project.url, poolclass=NullPool)
    event.listen(engine, "connect", lambda driver, _: driver.execute("PRAGMA foreign_keys = ON"))
    project.attributes["engine"] = engine
    project.revision(
        "a",
        None,
        "op.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t (id) "
        "DEFERRABLE INITIALLY DEFERRED)')\nop.execute('INSERT INTO t VALUES (1, 5)')",
    )
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        project.upgrade()
    assert [] == project.tables()


@pytest.mark.parametrize("how", ["while another writes", "read-only"])
@pytest.mark.parametrize("asked", ["check", "autogenerate"])
def test_a_comparison_only_reads(project: Project, how: str, asked: str) -> None:
    """It neither waits for a writer nor blocks one, and works on a read-only file."""
    project.revision("a")
    project.upgrade()
    path = str(make_url(project.url).database)
    url = f"sqlite:///file:{path}?uri=true" + ("&mode=ro" if how == "read-only" else "")
    project.attributes["engine"] = create_engine(url, poolclass=NullPool)
    project.attributes["options"] = {"target_metadata": MetaData(), "migration_lock_timeout": 0}
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writer:
        if how != "read-only":
            writer.execute("BEGIN IMMEDIATE")
        if asked == "check":
            command.check(project.config())
            return
        (project.folder / "script.py.mako").write_text(TEMPLATE)
        command.revision(project.config(), rev_id="b", autogenerate=True)
    assert ["a_.py", "b_.py"] == sorted(
        each.name for each in (project.folder / "versions").glob("*.py")
    )
