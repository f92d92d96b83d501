"""Revisions that fail after a commit: the next run resumes them, or says why it cannot."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import inspect

from idiolect import command
from idiolect.autogenerate import compare_metadata
from idiolect.errors import CommandError, ConfigError, UnfinishedRevisionError
from idiolect.hooks import JournalSupport, hookimpl
from idiolect.migration import MigrationContext
from idiolect.runtime.journal.hidden import hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from projects import Project
    from sqlalchemy.engine import Connection

    from idiolect.hooks.manager import PluginManager

JOURNAL = "alembic_version_journal"
TABLE = """
bind = op.get_bind()
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
bind.execute(sa.text("INSERT INTO t (id, n) VALUES (:id, :n)"), [{"id": 1, "n": 1}])
bind.commit()
"""
STOP = "\nraise RuntimeError('cut off')"
REST = """
bind.execute(sa.text("UPDATE t SET n = n + 1"))
"""


def stop(project: Project, upgrade: str, **options: Any) -> None:
    """Run a revision that stops at its end."""
    project.revision("a", None, upgrade + STOP)
    with pytest.raises(RuntimeError, match="cut off"):
        project.upgrade(**options)


def test_a_revision_is_resumed(project: Project) -> None:
    """What was committed is skipped, the rest runs, and no journal is left."""
    stop(project, TABLE + REST)
    assert ["alembic_version", JOURNAL, "t"] == sorted(project.tables())
    assert [1] == project.rows("SELECT n FROM t")
    project.revision("a", None, TABLE + REST)
    project.upgrade()
    assert ["a"] == project.heads()
    assert [2] == project.rows("SELECT n FROM t")
    assert ["alembic_version", "t"] == project.tables()


COPIES = """
metadata = sa.MetaData()
metadata.reflect(bind)
for table in list(metadata.tables.values()):
    columns = [sa.Column(column.name, column.type) for column in table.columns]
    op.create_table(f"copy_of_{table.name}", *columns)
with bind.engine.connect() as other:
    assert "alembic_version_journal" not in sa.inspect(other).get_table_names()
"""


def test_a_revision_that_copies_all_tables_does_not_see_the_journal(project: Project) -> None:
    """Published ones do: a table of the run is none of theirs, and would be copied with them."""
    project.revision("a", None, TABLE + COPIES)

    project.upgrade()

    copies = ["copy_of_alembic_version", "copy_of_t"]
    assert ["alembic_version", *copies, "t"] == sorted(project.tables())


def test_tables_are_hidden_until_the_last_run_ends() -> None:
    """Runs of several threads share a dialect; then its method is its own again."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    for name in ("a", "b", "c"):
        sa.Table(name, sa.MetaData(), sa.Column("id", sa.Integer)).create(engine)
    first, second, again = (hidden(engine.dialect, name) for name in ("a", "b", "a"))
    first.__enter__()
    second.__enter__()
    again.__enter__()
    assert ["c"] == inspect(engine).get_table_names()
    first.__exit__(None, None, None)
    assert ["c"] == inspect(engine).get_table_names()
    second.__exit__(None, None, None)
    assert ["b", "c"] == inspect(engine).get_table_names(schema="main")
    again.__exit__(None, None, None)
    assert ["a", "b", "c"] == inspect(engine).get_table_names()
    assert "get_table_names" not in vars(engine.dialect)


def test_a_failure_tells_what_is_left(project: Project) -> None:
    """If something is left of the revision, the error says so, with a remedy."""
    for body in (TABLE.replace("bind.commit()", ""), TABLE):
        project.revision("a", None, body + STOP)
        with pytest.raises(RuntimeError) as caught:
            project.upgrade()
        told = [note for note in caught.value.__notes__ if "is kept and recorded" in note]
        assert (body == TABLE) == bool(told)
    assert "the same upgrade continues from there" in told[0]


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [pytest.param("", True, id="first-write"), pytest.param(TABLE, False, id="later-write")],
)
def test_advice_to_stamp(project: Project, earlier: str, expected: bool) -> None:
    """If a table exists, a stamp is advised only if the revision has not written before."""
    with project.engine().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE mine (id INTEGER)")
    create = 'op.create_table("mine", sa.Column("id", sa.Integer))'
    project.revision("a", None, earlier + create)

    with pytest.raises(sa.exc.OperationalError, match="already exists") as caught:
        project.upgrade()

    assert expected is any("run 'stamp'" in note for note in caught.value.__notes__)


