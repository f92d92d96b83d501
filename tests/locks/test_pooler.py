"""Behind a pooler that changes the session per transaction, runs still wait for each other."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from devtools import pgbouncer
from devtools.shell import Failure
from projects import ENV, Project
from runs import ended, start
from sqlalchemy import NullPool, create_engine, text

from idiolect import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STEPWISE = '{"transaction_per_migration": true}'
COUNT = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)
TABLE = "op.create_table('done', sa.Column('word', sa.String(20)))"
#: An env.py that migrates on the connection which the caller gives.
CALLERS = """
from idiolect import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""


@pytest.fixture
def pooled(fresh_postgresql: str) -> Iterator[str]:
    """URL of an empty database by way of pgbouncer in transaction mode."""
    try:
        pooler, url = pgbouncer.start(fresh_postgresql)
    except Failure as exc:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(exc))
    yield url
    pooler.stop()


@pytest.mark.parametrize("options", ["{}", STEPWISE], ids=["one transaction", "step by step"])
def test_runs_wait_for_each_other(pooled: str, tmp_path: Path, options: str) -> None:
    """Each row exists once; a commit inside a revision does not release the lock."""
    project = Project(tmp_path / "project", pooled)
    block = "import time\nwith op.get_context().autocommit_block():\n    time.sleep(1)"
    insert = "op.execute(\"INSERT INTO done (word) VALUES ('{}')\")"
    project.revision("a", None, f"{TABLE}\n{insert.format('a')}")
    project.revision("b", "a", f"{block}\n{insert.format('b')}")
    project.revision("c", "b", insert.format("c"))
    assert [] == ended([start(project, "upgrade", "head", options=options) for _ in range(4)])
    assert ["a", "b", "c"] == sorted(project.rows("SELECT word FROM done"))
    assert ["c"] == project.heads()


def test_a_concurrent_index(pooled: str, tmp_path: Path) -> None:
    """It does not wait for the transaction that holds the lock."""
    project = Project(tmp_path / "project", pooled)
    index = "op.create_index('i', 'done', ['word'], postgresql_concurrently=True)"
    project.revision("a", None, f"{TABLE}\nwith op.get_context().autocommit_block():\n    {index}")
    assert [] == ended([start(project, "upgrade", "head") for _ in range(2)])
    assert ["i"] == project.rows("SELECT indexname FROM pg_indexes WHERE tablename = 'done'")


@pytest.mark.parametrize("options", ["{}", '{"migration_lock": false}'], ids=["lock", "no lock"])
def test_a_statement_is_repeated(pooled: str, tmp_path: Path, options: str) -> None:
    """Psycopg prepares nothing on one session that the next transaction's does not have."""
    project = Project(tmp_path / "project", pooled)
    # Every second time, another client has the session that served the last transaction.
    body = f"""{TABLE}
insert = sa.text("INSERT INTO done (word) VALUES (:word)")
other = sa.create_engine(op.get_bind().engine.url, poolclass=sa.NullPool)
with op.get_context().autocommit_block():
    for number in range(12):
        with other.connect() as taker:
            if number % 2:
                taker.execute(sa.text("SELECT 1"))
            op.execute(insert.bindparams(word=str(number)))"""
    project.revision("a", None, body)

    assert [] == ended([start(project, "upgrade", "head", options=options)])

    assert sorted(map(str, range(12))) == sorted(project.rows("SELECT word FROM done"))


