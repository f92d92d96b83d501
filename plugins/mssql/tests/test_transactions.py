"""Errors end the transaction, and a revision that continues is not committed in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mssql_recorder import Server
from projects import Project
from sqlalchemy import event
from sqlalchemy.exc import ProgrammingError

from idiolect.errors import TransactionLostError
from idiolect_mssql.transactions import ended_by_errors

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

SWALLOWED = """
import contextlib
op.execute("UPDATE t SET id = 1")
with contextlib.suppress(Exception):
    op.execute("UPDATE missing SET id = 2")
op.execute("UPDATE t SET id = 3")
"""
SAVEPOINT = """
import contextlib
op.execute("UPDATE t SET id = 1")
with contextlib.suppress(Exception), op.get_bind().begin_nested():
    op.execute("UPDATE missing SET id = 2")
op.execute("UPDATE t SET id = 3")
"""
LOST = "because of an error in a revision, which continued after it"

ENV_PY_HAS_THE_TRANSACTION = """
from idiolect import context
engine = context.config.attributes["engine"]
with engine.begin() as connection:
    context.configure(connection=connection)
    context.run_migrations()
"""


@pytest.fixture
def server() -> Server:
    """A server that rejects one statement."""
    return Server(refused="UPDATE missing")


@pytest.fixture
def project(tmp_path: Path, server: Server) -> Project:
    """A project whose env.py connects to ``server``."""
    project = Project(tmp_path / "project", "mssql+pyodbc://")
    project.attributes["engine"] = server.engine()
    return project


def data(server: Server) -> list[str]:
    """Return the logged statements about the table, and the ends of transactions."""
    words = ("UPDATE t", "UPDATE missing", "ABORT", "COMMIT", "ROLLBACK", "SAVE")
    return [line for line in server.log if line.startswith(words)]


@pytest.mark.parametrize("per_migration", [False, True], ids=["a run", "a revision"])
def test_an_error_that_a_revision_catches(
    project: Project, server: Server, per_migration: bool
) -> None:
    """What came after it would be committed without what was before: all is rolled back."""
    project.revision("a", None, SWALLOWED)
    with pytest.raises(TransactionLostError, match=LOST) as caught:
        project.upgrade(transaction_per_migration=per_migration)
    assert "The first error was: ('42S02', 'refused: UPDATE missing SET id = 2')." in str(
        caught.value
    )
    before = ["COMMIT"] if per_migration else []  # the version table
    assert [
        *before,
        *["UPDATE t SET id = 1", "UPDATE missing SET id = 2", "ABORT"],
        *["UPDATE t SET id = 3", "ROLLBACK"],
    ] == data(server)
    assert [] == server.lasting.versions


def test_an_engine_at_the_address_of_a_former_one(
    project: Project, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLAlchemy may believe that it has the listeners of an engine that is gone."""
    monkeypatch.setattr(event, "contains", lambda *_: True)
    project.revision("a", None, SWALLOWED)
    with pytest.raises(TransactionLostError, match=r"The first error was: \('42S02'"):
        project.upgrade()


def test_an_error_that_the_driver_does_not_show(project: Project, server: Server) -> None:
    """Later statements of a batch may fail silently: the loss is detected."""
    server.refused, server.silent = "", "UPDATE missing"
    project.revision("a", None, "op.execute('UPDATE t SET id = 1; UPDATE missing SET id = 2')")
    with pytest.raises(TransactionLostError, match=LOST):
        project.upgrade()
    assert "COMMIT" not in server.log
    assert [] == server.lasting.versions


def test_in_a_transaction_of_env_py(project: Project, server: Server) -> None:
    """It is checked after the last revision, because its commit cannot be observed."""
    project.env(ENV_PY_HAS_THE_TRANSACTION)
    project.revision("a", None, SWALLOWED)
    with pytest.raises(TransactionLostError, match=LOST):
        project.upgrade()
    assert "COMMIT" not in server.log
    assert not server.aborting