def test_nothing_is_recorded_of_a_revision_that_commits_nothing(project: Project) -> None:
    """A rollback undoes it, so that it runs again from the beginning."""
    stop(project, TABLE.replace("bind.commit()", ""))
    assert [] == project.tables()


def test_results_of_what_is_skipped(project: Project) -> None:
    """A skipped write answers as it did."""
    body = (
        TABLE
        + """
table = sa.table("t", sa.column("id", sa.Integer), sa.column("n"))
done = bind.execute(sa.text("UPDATE t SET n = 5 WHERE id = 1"))
seen = op.get_context().config.attributes["seen"]
seen.append(done.rowcount)
seen.append(bind.execute(sa.text("INSERT INTO t (n) VALUES (7)")).lastrowid)
bind.commit()
"""
    )
    seen = project.attributes["seen"] = []
    stop(project, body)
    project.revision("a", None, body)
    project.upgrade()
    assert [1, 2, 1, 2] == seen
    assert [5, 7] == project.rows("SELECT n FROM t ORDER BY id")


def test_a_downgrade_is_resumed(project: Project) -> None:
    """It is journaled like an upgrade."""
    down = """
bind = op.get_bind()
bind.execute(sa.text("UPDATE t SET n = n * 10"))
bind.commit()
"""
    project.revision("a", None, TABLE)
    project.upgrade()
    project.revision("a", None, TABLE, down + STOP)
    with pytest.raises(RuntimeError):
        project.downgrade("base")
    project.revision("a", None, TABLE, down + "op.add_column('t', sa.Column('x', sa.Integer))")
    project.downgrade("base")
    assert [10] == project.rows("SELECT n FROM t")
    assert [] == project.heads()


READS = """
bind = op.get_bind()
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
if not bind.execute(sa.text("SELECT count(*) FROM t")).scalar():
    bind.execute(sa.text("INSERT INTO t (id, n) VALUES (1, 1)"))
bind.commit()
"""


def refused(project: Project, revision: str = "head") -> str:
    """Run, and return the error, after which nothing has changed."""
    before = (project.tables(), project.rows("SELECT n FROM t"))
    journal = project.rows(f"SELECT fingerprint || state || note FROM {JOURNAL}")
    with pytest.raises(UnfinishedRevisionError) as caught:
        project.upgrade(revision)
    assert before == (project.tables(), project.rows("SELECT n FROM t"))
    assert journal == project.rows(f"SELECT fingerprint || state || note FROM {JOURNAL}")
    return str(caught.value)


def test_a_revision_that_read(project: Project) -> None:
    """It would read something else now: the run stops, and names the place and the choices."""
    stop(project, READS)
    project.revision("a", None, READS)
    message = refused(project)
    assert "upgrade() of revision 'a' was left unfinished" in message
    assert f"reads the database at {project.folder / 'versions' / 'a_.py'}:" in message
    assert "before write 2: INSERT INTO t (id, n) VALUES (1, 1)" in message
    for choice in ("--mark-done 2", "--mark-undone 2", "--restart", "--forget"):
        assert choice in message


