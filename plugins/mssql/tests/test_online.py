"""What an online run sends to SQL Server, what it commits, and what it rolls back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mssql_recorder import Server
from projects import Project
from sqlalchemy.exc import ProgrammingError

if TYPE_CHECKING:
    from pathlib import Path

VERSION_TABLE = (
    "CREATE TABLE alembic_version ( version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num) )"
)


@pytest.fixture
def server() -> Server:
    """A server that records."""
    return Server()


@pytest.fixture
def project(tmp_path: Path, server: Server) -> Project:
    """A project whose env.py connects to ``server``."""
    project = Project(tmp_path / "project", "mssql+pyodbc://")
    project.attributes["engine"] = server.engine()
    return project


def _inserted(version: str) -> str:
    return (
        "INSERT INTO alembic_version (version_num) OUTPUT inserted.version_num "
        f"VALUES ('{version}')"
    )


def _updated(new: str, old: str) -> str:
    where = f"WHERE alembic_version.version_num = '{old}'"
    return f"UPDATE alembic_version SET version_num='{new}' {where}"


def test_a_run_is_one_transaction(project: Project, server: Server) -> None:
    """DDL, data and version rows are committed together, once."""
    project.revision("a", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    project.revision("b", "a", "op.execute('UPDATE t SET id = 1')")
    project.upgrade()
    assert [
        "LOCK",
        VERSION_TABLE,
        "CREATE TABLE t ( id INTEGER NULL )",
        _inserted("a"),
        "UPDATE t SET id = 1",
        _updated("b", "a"),
        "COMMIT",
        "UNLOCK",
    ] == server.log
    assert ["b"] == server.lasting.versions


def test_a_revision_is_one_transaction(project: Project, server: Server) -> None:
    """With transaction_per_migration each is committed, and the version table before them."""
    project.revision("a", None, "op.execute('UPDATE t SET id = 1')")
    project.revision("b", "a", "op.execute('UPDATE t SET id = 2')")
    project.upgrade(transaction_per_migration=True)
    assert [
        *["LOCK", VERSION_TABLE, "COMMIT"],
        *["UPDATE t SET id = 1", _inserted("a"), "COMMIT"],
        *["UPDATE t SET id = 2", _updated("b", "a"), "COMMIT"],
        "UNLOCK",
    ] == server.log


@pytest.mark.parametrize(
    ("per_migration", "left"), [(False, []), (True, ["a"])], ids=["a run", "a revision"]
)
def test_a_failure_is_rolled_back(
    project: Project, server: Server, per_migration: bool, left: list[str]
) -> None:
    """The failed revision leaves nothing; with separate transactions previous ones are kept."""
    project.revision("a", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    project.revision(
        "b", "a", "op.add_column('t', sa.Column('c', sa.Integer))\nop.drop_table('other')"
    )
    server.refused = "DROP TABLE other"
    with pytest.raises(ProgrammingError, match="42S02"):
        project.upgrade(transaction_per_migration=per_migration)
    assert [
        "ALTER TABLE t ADD c INTEGER NULL",
        "DROP TABLE other",
        "ABORT",
        "ROLLBACK",
        "UNLOCK",
    ] == server.log[-5:]
    assert left == server.lasting.versions
    assert per_migration is server.lasting.has_version_table


def test_statements_wait_no_longer_than_told(project: Project, server: Server) -> None:
    """SQL Server waits indefinitely by default; the session's own limit is restored afterwards."""
    project.revision("a", None, "op.drop_table('t')")
    project.upgrade(lock_wait_timeout=2.5)
    sent = [line for line in server.log if "LOCK_TIMEOUT" in line or "DROP TABLE" in line]
    assert ["SET LOCK_TIMEOUT 2500", "DROP TABLE t", "SET LOCK_TIMEOUT -1"] == sent


def test_autocommit_block(project: Project, server: Server) -> None:
    """What was done before is committed, and the block's statements commit themselves."""
    project.revision(
        "a",
        None,
        "op.execute('UPDATE t SET id = 1')\n"
        "with op.get_context().autocommit_block():\n"
        "    op.execute('ALTER DATABASE d SET RECOVERY SIMPLE')\n"
        "op.execute('UPDATE t SET id = 3')",
    )
    project.upgrade(journal=False)
    assert [
        "LOCK",
        VERSION_TABLE,
        "UPDATE t SET id = 1",
        "COMMIT",
        "AUTOCOMMIT ON",
        "ALTER DATABASE d SET RECOVERY SIMPLE",
        "AUTOCOMMIT OFF",
        "UPDATE t SET id = 3",
        _inserted("a"),
        "COMMIT",
        "UNLOCK",
    ] == [line for line in server.log if not line.startswith("SET TRANSACTION")]


def test_downgrade(project: Project, server: Server) -> None:
    """The last version row is deleted with the revision's own changes."""
    project.revision("a", None, "pass", "op.drop_column('t', 'c', mssql_drop_default=True)")
    project.upgrade()
    server.log.clear()
    project.downgrade("base")
    locked, found, *rest = server.log
    assert "LOCK" == locked
    assert found.startswith("declare @const_name varchar(256) select @const_name = QUOTENAME(")
    assert [
        "ALTER TABLE t DROP COLUMN c",
        "DELETE FROM alembic_version WHERE alembic_version.version_num = 'a'",
        "COMMIT",
        "UNLOCK",
    ] == rest
    assert [] == server.lasting.versions


def test_no_separator_reaches_the_driver(project: Project, server: Server) -> None:
    """Statements are sent unchanged; semicolon and GO are only for scripts."""
    project.revision(
        "a", None, "op.execute('CREATE VIEW v AS SELECT 1 AS one')\nop.execute(\"PRINT 'GO'\")"
    )
    project.upgrade()
    assert ["CREATE VIEW v AS SELECT 1 AS one", "PRINT 'GO'"] == server.log[2:4]
