"""Timeouts of statements and lock waits, and transient errors, on real servers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from projects import Project
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from idiolect.runtime import limits

if TYPE_CHECKING:
    from pathlib import Path

LONG = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e11)"
    " SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(1000)",
    "mariadb": "SELECT SLEEP(1000) FROM t",
}
READ = {
    "postgresql": "SHOW statement_timeout",
    "mariadb": "SELECT @@SESSION.max_statement_time",
    "sqlite": "PRAGMA busy_timeout",
}
SESSION = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT CONNECTION_ID()"}


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The name of a database and the URL of an empty one."""
    name: str = request.param
    if name == "sqlite":
        return name, f"sqlite:///{tmp_path}/x.db"
    return name, request.getfixturevalue(f"fresh_{name}")


@pytest.fixture
def project(server: tuple[str, str], tmp_path: Path) -> Project:
    """A project with one table, and a connection of the test's own."""
    made = Project(tmp_path / "project", server[1])
    body = (
        "op.create_table('t', sa.Column('i', sa.Integer))\nop.execute('INSERT INTO t VALUES (1)')"
    )
    made.revision("a", None, body)
    made.upgrade()
    return made


@pytest.mark.parametrize("where", ["configure", "file"])
def test_a_long_statement(server: tuple[str, str], project: Project, where: str) -> None:
    """It ends when its time is over; the session has its own limit back."""
    limit: dict[str, Any] = {"statement_timeout": 1}
    own = limit if where == "file" else {}
    project.revision("b", "a", f"op.execute({LONG[server[0]]!r})", **own)
    engine = create_engine(project.url)
    project.attributes["engine"] = engine
    with engine.connect() as connection:
        before = connection.scalar(text(READ[server[0]]))
    begin = time.monotonic()
    with pytest.raises(DBAPIError):
        project.upgrade(**(limit if where == "configure" else {}))
    assert 0.5 < time.monotonic() - begin < 300
    assert ["a"] == project.heads()
    with engine.connect() as connection:
        assert before == connection.scalar(text(READ[server[0]]))
    engine.dispose()
    project.attributes.clear()


@pytest.mark.parametrize("server", ["postgresql", "mariadb"], indirect=True)
def test_a_wait_for_a_lock(project: Project) -> None:
    """It fails when the timeout expires, and is retried only as often as configured."""
    project.revision("b", "a", "op.add_column('t', sa.Column('j', sa.Integer))")
    engine = create_engine(project.url)
    with engine.connect() as other:
        other.execute(text("SELECT * FROM t"))
        begin = time.monotonic()
        with pytest.raises(DBAPIError):
            project.upgrade(lock_wait_timeout=1, transient_retries=1)
        assert time.monotonic() - begin < 300
        assert ["a"] == project.heads()
    engine.dispose()


@pytest.mark.parametrize("server", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "blocking"),
    [
        pytest.param("ALTER TABLE t ADD j INTEGER", "SELECT * FROM t", id="table"),
        pytest.param("UPDATE t SET i = 2", "UPDATE t SET i = 3", id="row"),
    ],
)
def test_who_was_in_the_way(
    server: tuple[str, str], project: Project, statement: str, blocking: str
) -> None:
    """The error names the session that held the lock, after the step, and how to end it."""
    project.revision("b", "a", f"op.execute({statement!r})")
    engine = create_engine(project.url)
    with engine.connect() as other:
        session = other.scalar(text(SESSION[server[0]]))
        other.execute(text(blocking))
        with pytest.raises(DBAPIError) as caught:
            project.upgrade(lock_wait_timeout=1, transient_retries=0)
    engine.dispose()
    step, who = caught.value.__notes__[:2]
    assert step.startswith("in upgrade() of revision 'b'")
    assert {
        "postgresql": f"server process {session} (",
        "mariadb": f"connection {session} (",
    }[server[0]] in who
    assert {
        "postgresql": f"; to end it: SELECT pg_terminate_backend({session})",
        "mariadb": f"; to end it: KILL {session}",
    }[server[0]] in who


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_nobody_is_accused_of_another_tables_lock(project: Project) -> None:
    """Sessions that lock other tables, or a table whose name contains this one's, are not told."""
    project.revision("b", "a", "op.execute('CREATE TABLE tt (i INTEGER)')")
    project.revision("c", "b", "op.add_column('t', sa.Column('j', sa.Integer))")
    project.upgrade("b")
    engine = create_engine(project.url)
    with engine.connect() as other, engine.connect() as third:
        session = other.scalar(text(SESSION["postgresql"]))
        other.execute(text("SELECT * FROM t"))
        third.execute(text("SELECT * FROM tt"))
        with pytest.raises(DBAPIError) as caught:
            project.upgrade("c", lock_wait_timeout=1, transient_retries=0)
    engine.dispose()
    assert 1 == caught.value.__notes__[1].count("server process ")
    assert f"server process {session} " in caught.value.__notes__[1]


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
@pytest.mark.parametrize("per_migration", [False, True])
def test_a_wait_that_ends_while_tried_again(
    project: Project, per_migration: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second attempt succeeds without intervention."""
    project.revision("b", "a", "op.add_column('t', sa.Column('j', sa.Integer))")
    engine = create_engine(project.url)
    other = engine.connect()
    other.execute(text("SELECT * FROM t"))
    told: list[str] = []

    def warning(message: str, *_args: object) -> None:
        told.append(message)
        other.close()

    monkeypatch.setattr(limits.log, "warning", warning)
    project.upgrade(lock_wait_timeout=0.5, transaction_per_migration=per_migration)
    assert [True] == ["retried" in each for each in told]
    assert ["b"] == project.heads()
    engine.dispose()


@pytest.mark.postgresql
def test_no_retry_where_the_driver_commits(fresh_postgresql: str, tmp_path: Path) -> None:
    """What was sent before the error has been committed, and would be done twice."""
    project = Project(tmp_path / "project", fresh_postgresql)
    url = make_url(fresh_postgresql).set(drivername="postgresql+psycopg")
    project.attributes["engine"] = create_engine(
        url, poolclass=NullPool, connect_args={"autocommit": True}
    )
    deadlock = "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END $$"
    project.revision("a", None, "op.create_table('t', sa.Column('i', sa.Integer))")
    insert = "op.execute('INSERT INTO t VALUES (1)')"
    project.revision("b", "a", f'{insert}\nop.execute("{deadlock}")')
    with pytest.raises(DBAPIError, match="no"):
        project.upgrade()
    assert [1] == project.rows("SELECT i FROM t")
