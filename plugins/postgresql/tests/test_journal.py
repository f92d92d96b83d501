"""What a statement changes on PostgreSQL, and blocks outside of transactions that are resumed."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from projects import Project
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from idiolect import command
from idiolect.errors import UnfinishedRevisionError
from idiolect_postgresql.journal import PostgresqlJournal

if TYPE_CHECKING:
    from pathlib import Path

on_server = pytest.mark.postgresql
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"


@pytest.fixture
def project(tmp_path: Path, fresh_postgresql: str) -> Project:
    """A project on an empty database."""
    return Project(tmp_path / "project", fresh_postgresql)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE INDEX CONCURRENTLY i ON t (a)", ["INDEX i ON t"]),
        ('create unique index if not exists "I" ON ONLY s.t (a)', ['INDEX "I" ON s.t']),
        ("DROP INDEX CONCURRENTLY IF EXISTS s.i, j CASCADE", ["INDEX s.i", "INDEX j"]),
        ("ALTER TYPE mood ADD VALUE 'sad'", ["TYPE mood"]),
        ("ALTER TYPE s.mood RENAME TO humour", ["TYPE s.mood", "TYPE s.humour"]),
        ("ALTER TABLE IF EXISTS ONLY t ADD COLUMN a int", ["TABLE t"]),
        ("-- why\nCREATE UNLOGGED TABLE t (a int)", ["TABLE t"]),
        ("DROP TABLE a, b", None),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1", ["VIEW v"]),
        ("CREATE EXTENSION IF NOT EXISTS hstore", ["EXTENSION hstore"]),
        ("CREATE DATABASE other", ["DATABASE other"]),
        ("REINDEX INDEX CONCURRENTLY i", []),
        ("CALL p()", None),
        ("CREATE INDEX ON t (a)", None),
    ],
)
def test_objects(sql: str, expected: list[str] | None) -> None:
    """Names as written; None if the outcome could not be verified."""
    found = PostgresqlJournal().objects(sql)
    assert expected == (None if found is None else list(found))


@on_server
def test_definitions(project: Project) -> None:
    """They change only with the definition."""
    journal = PostgresqlJournal()
    names = ("TABLE t", "INDEX i ON t", "INDEX i", "TYPE mood", "VIEW v", "SCHEMA s", "DATABASE d")
    seen = []
    with project.engine().connect() as connection:
        for statement in (
            "CREATE TABLE t (id SERIAL PRIMARY KEY, a INTEGER)",
            "INSERT INTO t (a) VALUES (1)",
            "CREATE INDEX i ON t (a)",
            "ALTER TABLE t ALTER COLUMN a SET DEFAULT 5",
            "CREATE TYPE mood AS ENUM ('glad')",
            "ALTER TYPE mood ADD VALUE 'sad'",
            "CREATE VIEW v AS SELECT a FROM t",
            "CREATE SCHEMA s",
        ):
            before = journal.definitions(connection, names)
            connection.exec_driver_sql(statement)
            connection.commit()
            after = journal.definitions(connection, names)
            seen.append([name for name in names if before[name] != after[name]])
    assert [
        ["TABLE t"],
        [],
        ["INDEX i ON t", "INDEX i"],
        ["TABLE t"],
        ["TYPE mood"],
        ["TYPE mood"],
        ["VIEW v"],
        ["SCHEMA s"],
    ] == seen


@on_server
def test_an_index_that_was_left_invalid(project: Project) -> None:
    """It is dropped, and created when the revision is resumed; earlier statements are skipped."""
    body = """
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer))
    op.execute("INSERT INTO t VALUES (1, 1), (2, 1)")
    with op.get_context().autocommit_block():
        op.create_index("i", "t", ["a"], unique=True, postgresql_concurrently=True)
    op.execute("UPDATE t SET a = a + 10")
    """
    project.revision("a", None, body)
    with pytest.raises(Exception, match="could not create unique index") as caught:
        project.upgrade()
    assert "the index i is left, and invalid: the next run drops it first" in caught.value.__notes__
    assert [False] == project.rows(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"
    )
    with project.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE t SET a = 2 WHERE id = 2")
    project.upgrade()
    assert [True] == project.rows(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"
    )
    assert [11, 12] == project.rows("SELECT a FROM t ORDER BY id")
    assert ["alembic_version", "t"] == project.tables()


FUNCTIONS = """
bind = op.get_bind()
op.execute("CREATE TABLE t (n int)")
op.execute(
    "CREATE FUNCTION grow(n int) RETURNS int LANGUAGE sql AS "
    "$$ INSERT INTO t VALUES (n) RETURNING n $$"
)
op.execute(
    "CREATE PROCEDURE twice(n int) LANGUAGE plpgsql AS "
    "'BEGIN INSERT INTO t VALUES (n); COMMIT; INSERT INTO t VALUES (n + 1/(9 - n)); END'"
)
op.execute("CREATE SEQUENCE counter")
"""


def block(*lines: str) -> str:
    """Return a revision with lines outside of transactions."""
    inside = "".join(f"    {line}\n" for line in lines)
    return f"{FUNCTIONS}with op.get_context().autocommit_block():\n{inside}"


@on_server
def test_functions_in_a_block(project: Project) -> None:
    """Their writes are recorded; session settings are repeated."""
    body = block(
        "op.execute(\"SELECT set_config('my.number', '7', false)\")",
        "op.execute('SELECT grow(1)')",
        "op.execute(\"DO 'BEGIN INSERT INTO t VALUES (2); END'\")",
        "op.execute(\"SELECT setval('counter', nextval('counter') + 5)\")",
    )
    stop(project, body)
    last = "op.execute(\"INSERT INTO t VALUES (current_setting('my.number')::int)\")\n"
    project.revision("a", None, body + last)
    project.upgrade()
    assert [1, 2, 7] == project.rows("SELECT n FROM t ORDER BY n")
    assert [6] == project.rows("SELECT last_value FROM counter")


@on_server
def test_a_function_that_the_revision_asks(project: Project) -> None:
    """Its answer may decide what comes next; where a person accepts it, it is not called again."""
    body = block(
        "found = bind.scalar(sa.text('SELECT grow(1)'))",
        "op.execute(f'INSERT INTO t VALUES ({10 + found})')",
    )
    stop(project, body)
    project.revision("a", None, body)
    with pytest.raises(UnfinishedRevisionError, match="The revision reads the database at"):
        project.upgrade()
    command.repair(project.config(), mark_done="last")
    project.upgrade()
    assert [1, 11] == project.rows("SELECT n FROM t ORDER BY n")


@on_server
def test_a_procedure_that_commits(project: Project) -> None:
    """It runs where it can; half of one that failed is left to a person."""
    body = block("op.execute('CALL twice(5)')")
    stop(project, body)
    body += block("op.execute('CALL twice(9)')").removeprefix(FUNCTIONS)
    project.revision("a", None, body)
    with pytest.raises(DBAPIError, match="division by zero"):
        project.upgrade()
    with pytest.raises(UnfinishedRevisionError, match=r"executed, write 6: CALL twice\(9\)"):
        project.upgrade()
    command.repair(project.config(), mark_done="last")
    project.upgrade()
    assert [5, 5, 9] == project.rows("SELECT n FROM t ORDER BY n")


@on_server
def test_an_unknown_statement_that_is_refused(project: Project) -> None:
    """It has done nothing, and is sent again when it is mended."""
    for query in ("CREATE TABLESPACE x LOCATION 'nowhere'", "CALL missing()"):
        project.revision("a", None, block(f'op.execute("{query}")'))
        with pytest.raises(DBAPIError):
            project.upgrade()
    project.revision("a", None, block("op.execute('CALL twice(5)')"))
    project.upgrade()
    assert [5, 5] == project.rows("SELECT n FROM t ORDER BY n")


def stop(project: Project, upgrade: str) -> None:
    """Run a revision that stops at its end."""
    project.revision("a", None, upgrade + "\nraise RuntimeError('cut off')")
    with pytest.raises(RuntimeError, match="cut off"):
        project.upgrade()


@on_server
def test_a_session_that_still_works(project: Project) -> None:
    """A statement outlives its client; a session that is idle is none."""
    journal = PostgresqlJournal()
    with project.engine().connect() as other, project.engine().connect() as connection:
        session = journal.session(other)
        deadline = time.monotonic() + 300
        # The server lists a session as working until shortly after its answer has arrived.
        while journal.is_running(connection, session):
            assert time.monotonic() < deadline
        connection.exec_driver_sql("SELECT pg_advisory_lock(7)")
        statement = "SELECT pg_advisory_lock(7)"
        working = threading.Thread(target=lambda: other.exec_driver_sql(statement))
        working.start()
        while not journal.is_running(connection, session):
            assert time.monotonic() < deadline
        assert not journal.is_running(connection, journal.session(connection))
        connection.exec_driver_sql("SELECT pg_advisory_unlock(7)")
        working.join()


@on_server
@pytest.mark.parametrize("level", ["AUTOCOMMIT", None])
def test_a_transaction_that_the_revision_begins(project: Project, level: str | None) -> None:
    """In an autocommit block, it is rolled back or committed as a whole, with its entries."""
    if level:
        project.attributes["engine"] = create_engine(
            project.url, poolclass=NullPool, isolation_level=level
        )
    statements = (
        "BEGIN",
        "CREATE TABLE gone (n int)",
        "ROLLBACK",
        "CREATE TABLE t (n int)",
        "START TRANSACTION",
        "INSERT INTO t VALUES (1)",
        "ROLLBACK",
        "BEGIN",
        "INSERT INTO t VALUES (2)",
        "INSERT INTO t VALUES (3)",
    )
    lines = [f"    op.execute({each!r})" for each in statements]
    body = "\n".join(("with op.get_context().autocommit_block():", *lines))
    project.revision("a", None, f"{body}\n    raise RuntimeError('cut off')")
    with pytest.raises(Exception, match="cut off"):
        project.upgrade()
    assert ["alembic_version", "alembic_version_journal", "t"] == project.tables()
    assert [] == project.rows("SELECT n FROM t")
    with project.engine().begin() as connection:
        connection.exec_driver_sql("DROP TABLE t, alembic_version_journal")
    project.revision("a", None, f"{body}\n    op.execute('COMMIT')")
    project.upgrade()
    assert (["a"], ["alembic_version", "t"]) == (project.heads(), project.tables())
    assert [2, 3] == project.rows("SELECT n FROM t")


@on_server
def test_python_that_fails_after_a_procedure(project: Project) -> None:
    """The call that nothing could verify is known to have ended, so the revision resumes."""
    lines = ("op.execute('CALL twice(1)')", "op.execute('CALL twice(3)')")
    project.revision("a", None, block(*lines, "raise RuntimeError('cut off')"))
    with pytest.raises(RuntimeError, match="cut off"):
        project.upgrade()
    assert ["done", "done"] == project.rows(
        "SELECT state FROM alembic_version_journal WHERE statement LIKE 'CALL%' ORDER BY seq"
    )
    project.revision("a", None, block(*lines))
    project.upgrade()
    assert ["a"] == project.heads()
    assert [1, 1, 3, 3] == project.rows("SELECT n FROM t ORDER BY n")
