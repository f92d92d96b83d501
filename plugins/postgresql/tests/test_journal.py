"""What a statement changes on PostgreSQL, and blocks outside of transactions that are resumed."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from projects import Project

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
    """Names as they stand; None where nothing would tell whether it was carried out."""
    found = PostgresqlJournal().objects(sql)
    assert expected == (None if found is None else list(found))


@on_server
def test_definitions(project: Project) -> None:
    """They change with the definition alone."""
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
    """It is dropped, and made when the revision is resumed; nothing before it is done twice."""
    body = """
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer))
    op.execute("INSERT INTO t VALUES (1, 1), (2, 1)")
    with op.get_context().autocommit_block():
        op.create_index("i", "t", ["a"], unique=True, postgresql_concurrently=True)
    op.execute("UPDATE t SET a = a + 10")
    """
    project.revision("a", None, body)
    with pytest.raises(Exception, match="could not create unique index"):
        project.upgrade()
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


@on_server
def test_a_session_that_still_works(project: Project) -> None:
    """A statement outlives its client; a session that is idle is none."""
    journal = PostgresqlJournal()
    with project.engine().connect() as other, project.engine().connect() as connection:
        session = journal.session(other)
        assert not journal.is_running(connection, session)
        working = threading.Thread(target=lambda: other.exec_driver_sql("SELECT pg_sleep(1)"))
        working.start()
        time.sleep(0.3)
        assert journal.is_running(connection, session)
        assert not journal.is_running(connection, journal.session(connection))
        working.join()
