"""Runs on SQLite are real transactions, DDL included, whatever engine and driver they get."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from projects import begin_for_real
from sqlalchemy import NullPool, StaticPool, create_engine, event, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import create_async_engine

from idiolect.errors import AutocommitUnsupportedError, CommitRefusedError
from idiolect_sqlite.transactions import immediate_transactions

if TYPE_CHECKING:
    from projects import Project
    from sqlalchemy.engine import URL, Connection

CREATE = "op.create_table({!r}, sa.Column('id', sa.Integer))"
FAILURES: dict[str, tuple[str, type[BaseException]]] = {
    "SQL": ("op.execute('NONSENSE')", Exception),
    "Python": ("raise RuntimeError('broken')", RuntimeError),
    "interrupt": ("raise KeyboardInterrupt", KeyboardInterrupt),
}


def engines(url: str) -> dict[str, Engine]:
    """Return engines of every kind that users have."""
    made = {
        "plain": create_engine(url, poolclass=NullPool),
        "BEGIN recipe": begin_for_real(create_engine(url, poolclass=NullPool)),
        "isolation_level=None": create_engine(
            url, poolclass=NullPool, connect_args={"isolation_level": None}
        ),
        "IMMEDIATE": create_engine(
            url, poolclass=NullPool, connect_args={"isolation_level": "IMMEDIATE"}
        ),
        "pooled": create_engine(url),
    }
    if sys.version_info >= (3, 12):
        made["autocommit=False"] = create_engine(
            url, poolclass=NullPool, connect_args={"autocommit": False}
        )
    return made


KINDS = sorted(engines("sqlite://"))


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, project: Project) -> Engine:
    """Each kind of engine in turn, which env.py uses."""
    made = engines(project.url)
    found = project.attributes["engine"] = made[request.param]
    request.addfinalizer(found.dispose)  # noqa: PT021 - a generator would say no more
    return found


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("failure", "error"), FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize(
    "scope",
    [(False, [], []), (True, ["alembic_version", "t"], ["a"])],
    ids=["a run", "a revision"],
)
def test_a_failed_revision_leaves_nothing(
    project: Project,
    failure: str,
    error: type[BaseException],
    scope: tuple[bool, list[str], list[str]],
) -> None:
    """Neither its DDL nor its rows; with a transaction each, the revisions before it stay."""
    per_migration, left, heads = scope
    project.revision("a", None, CREATE.format("t"))
    project.revision(
        "b", "a", f"{CREATE.format('u')}\nop.execute('INSERT INTO u VALUES (1)')\n{failure}"
    )
    with pytest.raises(error):
        project.upgrade(transaction_per_migration=per_migration)
    assert left == project.tables()
    assert heads == project.heads()


@pytest.mark.usefixtures("engine")
def test_up_and_down(project: Project) -> None:
    """Everything exists after the upgrade, and nothing after the downgrade."""
    project.revision("a", None, CREATE.format("t"), "op.drop_table('t')")
    project.revision(
        "b", "a", "op.execute('INSERT INTO t VALUES (1)')", "op.execute('DELETE FROM t')"
    )
    project.upgrade()
    assert [1] == project.rows("SELECT id FROM t")
    project.downgrade("base")
    assert ["alembic_version"] == project.tables()
    assert [] == project.heads()


COMMITS = {
    "Connection.commit()": "op.get_bind().commit()",
    "Session.commit()": (
        "from sqlalchemy.orm import Session\n"
        "session = Session(op.get_bind())\n"
        "session.execute(sa.text('INSERT INTO t VALUES (2)'))\n"
        "session.commit()"
    ),
    "COMMIT as text": "op.execute('COMMIT')",
    "BEGIN and COMMIT as text": "op.execute('BEGIN')\nop.execute('COMMIT')",
    "BEGIN EXCLUSIVE as text": "op.execute('BEGIN EXCLUSIVE TRANSACTION;')",
}
OWNERS = {
    "the run": """
        with engine.connect() as connection:
            context.configure(connection=connection, **options)
            with context.begin_transaction():
                context.run_migrations()
        """,
    "no begin_transaction()": """
        with engine.connect() as connection:
            context.configure(connection=connection, **options)
            context.run_migrations()
        """,
    "env.py, autobegun": """
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            context.configure(connection=connection, **options)
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
        """,
}
HEAD = """\
from idiolect import context
from sqlalchemy import NullPool, create_engine
attributes = context.config.attributes
options = attributes["options"]
engine = attributes.get("engine") or create_engine(
    context.config.get_main_option("sqlalchemy.url"), poolclass=NullPool
)
"""


def own(project: Project, body: str) -> None:
    """Let env.py do ``body``."""
    project.env(HEAD + body.replace("\n        ", "\n"))


WRITTEN_BEFORE = """
        with engine.connect() as connection:
            context.configure(connection=connection, **options)
            context.execute("SELECT 1")
            driver = connection.connection.driver_connection
            for statement in attributes["own"]:
                if statement != "COMMIT" or driver.in_transaction:
                    context.execute(statement)
            context.execute("CREATE TABLE kept (id INTEGER)")
            context.execute("INSERT INTO kept VALUES (7)")
            with context.begin_transaction():
                context.run_migrations()
        """


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("per_migration", [False, True])
@pytest.mark.parametrize(
    "statements",
    [(), ("COMMIT", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE")],
    ids=["by SQLAlchemy", "by itself"],
)
def test_what_env_py_wrote_before_the_run_stays(
    project: Project, statements: tuple[str, ...], per_migration: bool
) -> None:
    """It is in the run's transaction, and so is the version table."""
    own(project, WRITTEN_BEFORE)
    project.attributes["own"] = statements
    project.revision("a", None, CREATE.format("t"))
    project.revision("b", "a", "op.execute('INSERT INTO t SELECT id FROM kept')")

    project.upgrade(transaction_per_migration=per_migration)

    assert [7] == project.rows("SELECT id FROM t")
    assert ["b"] == project.heads()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("commit", COMMITS.values(), ids=COMMITS)
