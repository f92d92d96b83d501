"""What is recorded of statements, by where they are sent and how they end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from idiolect.errors import UnfinishedRevisionError
from idiolect.hooks import JournalSupport, hookimpl
from idiolect.runtime.journal import resume
from idiolect.runtime.journal.entries import (
    LONGEST_DEFINITION,
    Entry,
    definition_text,
    fingerprint,
)
from idiolect.runtime.journal.store import JournalTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from projects import Project

    from idiolect.hooks.manager import PluginManager

JOURNAL = "alembic_version_journal"
ENTRIES = f"SELECT seq || ' ' || state || ' ' || statement FROM {JOURNAL} ORDER BY seq"
TABLE = """
bind = op.get_bind()
op.execute("CREATE TABLE t (n int)")
op.execute("INSERT INTO t VALUES (1)")
"""
BLOCK = """
with op.get_context().autocommit_block():
    op.execute("INSERT INTO t VALUES (2)")
"""
STOP = "\nraise RuntimeError('cut off')"


def stop(project: Project, upgrade: str) -> None:
    """Run a revision that stops at its end."""
    project.revision("a", None, upgrade + STOP)
    with pytest.raises(RuntimeError, match="cut off"):
        project.upgrade()


def resumed(project: Project, upgrade: str) -> list[Any]:
    """Run it again without the stop; return the rows."""
    project.revision("a", None, upgrade)
    project.upgrade()
    assert ["a"] == project.heads()
    assert JOURNAL not in project.tables()
    return project.rows("SELECT n FROM t ORDER BY n")


def use(sqlite: PluginManager, support: JournalSupport) -> None:
    """Let SQLite's contexts have what is known of it."""

    class Plugin:
        @hookimpl
        def statement_journal(self) -> JournalSupport:
            return support

    sqlite.register(Plugin())


class Committing(JournalSupport):
    """SQLite as if each statement about the schema committed."""

    ddl_commits = True


def test_an_autocommit_block(project: Project) -> None:
    """What came before it and what is in it are recorded, rows with the change itself."""
    stop(project, TABLE + BLOCK)
    assert [
        "1 done CREATE TABLE t (n int)",
        "2 done INSERT INTO t VALUES (1)",
        "3 done INSERT INTO t VALUES (2)",
    ] == project.rows(ENTRIES)
    assert [1, 2] == resumed(project, TABLE + BLOCK)


def test_a_failure_in_an_autocommit_block(project: Project) -> None:
    """A change of rows is rolled back with its entry; an unknown statement's entry is deleted."""
    for statement in ("INSERT INTO missing VALUES (1)", "CREATE TABLE missing ("):
        failing = BLOCK.replace("INSERT INTO t VALUES (2)", statement)
        project.revision("a", None, TABLE + failing)
        with pytest.raises(OperationalError):
            project.upgrade()
        assert 2 == len(project.rows(ENTRIES))
    assert [1, 2] == resumed(project, TABLE + BLOCK)


def test_text_that_commits(project: Project) -> None:
    """It commits as the connection's method does."""
    body = TABLE + "op.execute('COMMIT')\nop.execute('BEGIN')\n"
    stop(project, body)
    assert 2 == len(project.rows(ENTRIES))
    assert [1] == resumed(project, body)


@pytest.mark.parametrize(
    "words", ["op.execute('ROLLBACK')\nop.execute('BEGIN')", "bind.rollback()"]
)
def test_work_that_is_rolled_back(project: Project, words: str) -> None:
    """It is not recorded, and a resumed run is notified of it."""
    first = TABLE + "bind.commit()\nop.execute('INSERT INTO t VALUES (5)')\n"
    body = f"{first}{words}\nop.execute('INSERT INTO t VALUES (6)')\nbind.commit()\n"
    stop(project, body)
    assert [1, 6] == project.rows("SELECT n FROM t")
    project.revision("a", None, body)
    with pytest.raises(UnfinishedRevisionError, match="rolls its own work back at"):
        project.upgrade()


def test_what_a_session_alone_has(project: Project) -> None:
    """Settings are repeated by each run; a temporary table would be missing."""
    body = TABLE + "op.execute('PRAGMA cache_size = 5')\nop.execute('SET')\nbind.commit()\n"
    body = body.replace("op.execute('SET')\n", "")
    stop(project, body)
    assert [1] == resumed(project, body)
    project.revision(
        "b",
        "a",
        "op.execute('CREATE TEMP TABLE x (n int)')\n"
        + TABLE.replace("TABLE t", "TABLE u")
        + "bind.commit()"
        + STOP,
    )
    with pytest.raises(RuntimeError):
        project.upgrade()
    with pytest.raises(
        UnfinishedRevisionError, match="creates something that only its session has at"
    ):
        project.upgrade()


