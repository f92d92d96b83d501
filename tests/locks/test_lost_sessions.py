"""Sessions that the server terminates during a revision, and commits that it refuses."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from projects import Project
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

if TYPE_CHECKING:
    from pathlib import Path

ENDS = {
    "postgresql": ("info.backend_pid", "SELECT pg_terminate_backend({})"),
    "mariadb": ("thread_id()", "KILL {}"),
}
#: Ends the revision's own session, once.
END = """
import pathlib
marker = pathlib.Path({marker!r})
if not marker.exists():
    marker.write_text("")
    number = op.get_bind().connection.driver_connection.{number}
    engine = sa.create_engine({url!r}, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as other:
        other.exec_driver_sql({end!r}.format(number))
"""
BODIES = {
    "in a transaction": """
op.execute("CREATE TABLE t (a INTEGER)")
{end}
op.execute("INSERT INTO t VALUES (1)")
""",
    "before a row in autocommit": """
op.execute("CREATE TABLE t (a INTEGER)")
with op.get_context().autocommit_block():
{indented}
    op.execute("INSERT INTO t VALUES (1)")
""",
    "before a table in autocommit": """
with op.get_context().autocommit_block():
{indented}
    op.execute("CREATE TABLE t (a INTEGER)")
op.execute("INSERT INTO t VALUES (1)")
""",
    "in a batch": """
op.create_table("t", sa.Column("b", sa.Integer))
with op.batch_alter_table("t", recreate="always") as batch:
    batch.add_column(sa.Column("a", sa.Integer))
{indented}
op.execute("INSERT INTO t (a) VALUES (1)")
""",
}


@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.parametrize("where", BODIES)
def test_the_server_ends_it(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, where: str
) -> None:
    """The error is the driver's, not a later one of SQLAlchemy; each row exists once."""
    url = request.getfixturevalue(f"fresh_{kind}")
    project = Project(tmp_path / "project", url)
    number, end = ENDS[kind]
    text = END.format(marker=str(tmp_path / "marker"), number=number, end=end, url=url)
    indented = text.replace("\n", "\n    ")
    project.revision("a", None, BODIES[where].format(end=text, indented=indented))
    with pytest.raises(DBAPIError) as caught:
        project.upgrade()
    assert caught.value.connection_invalidated
    project.upgrade()
    assert ["a"] == project.heads()
    assert [1] == project.rows("SELECT a FROM t")


INI = """
[idiolect]
script_location = {folder}
sqlalchemy.url = sqlite:///{folder}/x.db
"""
ENV = """
from sqlalchemy import NullPool, create_engine, event
from idiolect import context

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=NullPool)
event.listen(engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA foreign_keys = ON"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
BODY = """
op.execute("CREATE TABLE p (a INTEGER PRIMARY KEY)")
op.execute("CREATE TABLE c (a INTEGER REFERENCES p (a) DEFERRABLE INITIALLY DEFERRED)")
op.execute("INSERT INTO c VALUES (1)")
{commit}
"""


@pytest.mark.parametrize(
    ("commit", "words"),
    [
        ("", "rejects the commit, and the transaction was rolled back: FOREIGN KEY"),
        ("op.get_bind().commit()", "IntegrityError in upgrade() of revision 'a'"),
    ],
    ids=["of the run", "of a revision"],
)
def test_a_commit_that_is_refused(tmp_path: Path, commit: str, words: str) -> None:
    """The message does not blame the connection, and a revision's own commit is its own failure."""
    project = Project(tmp_path / "project", f"sqlite:///{tmp_path}/project/x.db")
    project.env(ENV)
    project.revision("a", None, BODY.format(commit=commit))
    ini = tmp_path / "idiolect.ini"
    ini.write_text(INI.format(folder=project.folder))
    ended = subprocess.run(
        [sys.executable, "-m", "idiolect", "-c", str(ini), "upgrade", "head"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (1, True) == (ended.returncode, words in ended.stderr), ended.stderr
    assert [] == [table for table in project.tables() if table != "alembic_version"]


REFUSED = """
op.execute("CREATE TABLE p (a INTEGER PRIMARY KEY)")
op.execute("CREATE TABLE c (a INTEGER REFERENCES p (a) DEFERRABLE INITIALLY DEFERRED)")
if fails:
    op.execute("INSERT INTO c VALUES (1)")
"""


@pytest.mark.parametrize("per_migration", [False, True], ids=["a run", "a revision"])
def test_a_refused_commit_leaves_no_lock(
    fresh_postgresql: str, tmp_path: Path, per_migration: bool
) -> None:
    """A pooled session releases the migration lock, so that the next run need not wait."""
    project = Project(tmp_path / "project", fresh_postgresql)
    engine = project.attributes["engine"] = create_engine(
        fresh_postgresql, connect_args={"application_name": "shop"}
    )
    project.revision("a", None, REFUSED, fails=True)
    with pytest.raises(IntegrityError):
        project.upgrade(transaction_per_migration=per_migration)
    with engine.connect() as connection:
        assert "shop" == connection.scalar(text("SELECT current_setting('application_name')"))
    project.revision("a", None, REFUSED, fails=False)
    project.attributes["engine"] = project.engine()
    project.upgrade(migration_lock_timeout=0)
    assert ["a"] == project.heads()
    engine.dispose()