@pytest.mark.parametrize("owner", OWNERS.values(), ids=OWNERS)
@pytest.mark.parametrize("per_migration", [False, True])
def test_a_commit_inside_a_revision_loses_nothing(
    project: Project, commit: str, owner: str, per_migration: bool
) -> None:
    """What the revision does before and after it stays, and its version row as well."""
    own(project, owner)
    project.revision("a", None, CREATE.format("t"))
    project.revision(
        "b",
        "a",
        f"op.execute('INSERT INTO t VALUES (1)')\n{commit}\n{CREATE.format('u')}",
    )
    project.revision("c", "b", CREATE.format("v"))
    project.upgrade(transaction_per_migration=per_migration)
    assert ["c"] == project.heads()
    assert ["alembic_version", "t", "u", "v"] == project.tables()
    assert 1 in project.rows("SELECT id FROM t")


@pytest.mark.usefixtures("engine")
def test_a_commit_inside_engine_begin_is_refused(project: Project) -> None:
    """SQLAlchemy would allow no further statement, so nothing is changed at all."""
    own(
        project,
        """
        with engine.begin() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """,
    )
    project.revision("a", None, CREATE.format("t"))
    project.revision("b", "a", f"{CREATE.format('u')}\nop.get_bind().commit()")
    with pytest.raises(CommitRefusedError, match=r"^revision 'b' .*b_\.py.* commits, but env\.py"):
        project.upgrade()
    assert [] == project.tables()


@pytest.mark.usefixtures("engine")
def test_a_session_inside_engine_begin(project: Project) -> None:
    """A Session that joins a transaction commits none, so it may be used."""
    own(
        project,
        """
        with engine.begin() as connection:
            context.configure(connection=connection)
            context.run_migrations()
        """,
    )
    project.revision("a", None, f"{CREATE.format('t')}\n{COMMITS['Session.commit()']}")
    project.upgrade()
    assert ["a"] == project.heads()
    assert [2] == project.rows("SELECT id FROM t")


def test_the_drivers_habit(project: Project) -> None:
    """``transactional_ddl=False`` restores it: DDL before a failure is kept."""
    project.revision("a", None, f"{CREATE.format('t')}\nraise RuntimeError('broken')")
    with pytest.raises(RuntimeError, match="broken"):
        project.upgrade(transactional_ddl=False)
    assert ["alembic_version", "t"] == project.tables()
    assert [] == project.heads()


