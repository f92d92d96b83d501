"""What a statement changes on SQLite, and blocks outside of transactions that are resumed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from projects import Project
from sqlalchemy import create_engine

from idiolect_sqlite.journal import SQLiteJournal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE TABLE t (a)", ["main.t"]),
        ('-- why\nCREATE UNIQUE INDEX IF NOT EXISTS aux."i ""1" ON t (a)', ['aux.i "1']),
        ("ALTER TABLE [a b] RENAME TO `c`", ["main.a b", "main.c"]),
        ("ALTER TABLE t RENAME COLUMN a TO b", ["main.t"]),
        ("DROP VIEW v", ["main.v"]),
        ("REINDEX t", []),
        ("ALIEN", None),
    ],
)
def test_objects(sql: str, expected: list[str] | None) -> None:
    """Names are qualified by schema; None if a statement's effect cannot be verified."""
    found = SQLiteJournal().objects(sql)
    assert expected == (None if found is None else list(found))


@pytest.mark.parametrize("done", [True, False])
def test_the_statement_in_flight(tmp_path: Path, done: bool) -> None:
    """The schema table shows whether the statement was executed."""
    project = Project(tmp_path / "project", f"sqlite:///{tmp_path / 'database.db'}")
    body = """
    op.create_table("t", sa.Column("a", sa.Integer))
    with op.get_context().autocommit_block():
        op.create_index("i", "t", ["a"])
    """
    project.revision("a", None, f"{body}\n    raise RuntimeError('cut off')")
    with pytest.raises(RuntimeError):
        project.upgrade()
    with project.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version_journal SET state = 'intent'")
        if not done:
            connection.exec_driver_sql("DROP INDEX i")
    project.revision("a", None, body)
    project.upgrade()
    assert ["a"] == project.heads()
    assert ["i"] == project.rows("SELECT name FROM sqlite_master WHERE name = 'i'")
    assert ["alembic_version", "t"] == project.tables()


SAVEPOINT = """
try:
    with bind.begin_nested():
        op.execute("CREATE TABLE gone (n int)")
        op.execute("INSERT INTO missing VALUES (1)")
except sa.exc.OperationalError:
    pass
"""
BEGIN = "for each in ('BEGIN', 'CREATE TABLE gone (n int)', 'ROLLBACK'): op.execute(each)"
STOP = "\n    raise RuntimeError('cut off')"


def block(*lines: str) -> str:
    """Return a revision that runs in an autocommit block."""
    inside = textwrap.indent("\n".join(("bind = op.get_bind()", *lines)), "    ")
    return f"with op.get_context().autocommit_block():\n{inside}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project on an empty file."""
    return Project(tmp_path / "project", f"sqlite:///{tmp_path / 'database.db'}")


@pytest.mark.parametrize("level", ["AUTOCOMMIT", None])
@pytest.mark.parametrize("first", [SAVEPOINT, BEGIN], ids=["savepoint", "BEGIN"])
def test_first_writes_that_are_rolled_back(project: Project, first: str, level: str | None) -> None:
    """The journal's table is not created in the transaction that the revision rolls back."""
    if level:
        project.attributes["engine"] = create_engine(project.url, isolation_level=level)
    rest = ("op.execute('CREATE TABLE t (n int)')", "op.execute('INSERT INTO t VALUES (1)')")
    project.revision("a", None, block(first, *rest))
    project.upgrade()
    assert (["a"], ["alembic_version", "t"]) == (project.heads(), project.tables())
    assert [1] == project.rows("SELECT n FROM t")


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("op.execute('BEGIN')", "op.execute('COMMIT')"),
        ("op.execute('begin immediate')", "op.execute('end transaction')"),
        ("op.execute('SAVEPOINT one')", "op.execute('RELEASE one')"),
        ("op.execute('SAVEPOINT one')", "op.execute('RELEASE SAVEPOINT \"One\"')"),
        ("nested = bind.begin_nested()", "nested.commit()"),
    ],
)
@pytest.mark.parametrize("is_ended", [True, False])
def test_a_transaction_of_the_revision(
    project: Project, begin: str, end: str, is_ended: bool
) -> None:
    """Its writes are recorded at its end, in the same transaction, or not at all."""
    body = block(
        "op.execute('CREATE TABLE t (n int)')",
        begin,
        "op.execute('INSERT INTO t VALUES (1)')",
        "with bind.begin_nested(): op.execute('INSERT INTO t VALUES (2)')",
    )
    ended = f"{body}\n    {end}"
    project.revision("a", None, (ended if is_ended else body) + STOP)
    with pytest.raises(RuntimeError, match="cut off"):
        project.upgrade()
    written = (
        project.rows("SELECT seq FROM alembic_version_journal"),
        project.rows("SELECT n FROM t"),
    )
    assert (([1, 2, 3], [1, 2]) if is_ended else ([1], [])) == written
    project.revision("a", None, ended)
    project.upgrade()
    assert (["a"], ["alembic_version", "t"]) == (project.heads(), project.tables())
    assert [1, 2] == project.rows("SELECT n FROM t")