def test_reading_after_what_is_recorded(project: Project) -> None:
    """The result is the same as before, so there is no error."""
    body = TABLE + "assert 1 == bind.execute(sa.text('SELECT count(*) FROM t')).scalar()\n"
    stop(project, body)
    project.revision("a", None, body)
    project.upgrade()
    assert ["a"] == project.heads()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param(
            TABLE.replace('"n": 1', '"n": 9'),
            "now sends 'INSERT INTO t (id, n) VALUES (?, ?)' with other parameters",
            id="parameters",
        ),
        pytest.param(
            TABLE.replace("INSERT INTO", "INSERT OR IGNORE INTO"),
            "now sends 'INSERT OR IGNORE INTO t (id, n) VALUES (?, ?)' instead of the earlier "
            "run's write 2: INSERT INTO t (id, n) VALUES (?, ?)",
            id="SQL",
        ),
        pytest.param(
            "bind = op.get_bind()\nbind.scalar(sa.text('SELECT 1'))\n" + TABLE,
            "The revision now reads the database at",
            id="read",
        ),
        pytest.param("pass", "now ends after 0 writes, but the earlier run had made 2", id="end"),
        pytest.param(
            "bind = op.get_bind()\ntry:\n    bind.scalar(sa.text('SELECT 1'))\n"
            f"except Exception:\n    pass\n{REST}",
            "The revision now reads the database at",
            id="caught",
        ),
    ],
)
def test_a_changed_file(project: Project, changed: str, words: str) -> None:
    """Executed statements must be unchanged; the revision cannot catch the error."""
    stop(project, TABLE)
    project.revision("a", None, changed)
    assert words in refused(project)


def test_mark_done(project: Project) -> None:
    """Accepts first what was read, then a different statement instead of a write."""
    body = READS.replace("if not", "if 0 <=")
    stop(project, body)
    project.revision("a", None, body.replace("VALUES (1, 1)", "VALUES (1, 9)") + REST)
    assert "reads the database" in refused(project)
    command.repair(project.config(), mark_done=2)
    assert "now sends 'INSERT INTO t (id, n) VALUES (1, 9)'" in refused(project)
    command.repair(project.config(), mark_done=2)
    project.upgrade()
    assert [2] == project.rows("SELECT n FROM t")


def test_what_was_read_leads_elsewhere(project: Project) -> None:
    """A person who takes it for accepted does not make another write be skipped."""
    stop(project, READS)
    project.revision("a", None, READS + REST)
    refused(project)
    command.repair(project.config(), mark_done=2)
    assert "now sends 'UPDATE t SET n = n + 1'" in refused(project)
    command.repair(project.config(), mark_undone=2)
    project.upgrade()
    assert [2] == project.rows("SELECT n FROM t")


def test_mark_undone(project: Project) -> None:
    """The write, and those after it, are executed."""
    stop(project, READS)
    with project.engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM t")
    project.revision("a", None, READS)
    command.repair(project.config(), mark_undone="last")
    project.upgrade()
    assert [1] == project.rows("SELECT n FROM t")


def test_forget_and_restart(project: Project) -> None:
    """The function runs from its first line."""
    ways: tuple[Callable[[], None], ...] = (
        lambda: command.repair(project.config(), forget=True),
        lambda: command.upgrade(project.config(), "head", restart=True),
    )
    for again in ways:
        stop(project, TABLE)
        project.revision("a", None, "op.drop_table('t')")
        again()
        project.upgrade()
        assert ["a"] == project.heads()
        project.revision("a", None)
        project.downgrade("base")
        assert ["alembic_version"] == [name for name in project.tables() if name != JOURNAL]


def test_a_statement_that_failed_and_was_caught(project: Project) -> None:
    """Counts as reading; where a person accepts it, it is not sent again."""
    body = (
        TABLE
        + """
try:
    with bind.begin_nested():
        op.execute("INSERT INTO nothing VALUES (1)")
except Exception:
    pass
op.execute("INSERT INTO t (id) VALUES (3)")
bind.commit()
"""
    )
    stop(project, body)
    project.revision("a", None, body)
    assert "goes on after a statement that failed at" in refused(project)
    command.repair(project.config(), mark_done="last")
    project.upgrade()
    assert [1, 3] == project.rows("SELECT id FROM t ORDER BY id")


def test_another_run_does_not_pass_over_it(project: Project) -> None:
    """Steps that do not include the unfinished revision are rejected; a stamp discards it."""
    project.revision("b", None, branch_labels=("other",))
    stop_in_a = TABLE + STOP
    project.revision("a", None, stop_in_a)
    with pytest.raises(RuntimeError):
        project.upgrade("a")
    assert "is not part of this run" in refused(project, "b")
    command.stamp(project.config(), "a")
    project.upgrade("b")
    assert ["a", "b"] == project.heads()


