"""A statement goes on at the server after its client was killed: the next run waits for it."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from projects import Project

from idiolect.runtime.journal import resume

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHILD = """
import sys
from idiolect import command
from idiolect.config import Config

config = Config(attributes={"options": {"migration_lock": False}})
config.set_main_option("script_location", sys.argv[1])
config.set_main_option("sqlalchemy.url", sys.argv[2])
command.upgrade(config, "head")
"""
SECONDS = 300


def cut_off(project: Project, working: str) -> None:
    """Upgrade in a process, and kill that once the server works on its statement."""
    words = [sys.executable, "-c", CHILD, str(project.folder), project.url]
    child = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + SECONDS
    while not project.rows(working)[0]:
        assert child.poll() is None, child.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.05)
    child.kill()
    child.communicate()


@contextmanager
def released(other: sa.Connection) -> Iterator[None]:
    """End a transaction as soon as a run has logged that it waits; it must log it."""
    told: list[str] = []

    def warning(message: str, *_args: object) -> None:
        told.append(message)
        if "is still executing a statement; waiting for it" in message:
            other.commit()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resume.log, "warning", warning)
        yield
    assert "is still executing a statement; waiting for it" in "\n".join(told)


@pytest.mark.mariadb
def test_on_mariadb(tmp_path: Path, fresh_mariadb: str) -> None:
    """The table created in the meantime exists once."""
    project = Project(tmp_path / "project", fresh_mariadb)
    project.revision(
        "a",
        None,
        """
        op.execute("CREATE TABLE slow AS SELECT n FROM held LOCK IN SHARE MODE")
        op.execute("INSERT INTO slow VALUES (7)")
        """,
    )
    with project.engine().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE held (n int)")
        connection.exec_driver_sql("INSERT INTO held VALUES (0)")
    with project.engine().connect() as other:
        # Until this transaction ends, the table is being made.
        other.exec_driver_sql("SELECT n FROM held FOR UPDATE")
        cut_off(
            project,
            "SELECT COUNT(*) FROM information_schema.PROCESSLIST "
            "WHERE DB = DATABASE() AND INFO LIKE 'CREATE TABLE slow%'",
        )
        with released(other):
            project.upgrade(migration_lock=False)
    assert (["a"], [0, 7]) == (project.heads(), project.rows("SELECT n FROM slow ORDER BY n"))


@pytest.mark.postgresql
def test_on_postgresql(tmp_path: Path, fresh_postgresql: str) -> None:
    """The index created in the meantime exists once, and is valid."""
    project = Project(tmp_path / "project", fresh_postgresql)
    with project.engine().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n int)")
    project.revision(
        "a",
        None,
        """
        op.execute("INSERT INTO t VALUES (1)")
        with op.get_context().autocommit_block():
            op.create_index("i", "t", ["n"], postgresql_concurrently=True)
        """,
    )
    with project.engine().connect() as other:
        # Until this transaction ends, CREATE INDEX CONCURRENTLY waits.
        other.execute(sa.text("INSERT INTO t VALUES (5)"))
        cut_off(
            project,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND state = 'active' AND wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX%'",
        )
        with released(other):
            project.upgrade(migration_lock=False)
    assert (["a"], [1, 5]) == (project.heads(), project.rows("SELECT n FROM t ORDER BY n"))
    assert [True] == project.rows(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"
    )