@pytest.mark.parametrize(
    "ending",
    ["op.get_bind().commit()", "op.execute('COMMIT')", "op.execute('ROLLBACK')"],
    ids=["commit", "text", "rollback"],
)
def test_the_revision_ends_the_transaction_after_an_error(
    project: Project, server: Server, ending: str
) -> None:
    """Neither its commit nor the run's passes over the loss."""
    project.revision("a", None, f"{SWALLOWED}\n{ending}")
    with pytest.raises(TransactionLostError, match=LOST):
        project.upgrade()
    assert "COMMIT" not in server.log


@pytest.mark.parametrize(
    "ending",
    ["op.get_bind().commit()", "op.execute('COMMIT')", "op.execute('ROLLBACK')"],
    ids=["commit", "text", "rollback"],
)
def test_the_revision_ends_its_transaction(project: Project, server: Server, ending: str) -> None:
    """A new one is no loss where nothing failed."""
    project.revision("a", None, f"{ending}\nop.execute('UPDATE t SET id = 1')")
    project.upgrade(journal=False)
    assert ["UPDATE t SET id = 1", "COMMIT"] == data(server)[-2:]
    assert ["a"] == server.lasting.versions or "ROLLBACK" in ending


def test_a_savepoint(project: Project, server: Server) -> None:
    """Whoever sets one may go on: the error undoes what is inside of it, and nothing else."""
    project.revision("a", None, SAVEPOINT)
    project.upgrade()
    words = [line.partition(" sa_savepoint")[0] for line in data(server)]
    assert [
        *["UPDATE t SET id = 1", "SAVE TRANSACTION", "UPDATE missing SET id = 2"],
        *["ROLLBACK TRANSACTION", "UPDATE t SET id = 3", "COMMIT"],
    ] == words
    assert ["a"] == server.lasting.versions


def test_after_a_savepoint_errors_end_the_transaction_again(
    project: Project, server: Server
) -> None:
    """XACT_ABORT is disabled only within it."""
    project.revision("a", None, f"with op.get_bind().begin_nested():\n    pass\n{SWALLOWED}")
    with pytest.raises(TransactionLostError, match=LOST):
        project.upgrade()


@pytest.mark.parametrize(
    "options",
    [{"mssql_xact_abort": False}, {"transactional_ddl": False}],
    ids=["option", "no transactional DDL"],
)
def test_switched_off(project: Project, server: Server, options: dict[str, Any]) -> None:
    """Only the failed statement is undone, as with Alembic."""
    project.revision("a", None, SWALLOWED)
    project.upgrade(journal=False, **options)
    assert ["UPDATE t SET id = 1", "UPDATE missing SET id = 2", "UPDATE t SET id = 3"] == [
        line for line in data(server) if line != "COMMIT"
    ]
    assert ["a"] == server.lasting.versions


def test_a_relative_without_identities_of_transactions(project: Project, server: Server) -> None:
    """Where a loss could not be seen, errors do not end transactions."""
    server.knows_identity = False
    project.revision("a", None, SWALLOWED)
    project.upgrade()
    assert ["a"] == server.lasting.versions


@pytest.mark.parametrize("fails", [False, True])
def test_the_session_gets_its_setting_back(project: Project, server: Server, fails: bool) -> None:
    """Connections go back to their pool as they were."""
    project.revision("a", None, "op.execute('UPDATE missing SET id = 1')" if fails else "pass")
    if fails:
        with pytest.raises(ProgrammingError, match="42S02"):
            project.upgrade()
    else:
        project.upgrade()
    assert not server.aborting


def test_the_error_of_a_lost_session_is_shown(server: Server) -> None:
    """If the session is lost, the error that says so is the one to report."""
    engine = server.engine()

    def run() -> None:
        with engine.begin() as connection, ended_by_errors(connection):
            connection.invalidate()
            raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        run()
    engine.dispose()