FAMILY = (
    "op.execute('CREATE TABLE parent (id INTEGER PRIMARY KEY)')\n"
    "op.execute('CREATE TABLE child (p INTEGER REFERENCES parent(id) ON DELETE CASCADE)')\n"
    "op.execute('INSERT INTO parent VALUES (1)')\n"
    "op.execute('INSERT INTO child VALUES (1)')"
)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("comment", ["", "-- the rows of child stay\\n", "/* as\\n above */ "])
def test_foreign_keys_switched_off_inside_a_revision(
    project: Project, engine: Engine, caplog: pytest.LogCaptureFixture, comment: str
) -> None:
    """The pragma takes effect, which keeps the rows of child tables, with a warning."""

    def enforce(connection: Any, _record: Any) -> None:
        isolation, connection.isolation_level = connection.isolation_level, None
        if getattr(connection, "autocommit", None) is False:
            connection.commit()
            connection.autocommit = True
            connection.execute("PRAGMA foreign_keys=ON")
            connection.autocommit = False
        else:
            connection.execute("PRAGMA foreign_keys=ON")
        connection.isolation_level = isolation

    event.listen(engine, "connect", enforce)
    project.revision("a", None, FAMILY)
    project.revision(
        "b",
        "a",
        f"""
        op.execute("{comment}PRAGMA foreign_keys=OFF")
        assert op.get_bind().exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
        op.execute("DELETE FROM parent")
        op.execute("PRAGMA foreign_keys=ON")
        assert op.get_bind().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        """,
    )
    with caplog.at_level(logging.WARNING):
        project.upgrade()
    assert [1] == project.rows("SELECT p FROM child")
    warned = [each.getMessage() for each in caplog.records if each.name.startswith("idiolect_")]
    # The second statement is not a second warning.
    assert 1 == len(warned), warned
    assert "PRAGMA foreign_keys=OFF has no effect inside a transaction" in warned[0]


@pytest.mark.usefixtures("engine")
def test_statements_that_need_no_transaction(project: Project) -> None:
    """Statements that SQLite rejects in a transaction run, with or without an autocommit block."""
    project.revision("a", None, f"{CREATE.format('t')}\nop.execute('VACUUM')")
    project.revision("b", "a", "op.execute('ATTACH \\':memory:\\' AS x')\nop.execute('DETACH x')")
    project.upgrade()
    assert ["b"] == project.heads()


@pytest.mark.parametrize("per_migration", [False, True])
@pytest.mark.parametrize("transactional", [None, False])
def test_an_autocommit_block(
    project: Project, per_migration: bool, transactional: bool | None
) -> None:
    """Work before and in the block is kept, even if the revision fails after it."""
    project.revision(
        "a",
        None,
        f"""
        {CREATE.format("before")}
        with op.get_context().autocommit_block():
            raw = op.get_bind().connection.driver_connection
            op.execute("VACUUM")
            op.execute("CREATE TABLE inside (id INTEGER)")
            op.execute("INSERT INTO inside VALUES (1)")
            assert not raw.in_transaction
        {CREATE.format("after")}
        op.execute("INSERT INTO inside VALUES (2)")
        raise RuntimeError("broken")
        """,
    )
    with pytest.raises(RuntimeError, match="broken"):
        project.upgrade(transaction_per_migration=per_migration, transactional_ddl=transactional)
    journal = set() if transactional is False else {"alembic_version_journal"}
    left = {*project.tables()} - {"after"} if transactional is False else {*project.tables()}
    assert {"alembic_version", "before", "inside"} | journal == left
    assert [1] == project.rows("SELECT id FROM inside")
    assert [] == project.heads()


def test_an_autocommit_block_inside_engine_begin(project: Project) -> None:
    """It is refused with a hint, and nothing is changed."""
    own(
        project,
        """
        with engine.begin() as connection:
            context.configure(connection=connection)
            context.run_migrations()
        """,
    )
    project.revision(
        "a", None, f"{CREATE.format('t')}\nwith op.get_context().autocommit_block(): pass"
    )
    with pytest.raises(AutocommitUnsupportedError, match=r"instead of engine\.begin\(\)"):
        project.upgrade()
    assert [] == project.tables()


@pytest.mark.usefixtures("engine")
def test_savepoints(project: Project) -> None:
    """A nested transaction of a revision may be rolled back separately."""
    project.revision(
        "a",
        None,
        f"""
        {CREATE.format("t")}
        nested = op.get_bind().begin_nested()
        {CREATE.format("u")}
        nested.rollback()
        with op.get_bind().begin_nested():
            op.execute("INSERT INTO t VALUES (1)")
        """,
    )
    project.upgrade()
    assert ["alembic_version", "t"] == project.tables()
    assert [1] == project.rows("SELECT id FROM t")