def test_it_comes_before_other_branches(project: Project) -> None:
    """The unfinished revision is resumed first, although the plan has another one before it."""
    stop(project, TABLE + REST)
    project.revision("a", None, TABLE + REST)
    other = TABLE.replace('"t"', '"u"').replace("INTO t", "INTO u")
    project.revision("b", None, other)

    project.upgrade("heads")

    assert ["a", "b"] == sorted(project.heads())
    assert [2] == project.rows("SELECT n FROM t")
    assert ["alembic_version", "t", "u"] == sorted(project.tables())


def test_a_revision_that_was_put_before_it(project: Project) -> None:
    """If the unfinished revision now needs another one first, nothing runs."""
    stop(project, TABLE)
    project.revision("0", None, "op.create_table('u', sa.Column('id', sa.Integer))")
    project.revision("a", "0", TABLE)

    assert "and now '0' comes before it" in refused(project)

    assert "u" not in project.tables()


@pytest.mark.parametrize("target", ["base", "b"])
def test_finished_by_others(project: Project, target: str) -> None:
    """If the version row shows that it is done, the journal is ignored in either direction."""
    stop(project, TABLE)
    with project.engine().begin() as connection:
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('a')")
    project.revision("a", None, TABLE, "op.drop_table('t')")
    project.revision("b", "a", "op.drop_table('t')")
    said = io.StringIO()
    command.current(project.config(stdout=said))
    assert "a\n" == said.getvalue()
    if target == "base":
        project.downgrade("base")
    else:
        project.upgrade()
    assert ["alembic_version"] == project.tables()


def test_current_and_repair_tell(project: Project) -> None:
    """How far it got, with its last write; what is recorded; what cannot be settled."""
    stop(project, TABLE)
    said = io.StringIO()
    command.current(project.config(stdout=said))
    line = "a is unfinished: its upgrade() stopped after 2 writes"
    assert f"{line}; the last is write 2: INSERT INTO t (id, n) VALUES (?, ?)\n" == said.getvalue()
    said = io.StringIO()
    command.repair(project.config(stdout=said))
    lines = said.getvalue().splitlines()
    assert [line, "  write 1: CREATE TABLE t"] == [lines[0], lines[1][:25]]
    for number in (0, 3, "x"):
        with pytest.raises(CommandError, match=f"no write {number!r}: .* the writes 1 to 2"):
            command.repair(project.config(), mark_done=number)
    with pytest.raises(CommandError, match="Pass only one of"):
        command.repair(project.config(), mark_done=1, forget=True)
    command.repair(project.config(), forget=True)
    with pytest.raises(CommandError, match="No revision is unfinished"):
        command.repair(project.config())


def test_autogenerate_does_not_see_it(project: Project) -> None:
    """The table is none of the models' business."""
    stop(project, TABLE)
    with project.engine().connect() as connection:
        models = sa.MetaData()
        sa.Table(
            "t", models, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer)
        )
        assert [] == compare_metadata(MigrationContext.configure(connection), models)


@pytest.mark.parametrize("how", ["configure", "file"])
def test_switched_off(project: Project, how: str) -> None:
    """Nothing is recorded, and the revision runs from its first line."""
    if how == "file":
        config = project.config()
        config.set_main_option("journal", "false")
        project.revision("a", None, TABLE + STOP)
        with pytest.raises(RuntimeError):
            command.upgrade(config, "head")
    else:
        stop(project, TABLE, journal=False)
    assert JOURNAL not in project.tables()


def test_a_value_that_is_no_boolean(project: Project) -> None:
    """It raises an error."""
    config = project.config()
    config.set_main_option("journal", "perhaps")
    project.revision("a")
    with pytest.raises(ConfigError, match="'journal' has to be true or false, not 'perhaps'"):
        command.upgrade(config, "head")