@pytest.mark.parametrize("lock", [True, False], ids=["lock", "no lock"])
def test_limits_stay_in_the_transactions_of_the_run(
    pooled: str, tmp_path: Path, lock: bool
) -> None:
    """They apply again after a commit, and other clients get no session that has them."""
    project = Project(tmp_path / "project", pooled)
    body = f"""{TABLE}
show = sa.text("SHOW statement_timeout")
shown = op.get_context().config.attributes["shown"]
with op.get_context().autocommit_block():
    op.execute("INSERT INTO done (word) VALUES ('a')")
shown.append(op.get_bind().scalar(show))
op.get_bind().commit()
# Another client has the session of the last transaction.
other = sa.create_engine(op.get_bind().engine.url, poolclass=sa.NullPool).connect()
shown.append(other.scalar(show))
shown.append(op.get_bind().scalar(show))
op.get_bind().commit()
other.close()"""
    project.revision("a", None, body, statement_timeout=50)
    show = "shown = op.get_context().config.attributes['shown']"
    project.revision(
        "b", "a", f"{show}\nshown.append(op.get_bind().scalar(sa.text('SHOW statement_timeout')))"
    )
    shown: list[str] = []
    project.attributes["shown"] = shown
    command.upgrade(project.config(), "head", lock=lock)
    assert ["50s", "0", "50s", "0"] == shown


def test_an_autocommit_block_has_no_limits(
    pooled: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A warning says so."""
    project = Project(tmp_path / "project", pooled)
    body = f"""{TABLE}
with op.get_context().autocommit_block():
    op.execute("INSERT INTO done (word) VALUES ('a')")"""
    project.revision("a", None, body, statement_timeout=50, lock_wait_timeout=50)
    project.upgrade()
    told = [each.getMessage() for each in caplog.records if "Behind a pooler" in each.getMessage()]
    assert 1 == len(told)
    assert "statement_timeout and lock_wait_timeout do not apply" in told[0]


@pytest.mark.parametrize("lock", [True, False], ids=["lock", "no lock"])
def test_a_callers_connection_is_given_back(pooled: str, tmp_path: Path, lock: bool) -> None:
    """Settings of the driver's connection are restored afterwards."""
    project = Project(tmp_path / "project", pooled)
    project.env(CALLERS)
    project.revision("a", None, TABLE)
    config = project.config()
    engine = create_engine(pooled)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        driver = connection.connection.driver_connection
        before = getattr(driver, "prepare_threshold", None)
        command.upgrade(config, "head", lock=lock)
        if not lock:
            # Then the setting is restored when the connection is returned to its pool.
            connection.close()
        after = getattr(driver, "prepare_threshold", None)
    engine.dispose()

    assert before == after
    assert ["a"] == project.heads()


def test_no_lock_is_left(pooled: str, tmp_path: Path) -> None:
    """The second connection ends with the run, and the servers' sessions hold nothing."""
    project = Project(tmp_path / "project", pooled)
    project.revision("a")
    project.upgrade()
    engine = create_engine(pooled, poolclass=NullPool)
    with engine.connect() as connection:
        assert connection.scalar(text(COUNT)) == 0


@pytest.mark.parametrize("block", ["connect", "begin"])
def test_an_engine_in_autocommit_mode(pooled: str, tmp_path: Path, block: str) -> None:
    """The second connection has a transaction for the lock to last as long as the run."""
    project = Project(tmp_path / "project", pooled)
    count_locks_in(project, block)
    project.attributes["engine"] = create_engine(
        pooled, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    project.upgrade()
    assert [1, 0] == [*project.attributes["counted"], *project.rows(COUNT)]


@pytest.mark.parametrize("block", ["connect", "begin"])
def test_without_a_pooler_in_autocommit_mode(
    fresh_postgresql: str, tmp_path: Path, block: str
) -> None:
    """A lock of the transaction that SQLAlchemy takes for open would end at once."""
    project = Project(tmp_path / "project", fresh_postgresql)
    count_locks_in(project, block)
    project.attributes["engine"] = create_engine(fresh_postgresql, isolation_level="AUTOCOMMIT")
    project.upgrade()
    assert [1, 0] == [*project.attributes["counted"], *project.rows(COUNT)]
    project.attributes["engine"].dispose()


def count_locks_in(project: Project, block: str) -> None:
    """Write a revision that counts the locks while it runs, and an env.py with such a block."""
    counted = project.attributes["counted"] = []
    project.attributes["count"] = lambda: counted.extend(project.rows(COUNT))
    project.env(ENV.replace("engine.connect()", f"engine.{block}()"))
    project.revision("a", None, "op.get_context().config.attributes['count']()")