@pytest.mark.parametrize("fails", [False, True])
def test_aiosqlite(project: Project, fails: bool) -> None:
    """Through run_sync the same holds: all of a run, or nothing."""
    own(project, "connection = attributes['connection']\n" + OWNED_BY_CALLER)
    project.revision("a", None, CREATE.format("t"))
    project.revision("b", "a", f"{CREATE.format('u')}\n{'raise RuntimeError(1)' if fails else ''}")

    def migrate(connection: Connection) -> None:
        project.attributes["connection"] = connection
        project.upgrade()

    async def run() -> None:
        engine = create_async_engine(project.url.replace("sqlite:", "sqlite+aiosqlite:"))
        try:
            async with engine.connect() as connection:
                await connection.run_sync(migrate)
        finally:
            await engine.dispose()

    if fails:
        with pytest.raises(RuntimeError):
            asyncio.run(run())
    else:
        asyncio.run(run())
    assert ([] if fails else ["alembic_version", "t", "u"]) == project.tables()


OWNED_BY_CALLER = """
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
"""


def test_the_listener_leaves_the_connection(project: Project) -> None:
    """After a run, and after a failed one, the driver begins by its own habit again."""
    own(project, "connection = attributes['connection']\n" + OWNED_BY_CALLER)
    project.revision("a", None, CREATE.format("t"))
    project.revision("b", "a", "raise RuntimeError('broken')")
    with project.engine().connect() as connection:
        project.attributes["connection"] = connection
        project.upgrade("a")
        with pytest.raises(RuntimeError, match="broken"):
            project.upgrade()
        driver: Any = connection.connection.driver_connection
        assert not driver.in_transaction
        connection.execute(text("CREATE TABLE later (id INTEGER)"))
        assert not driver.in_transaction, "a listener began a transaction"


def test_another_task_takes_no_part_in_a_revision(project: Project) -> None:
    """Its use of the database while the revision waits commits nothing."""
    project.env(
        """
        from idiolect import context
        context.configure(connection=context.config.attributes["connection"])
        with context.begin_transaction():
            context.run_migrations()
        """
    )
    project.revision("a", None, f"{CREATE.format('t')}\n{WAITS}\nraise RuntimeError('broken')")
    url = make_url(project.url).set(drivername="sqlite+aiosqlite")

    async def both() -> None:
        half_way, looked = asyncio.Event(), asyncio.Event()
        project.attributes.update(half_way=half_way, looked=looked)
        await asyncio.gather(_migrate(url, project), look(half_way, looked))

    async def look(half_way: asyncio.Event, looked: asyncio.Event) -> None:
        await half_way.wait()
        engine = create_async_engine(url)
        try:
            async with engine.connect() as connection:
                found = await connection.scalar(text("SELECT count(*) FROM sqlite_master"))
        finally:
            looked.set()
            await engine.dispose()
        assert 0 == found

    with pytest.raises(RuntimeError, match="broken"):
        asyncio.run(both())
    assert [] == project.tables()


WAITS = """
from sqlalchemy.util import await_only
attributes = op.get_context().config.attributes
attributes["half_way"].set()
await_only(attributes["looked"].wait())
"""


async def _migrate(url: URL, project: Project) -> None:
    def upgrade(connection: Connection) -> None:
        project.attributes["connection"] = connection
        project.upgrade()

    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(upgrade)
    finally:
        await engine.dispose()


def test_a_run_in_another_thread_disturbs_no_statement(project: Project) -> None:
    """Runs begin and end while another thread calls its own listeners."""

    def migrate() -> None:
        with project.engine().connect() as connection, immediate_transactions(connection):
            connection.execute(text("SELECT 1"))

    def listener(connection: Connection, *_details: Any) -> None:
        if connection.engine is other and not runs:
            runs.append(threading.Thread(target=migrate))
            runs[0].start()
            runs[0].join()

    runs: list[threading.Thread] = []
    other = create_engine("sqlite://")
    migrate()
    event.listen(Engine, "before_cursor_execute", listener)
    try:
        with other.connect() as connection:
            assert 1 == connection.scalar(text("SELECT 1"))
    finally:
        event.remove(Engine, "before_cursor_execute", listener)
        other.dispose()
    assert 1 == len(runs)


def test_the_transaction_is_immediate(project: Project) -> None:
    """A second writer waits from the first statement, instead of failing in the middle."""
    # Another process: what the same thread does by SQLAlchemy counts as the revision's.
    other = sqlite3.connect(str(make_url(project.url).database), timeout=0)
    with contextlib.closing(other), project.engine().connect() as connection:
        with immediate_transactions(connection):
            connection.execute(text("SELECT 1"))
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                other.execute("CREATE TABLE t (id INTEGER)")
            connection.rollback()
        other.execute("CREATE TABLE t (id INTEGER)")


