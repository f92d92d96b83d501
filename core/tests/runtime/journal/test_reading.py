"""Whether a resumed run may continue depends on who reads: revision, operation or nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idiolect import command
from idiolect.errors import ConfigError, UnfinishedRevisionError

if TYPE_CHECKING:
    from projects import Project

JOURNAL = "alembic_version_journal"
TABLE = """
bind = op.get_bind()
op.execute("CREATE TABLE t (n int, m varchar(5))")
op.execute("INSERT INTO t (n) VALUES (1)")
"""
STOP = "\nbind.commit()\nraise RuntimeError('cut off')"
BATCH = """
with op.batch_alter_table("t", recreate="always") as batch:
    batch.alter_column("n", new_column_name="k", existing_type=sa.Integer())
"""


def stop(project: Project, upgrade: str) -> None:
    """Commit what a revision did, and stop it."""
    project.revision("a", None, upgrade + STOP)
    with pytest.raises(RuntimeError, match="cut off"):
        project.upgrade()


def resumed(project: Project, upgrade: str, column: str = "n") -> list[Any]:
    """Run it again without the stop; return the rows."""
    project.revision("a", None, upgrade)
    project.upgrade()
    assert (["a"], ["alembic_version", "t"]) == (project.heads(), project.tables())
    return project.rows(f"SELECT {column} FROM t ORDER BY 1")


def test_a_batch_reads_the_table_as_it_was(project: Project) -> None:
    """The reflected state is recorded, as the table has another shape by then."""
    body = TABLE + "bind.commit()\n" + BATCH
    stop(project, body)
    last = '\nop.execute("INSERT INTO t (k) VALUES (2)")'
    assert [1, 2] == resumed(project, body + last, "k")


def test_a_batch_that_read_something_else(project: Project) -> None:
    """What an earlier run read is no answer to another question."""
    body = TABLE + "bind.commit()\n" + BATCH
    stop(project, body)
    changed = body.replace('"always"', '"always", schema="main"')
    project.revision("a", None, changed)
    with pytest.raises(UnfinishedRevisionError, match="The revision now reads the database at"):
        project.upgrade()


def test_a_revision_that_reads_in_between(project: Project) -> None:
    """A batch does not excuse what the revision itself reads."""
    body = TABLE + "bind.commit()\nsa.inspect(bind).get_columns('t')\n" + BATCH
    stop(project, body)
    project.revision("a", None, body)
    with pytest.raises(UnfinishedRevisionError, match="The revision reads the database at"):
        project.upgrade()


def test_another_connection(project: Project) -> None:
    """What it does is not recorded, and what it reads is not seen: a person decides."""
    body = TABLE + "bind.commit()\nsa.inspect(bind.engine).get_table_names()\n"
    body += 'op.execute("INSERT INTO t (n) VALUES (2)")\n'
    stop(project, body)
    project.revision("a", None, body)
    with pytest.raises(UnfinishedRevisionError, match="The revision works on another connection"):
        project.upgrade()


def test_another_task(project: Project) -> None:
    """Other work on the engine, such as runs for other tenants, is not affected."""
    body = (
        TABLE
        + """bind.commit()
import contextvars
contextvars.Context().run(lambda: sa.inspect(bind.engine).get_table_names())
op.execute("INSERT INTO t (n) VALUES (2)")
"""
    )
    stop(project, body)
    assert [1, 2] == resumed(project, body)


def test_a_query_whose_rows_nobody_gets(project: Project) -> None:
    """Its result affects nothing; what it queried may be gone when the run is resumed."""
    body = (
        TABLE
        + """
op.execute("CREATE TABLE u (n int)")
op.execute("SELECT n FROM u")
op.execute("DROP TABLE u")
"""
    )
    stop(project, body)
    assert [1, 2] == resumed(project, body + 'op.execute("INSERT INTO t (n) VALUES (2)")')


def test_a_query_that_fails_and_was_caught(project: Project) -> None:
    """The failure is information for the revision, whoever consumes the rows."""
    body = TABLE + 'try:\n    op.execute("SELECT x FROM missing")\nexcept Exception:\n    pass\n'
    body += 'op.execute("INSERT INTO t (n) VALUES (2)")\n'
    stop(project, body)
    project.revision("a", None, body)
    with pytest.raises(UnfinishedRevisionError, match="goes on after a statement that failed at"):
        project.upgrade()


def test_rows_in_portions(project: Project) -> None:
    """Each batch's result is replayed in turn."""
    body = (
        TABLE
        + """
t = sa.Table("t", sa.MetaData(), sa.Column("n", sa.Integer))
rows = [{"n": number} for number in range(2, 2500)]
found = bind.execute(t.insert().returning(t.c.n), rows).scalars().all()
bind.execute(t.insert(), {"n": 10000 + sum(found)})
op.get_context().config.attributes["found"].append(found)
"""
    )
    given = project.attributes["found"] = []
    stop(project, body)
    assert [*range(1, 2500), 10000 + sum(range(2, 2500))] == resumed(project, body)
    assert [[*range(2, 2500)]] * 2 == given


def test_rows_that_differ_in_one_place(project: Project) -> None:
    """Each of many rows is compared: the one that was changed would be missed."""
    body = (
        TABLE
        + """
rows = [{"n": number} for number in range(3000)]
op.bulk_insert(sa.table("t", sa.column("n", sa.Integer)), rows)
"""
    )
    stop(project, body)
    project.revision("a", None, body.replace("\nop.bulk", "\nrows[777]['n'] = -1\nop.bulk"))
    with pytest.raises(UnfinishedRevisionError, match="with other parameters"):
        project.upgrade()


def test_values_that_are_new_each_time(project: Project) -> None:
    """A random value is another one now; a person may take the write for done."""
    body = (
        TABLE
        + """
import uuid
bind.execute(sa.text("INSERT INTO t (n, m) VALUES (2, :m)"), {"m": uuid.uuid4().hex[:5]})
"""
    )
    stop(project, body)
    project.revision("a", None, body)
    with pytest.raises(UnfinishedRevisionError, match="with other parameters") as caught:
        project.upgrade()
    assert "--mark-done 3'" in str(caught.value)
    command.repair(project.config(), mark_done=3)
    assert [1, 2] == resumed(project, body)


def test_a_table_of_somebody_else(project: Project) -> None:
    """It has the journal's name: the error says so, with a remedy."""
    with project.engine().begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {JOURNAL} (id int)")
    project.revision("a", None, "pass")
    with pytest.raises(ConfigError, match="is not an Idiolect journal: it has no column 'seq'"):
        project.upgrade()
    assert [JOURNAL] == project.tables()
    project.upgrade(journal=False)
    assert ["a"] == project.heads()
