"""What an online run sends to Oracle, what it commits, and what it rolls back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from oracle_recorder import Server
from projects import ENV, Project
from sqlalchemy import NullPool, create_engine, inspect
from sqlalchemy.exc import DatabaseError

if TYPE_CHECKING:
    from pathlib import Path

VERSION_TABLE = (
    "CREATE TABLE alembic_version ( version_num VARCHAR2(32 CHAR) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num) )"
)


@pytest.fixture
def server() -> Server:
    """A server that records."""
    return Server()


@pytest.fixture
def project(tmp_path: Path, server: Server) -> Project:
    """A project whose env.py connects to ``server``."""
    project = Project(tmp_path / "project", "oracle+oracledb://")
    project.attributes["engine"] = server.engine()
    # The recorder has no locks to give.
    project.env(
        ENV.replace("connection=connection,", "connection=connection, migration_lock=False,")
    )
    return project


@pytest.mark.parametrize("begin", ["connect", "begin"])
def test_the_lock(project: Project, server: Server, begin: str) -> None:
    """It lasts across the commits of DDL, whoever began the transaction, and is released."""
    project.env(ENV.replace("engine.connect()", f"engine.{begin}()"))
    project.revision("a", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    project.revision("b", "a", "op.drop_table('t')")
    project.upgrade()
    assert ["taken", "given back"] == server.locks
    assert ["b"] == server.versions


def _inserted(version: str) -> str:
    return (
        f"INSERT INTO alembic_version (version_num) VALUES ('{version}') "
        "RETURNING alembic_version.version_num INTO :ret_0"
    )


def test_the_journal(project: Project, server: Server) -> None:
    """Each DDL is announced; the table is emptied with each version row, and dropped at the end."""
    project.revision("a", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    project.revision("b", "a", "op.drop_table('t')")
    project.upgrade()
    step = ["INSERT INTO", "DELETE FROM"]
    assert ["CREATE TABLE", *step, *step, "DROP TABLE"] == server.journal


@pytest.mark.parametrize(
    ("before", "after"), [("0", 0), ("30", 30), (None, 0)], ids=["default", "own", "hidden"]
)
def test_statements_wait_for_a_busy_table(
    project: Project, server: Server, before: str | None, after: int
) -> None:
    """Oracle waits only where a limit is set; the session's own limit is restored afterwards."""
    server.lock_timeout = before
    project.revision("a", None, "op.drop_table('t')")
    project.upgrade(lock_wait_timeout=2.5)
    sent = [line for line in server.log if "ddl_lock_timeout" in line or "DROP TABLE" in line]
    assert [
        "ALTER SESSION SET ddl_lock_timeout = 3",
        "DROP TABLE t",
        f"ALTER SESSION SET ddl_lock_timeout = {after}",
    ] == sent


def test_each_revision_commits(project: Project, server: Server) -> None:
    """A revision's data and its version row are committed together, its DDL commits itself."""
    project.revision("a", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    project.revision("b", "a", "op.execute('UPDATE t SET id = 1')")
    project.upgrade()
    assert [
        VERSION_TABLE,
        "CREATE TABLE t ( id INTEGER )",
        _inserted("a"),
        "COMMIT",
        "UPDATE t SET id = 1",
        "UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a'",
        "COMMIT",
    ] == server.log
    assert ["b"] == server.versions


def test_a_failed_revision(project: Project, server: Server) -> None:
    """What a failed revision's DDL did stays, its data go, and its version is not written."""
    project.revision("a", None, "op.execute('UPDATE t SET id = 1')")
    project.revision(
        "b",
        "a",
        "op.execute('UPDATE t SET id = 2')\n"
        "op.add_column('t', sa.Column('c', sa.Integer))\n"
        "op.execute('UPDATE t SET c = 3')\n"
        "op.drop_table('other')",
    )
    project.revision("c", "b", "op.execute('UPDATE t SET id = 4')")
    server.refused = "UPDATE t SET c"
    with pytest.raises(DatabaseError, match="ORA-00942"):
        project.upgrade()
    assert ["a"] == server.versions
    assert [
        "UPDATE t SET id = 2",
        "ALTER TABLE t ADD c INTEGER",
        "UPDATE t SET c = 3",
    ] == server.log[4:]


def test_data_before_a_failure_are_rolled_back(project: Project, server: Server) -> None:
    """A revision that only changes data leaves nothing behind."""
    project.revision(
        "a", None, "op.execute('UPDATE t SET id = 1')\nop.execute('UPDATE t SET id = 2')"
    )
    server.refused = "id = 2"
    with pytest.raises(DatabaseError):
        project.upgrade()
    assert [VERSION_TABLE, "UPDATE t SET id = 1", "UPDATE t SET id = 2", "ROLLBACK"] == server.log
    assert [] == server.versions


def test_autocommit_block(project: Project, server: Server) -> None:
    """What was done before is committed, and the block's statements commit themselves."""
    project.revision(
        "a",
        None,
        "op.execute('UPDATE t SET id = 1')\n"
        "with op.get_context().autocommit_block():\n"
        "    op.execute('UPDATE t SET id = 2')\n"
        "op.execute('UPDATE t SET id = 3')",
    )
    project.upgrade()
    assert [
        VERSION_TABLE,
        "UPDATE t SET id = 1",
        "COMMIT",
        "AUTOCOMMIT ON",
        "UPDATE t SET id = 2",
        "AUTOCOMMIT OFF",
        "UPDATE t SET id = 3",
        _inserted("a"),
        "COMMIT",
    ] == [line for line in server.log if not line.startswith("ALTER SESSION")]


def test_downgrade(project: Project, server: Server) -> None:
    """The last version row is deleted with the revision's own changes."""
    project.revision("a", None, "op.execute('UPDATE t SET id = 1')", "op.drop_table('t')")
    project.upgrade()
    server.log.clear()
    project.downgrade("base")
    assert [
        "DROP TABLE t",
        "DELETE FROM alembic_version WHERE alembic_version.version_num = 'a'",
        "COMMIT",
    ] == server.log
    assert [] == server.versions


def test_no_slash_reaches_the_driver(project: Project, server: Server) -> None:
    """Statements are sent unchanged: separators are only for scripts."""
    project.revision("a", None, "op.execute(\"BEGIN\\n  p('R&D');\\nEND;\")")
    project.upgrade()
    assert "BEGIN p('R&D'); END;" in server.log
    assert "/" not in "".join(server.log)


@pytest.mark.skipif(not os.environ.get("ORACLE_URL"), reason="ORACLE_URL is not set")
def test_a_database_of_the_users(tmp_path: Path) -> None:
    """On a real Oracle: a table is created, altered, and dropped."""
    url = os.environ["ORACLE_URL"]
    project = Project(tmp_path / "project", url)
    project.revision(
        "a",
        None,
        "op.create_table('idiolect_t', sa.Column('id', sa.Integer), comment='R&D')\n"
        "op.add_column('idiolect_t', sa.Column('c', sa.String(5), comment='x'))\n"
        "op.alter_column('idiolect_t', 'c', new_column_name='d', nullable=False)",
        "op.drop_table('idiolect_t')",
    )
    project.upgrade(version_table="idiolect_version")
    engine = create_engine(url, poolclass=NullPool)
    try:
        columns = inspect(engine).get_columns("idiolect_t")
        assert [("id", True), ("d", False)] == [
            (column["name"], column["nullable"]) for column in columns
        ]
    finally:
        project.downgrade("base", version_table="idiolect_version")
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE idiolect_version")