def test_another_connection_of_the_engine_sees_what_was_done(
    project: Project, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """Published revisions ask op.get_bind().engine for tables, and write by sessions on it."""
    project.revision("a", None, CREATE.format("t"))
    project.revision(
        "b",
        "a",
        """
        engine = op.get_bind().engine
        assert "t" in sa.inspect(engine).get_table_names()
        op.execute("INSERT INTO t VALUES (1)")
        with engine.begin() as other:
            other.execute(sa.text("INSERT INTO t VALUES (2)"))
        op.execute("INSERT INTO t VALUES (3)")
        """,
    )
    project.upgrade()
    assert ["b"] == project.heads()
    assert [1, 2, 3] == project.rows("SELECT id FROM t ORDER BY id")
    assert "uses another connection to the database" in caplog.text


def test_the_applications_own_engine_sees_what_was_done(project: Project) -> None:
    """Published revisions open sessions of the application; other databases do not matter."""
    project.attributes["engine"] = create_engine(project.url, poolclass=NullPool)
    project.attributes["own"] = create_engine(project.url, poolclass=NullPool)
    project.attributes["memory"] = create_engine("sqlite://", poolclass=StaticPool)
    project.revision(
        "a",
        None,
        f"""
        attributes = op.get_context().config.attributes
        {CREATE.format("t")}
        sa.inspect(attributes["memory"]).get_table_names()
        assert op.get_bind().connection.driver_connection.in_transaction
        with attributes["own"].begin() as other:
            other.execute(sa.text("INSERT INTO t VALUES (1)"))
        """,
    )
    project.upgrade()
    project.attributes["memory"].dispose()
    assert ["a"] == project.heads()
    assert [1] == project.rows("SELECT id FROM t")


def test_another_connection_after_a_commit_of_the_revision(project: Project) -> None:
    """The migration lock then is one of the file, which would keep everybody out."""
    project.attributes["engine"] = create_engine(project.url, poolclass=NullPool)
    for number, name in enumerate("abc"):
        body = (
            CREATE.format(name)
            + """
op.get_bind().commit()
engine = op.get_bind().engine
tables = sa.inspect(engine).get_table_names()
with engine.begin() as other:
    other.execute(sa.text(f"INSERT INTO {tables[0]} VALUES (1)"))
"""
        )
        project.revision(name, "abc"[number - 1] if number else None, body)
    project.upgrade(transaction_per_migration=True)
    assert ["c"] == project.heads()
    assert [1, 1, 1] == project.rows("SELECT id FROM a")


def test_giving_the_only_connection_back_rolls_nothing_back(project: Project) -> None:
    """A pool with one connection for all does so whenever a revision closes another."""
    project.attributes["engine"] = create_engine(project.url, poolclass=StaticPool)
    project.revision(
        "a",
        None,
        f"""
        {CREATE.format("t")}
        assert "t" in sa.inspect(op.get_bind().engine).get_table_names()
        op.execute("INSERT INTO t VALUES (1)")
        """,
    )
    project.upgrade()
    project.attributes["engine"].dispose()
    assert ["a"] == project.heads()
    assert [1] == project.rows("SELECT id FROM t")


def test_within_a_savepoint_nothing_is_committed(project: Project) -> None:
    """It would end the savepoint that the revision is about to release or roll back."""
    project.attributes["engine"] = create_engine(project.url, poolclass=NullPool)
    project.revision(
        "a",
        None,
        f"""
        {CREATE.format("t")}
        with op.get_bind().begin_nested():
            assert [] == sa.inspect(op.get_bind().engine).get_table_names()
        op.execute("NONSENSE")
        """,
    )
    with pytest.raises(Exception, match="NONSENSE"):
        project.upgrade()
    assert [] == project.tables()


def test_readers_may_read_between_the_transactions_of_two_revisions(project: Project) -> None:
    """The file stays locked over a commit inside a revision, but not over the run's own commits."""
    project.revision("a", None, CREATE.format("t"))
    project.revision(
        "b", "a", f"{CREATE.format('u')}\nop.get_context().config.attributes['look']()"
    )
    seen: list[int] = []

    def look() -> None:
        with contextlib.closing(sqlite3.connect(make_url(project.url).database or "")) as reader:
            seen.extend(reader.execute("SELECT count(*) FROM t").fetchone())

    project.attributes["look"] = look
    project.upgrade(transaction_per_migration=True)
    assert [0] == seen