class Committing(JournalSupport):
    """SQLite as if each DDL statement committed, with definitions defined here."""

    ddl_commits = True
    now: Callable[[Connection, str], str] = staticmethod(lambda _bind, _name: "")

    def objects(self, sql: str) -> tuple[str, ...] | None:
        """Tables that are created, by name."""
        return (sql.split()[2],) if "CREATE TABLE" in sql else None

    def definitions(self, connection: Connection, objects: Any) -> dict[str, str]:
        """Return the existing definitions."""
        return {name: self.now(connection, name) for name in objects}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({"a": True}, True, id="done"),
        pytest.param({"a": False}, False, id="undone"),
        pytest.param({"a": True, "b": True}, True, id="both"),
        pytest.param({"a": True, "b": False}, None, id="one of two"),
        pytest.param({}, False, id="may be repeated"),
    ],
)
def test_outcomes(changed: Mapping[str, bool], expected: bool | None) -> None:
    """All definitions changed: done. None did: not done. Otherwise unknown."""

    class Support(JournalSupport):
        def definitions(self, connection: Any, objects: Any) -> dict[str, str]:
            return {name: "new" if changed[name] else "old" for name in objects}

    bind: Any = None
    assert expected is Support().outcome(bind, dict.fromkeys(changed, "old"))


@pytest.mark.parametrize("done", [True, False])
def test_the_statement_in_flight(project: Project, sqlite: PluginManager, done: bool) -> None:
    """It is skipped where the definition has changed since, and sent where it has not."""
    support = Committing()

    class Plugin:
        @hookimpl
        def statement_journal(self) -> JournalSupport:
            return support

    sqlite.register(Plugin())
    body = (
        "op.get_context().config.attributes['runs'].append(1)\nop.execute('CREATE TABLE t (n int)')"
    )
    project.attributes["runs"] = []
    stop(project, body + "\nop.get_bind().commit()")
    with project.engine().begin() as connection:
        connection.exec_driver_sql(f"UPDATE {JOURNAL} SET state = 'intent'")
        if not done:
            connection.exec_driver_sql("DROP TABLE t")
    support.now = lambda _bind, _name: "there" if done else ""
    project.revision("a", None, body)
    project.upgrade()
    assert [1, 1] == project.attributes["runs"]
    assert [] == project.rows("SELECT n FROM t")
    assert JOURNAL not in project.tables()


def test_what_was_undone_by_hand(project: Project, sqlite: PluginManager) -> None:
    """It is not considered done: the run stops, and can be restarted."""
    support = Committing()
    support.now = lambda bind, name: str(inspect(bind).has_table(name))

    class Plugin:
        @hookimpl
        def statement_journal(self) -> JournalSupport:
            return support

    sqlite.register(Plugin())
    body = "op.execute('CREATE TABLE t (n int)')\nop.execute('CREATE TABLE u (n int)')\n"
    stop(project, body + "op.get_bind().commit()")
    with project.engine().begin() as connection:
        connection.exec_driver_sql("DROP TABLE t")
        connection.exec_driver_sql("CREATE TABLE t (n int, m int)")
        connection.exec_driver_sql("DROP TABLE t")
    project.revision("a", None, body)
    with pytest.raises(UnfinishedRevisionError, match="t is as it was before writes"):
        project.upgrade()
    with project.engine().begin() as connection:
        connection.exec_driver_sql("DROP TABLE u")
    command.upgrade(project.config(), "head", restart=True)
    assert ["a"] == project.heads()


def test_a_statement_in_flight_that_nothing_tells_of(
    project: Project, sqlite: PluginManager
) -> None:
    """The run stops, and a person decides."""

    class Plugin:
        @hookimpl
        def statement_journal(self) -> JournalSupport:
            return Committing()

    sqlite.register(Plugin())
    body = TABLE + "op.execute('CREATE INDEX i ON t (n)')\nbind.commit()"
    stop(project, body)
    with project.engine().begin() as connection:
        connection.exec_driver_sql(f"UPDATE {JOURNAL} SET state = 'intent' WHERE seq = 3")
    project.revision("a", None, body)
    assert "unknown whether the last statement was executed, write 3" in refused(project)
    command.repair(project.config(), mark_done="last")
    project.upgrade()
    assert ["a"] == project.heads()