def test_rows_that_a_statement_returns(project: Project) -> None:
    """A skipped statement returns its recorded rows, if they could be kept."""
    body = TABLE + "rows = bind.execute(sa.text('INSERT INTO t VALUES (3) RETURNING {}')).all()\n"
    body += "op.execute(f'INSERT INTO t VALUES ({{rows[0][0] + 1}})')\nbind.commit()\n"
    stop(project, body.format("n"))
    assert [1, 3, 4] == resumed(project, body.format("n"))
    again = body.replace("TABLE t ", "TABLE u ").replace("INTO t", "INTO u")
    again = again.format("n, hex(zeroblob(40000))")
    project.revision("b", "a", again + STOP)
    with pytest.raises(RuntimeError):
        project.upgrade()
    project.revision("b", "a", again)
    with pytest.raises(UnfinishedRevisionError, match="reads more than is kept"):
        project.upgrade()


def test_many_rows(project: Project, sqlite: PluginManager) -> None:
    """They are written in portions, and skipped one by one."""
    use(sqlite, Committing())
    body = TABLE + "for n in range(2, 1300):\n    op.execute(f'INSERT INTO t VALUES ({n})')\n"
    project.revision("a", None, body + "bind.commit()" + STOP)
    with pytest.raises(RuntimeError):
        project.upgrade()
    assert [1300] == project.rows(f"SELECT count(*) FROM {JOURNAL}")
    project.revision("a", None, body)
    project.upgrade()
    assert list(range(1, 1300)) == project.rows("SELECT n FROM t")


def test_a_journal_that_cannot_be_made(
    project: Project,
    sqlite: PluginManager,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The run continues without one, and logs what that means."""

    def refuse(_self: JournalTable) -> None:
        raise DBAPIError("CREATE TABLE", None, Exception("not allowed"))

    use(sqlite, Committing())
    monkeypatch.setattr(JournalTable, "create", refuse)
    project.revision("a", None, TABLE)
    with caplog.at_level(logging.WARNING):
        project.upgrade()
    assert ["a"] == project.heads()
    assert "No journal is kept, so an interrupted run cannot be resumed" in caplog.text


def test_a_session_that_still_works(
    project: Project, sqlite: PluginManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run waits for it, up to a timeout."""
    asked: list[str] = []

    class Support(Committing):
        answers: Callable[[], bool] = staticmethod(lambda: True)

        def session(self, connection: Any) -> str:
            return "7"

        def is_running(self, connection: Any, session: str) -> bool:
            asked.append(session)
            return self.answers()

    support = Support()
    use(sqlite, support)
    monkeypatch.setattr(resume, "_BETWEEN", 0.0)
    stop(project, TABLE + "bind.commit()")
    project.revision("a", None, TABLE)
    monkeypatch.setattr(resume, "_PATIENCE", 0.0)
    with pytest.raises(UnfinishedRevisionError, match="session 7 is still executing a statement"):
        project.upgrade()
    monkeypatch.setattr(resume, "_PATIENCE", 60.0)
    asked.clear()
    support.answers = lambda: len(asked) < 3
    project.upgrade()
    assert ["7"] * 3 == asked


def test_fingerprints() -> None:
    """They depend on SQL and parameters only, not on reference counts."""
    name = "x" * 3
    shared = fingerprint("SELECT", {"a": name, "b": name})
    assert shared == fingerprint("SELECT", {"a": "xxx", "b": "".join(["x"] * 3)})
    assert shared != fingerprint("SELECT", {"a": "xxx", "b": "xxy"})
    assert fingerprint("SELECT", None) == fingerprint("SELECT", ())
    assert fingerprint("SELECT", [object]) == fingerprint("SELECT", [object])
    many = [{"a": n} for n in range(2500)]
    assert fingerprint("SELECT", many) == fingerprint("SELECT", [{**row} for row in many])
    assert fingerprint("SELECT", many) != fingerprint("SELECT", many[:-1])
    assert fingerprint("SELECT", many) != fingerprint("SELECT", [{"a": 7}, *many[1:]])


def test_definitions() -> None:
    """Of changed and other relevant objects; a text that is too long is discarded."""

    def entry(text: str) -> Entry:
        return Entry(1, "a", "upgrade", "", "intent", definition=text)

    found = entry(definition_text(["t"], {"t": "1", "u": "2"}))
    assert ({"t": "1"}, {"t": "1", "u": "2"}) == (found.before, found.seen)
    assert None is entry(definition_text(None, {"u": "2"})).before
    assert {} == entry(definition_text([], {})).before
    assert "" == definition_text(["t" * LONGEST_DEFINITION], {"t" * LONGEST_DEFINITION: ""})
    assert (None, {}) == (entry("").before, entry("").seen)


def test_listeners_are_registered_once(project: Project) -> None:
    """Lists of SQLAlchemy's that other threads go through do not change with each run."""
    engine = project.attributes["engine"]
    project.revision("a", None, TABLE)
    project.upgrade()
    before = list(engine.dialect.dispatch.do_execute)
    project.revision("b", "a")
    project.upgrade()
    assert 1 == len(before)
    assert before == list(engine.dialect.dispatch.do_execute)
    with engine.connect() as connection:
        assert [1] == list(connection.exec_driver_sql("SELECT n FROM t").scalars())
