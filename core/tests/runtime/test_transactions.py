"""When a run's transactions begin and end: the eight cases, online and as a script."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from idiolect import command
from idiolect.errors import TransactionLostError
from idiolect.hooks import hookimpl
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect.runtime.transactions import SCOPES

if TYPE_CHECKING:
    from projects import Project
    from sqlalchemy.engine import Connection

    from idiolect.hooks.manager import PluginManager

TABLE = "op.create_table('t', sa.Column('id', sa.Integer))"
READ = ["BEGIN", "ROLLBACK"]
# Where something can be rolled back, a journal is kept, and read before a run.
RUN = [*READ, *READ, "BEGIN", "CREATE", "a", "INSERT", "b", "UPDATE", "COMMIT"]
STEPS = [
    *READ,
    *["BEGIN", "CREATE", "COMMIT"],
    *["BEGIN", "a", "INSERT", "COMMIT"],
    *["BEGIN", "b", "UPDATE", "COMMIT"],
]
ONLINE = {
    (True, False): RUN,
    (True, True): [*READ, *STEPS],
    (False, False): STEPS,
    (False, True): STEPS,
}
BARE = ["CREATE", "a", "INSERT", "b", "UPDATE"]
OFFLINE = {
    (True, False): ["BEGIN", *BARE, "COMMIT"],
    (True, True): [
        *["BEGIN", "CREATE", "a", "INSERT", "COMMIT"],
        *["BEGIN", "b", "UPDATE", "COMMIT"],
    ],
    (False, False): BARE,
    (False, True): BARE,
}


def word(statement: str) -> str:
    """Return a one-word description of a statement."""
    words = statement.split()
    return words[-1] if words[:2] == ["SELECT", "1"] else words[0]


def test_every_case_is_in_the_tables() -> None:
    """The tables of this module and the one under test cover the same eight cases."""
    known = {(*case, False) for case in ONLINE} | {(*case, True) for case in OFFLINE}
    assert set(SCOPES) == known


@pytest.mark.parametrize(("transactional", "per_migration"), ONLINE)
def test_online(two: Project, sent: list[str], transactional: bool, per_migration: bool) -> None:
    """One transaction for the run, or one each for the version table and for every revision."""
    two.upgrade(transactional_ddl=transactional, transaction_per_migration=per_migration)
    assert ONLINE[transactional, per_migration] == sent


@pytest.mark.parametrize(("transactional", "per_migration"), ONLINE)
def test_online_without_begin_transaction(
    two: Project, sent: list[str], transactional: bool, per_migration: bool
) -> None:
    """An env.py without it gets the same transactions."""
    two.env(
        """
        from idiolect import context
        attributes = context.config.attributes
        with attributes["engine"].connect() as connection:
            context.configure(connection=connection, **attributes["options"])
            context.run_migrations()
        """
    )
    two.upgrade(transactional_ddl=transactional, transaction_per_migration=per_migration)
    assert ONLINE[transactional, per_migration] == sent


@pytest.mark.parametrize(("transactional", "per_migration"), OFFLINE)
def test_offline(two: Project, transactional: bool, per_migration: bool) -> None:
    """BEGIN and COMMIT are where the transactions would be."""
    script = two.sql(transactional_ddl=transactional, transaction_per_migration=per_migration)
    statements = [part for part in script.split("\n\n") if part and not part.startswith("--")]
    assert OFFLINE[transactional, per_migration] == [
        word(statement.rstrip(";")) for statement in statements
    ]


def test_begin_transaction_only_declares(two: Project, sent: list[str]) -> None:
    """A run begins nothing before the first statement, and nothing at all for nothing."""
    with two.attributes["engine"].connect() as connection:
        context = MigrationContext.configure(connection, opts={"fn": lambda *_: []})
        with context.begin_transaction():
            assert [] == sent
        assert [] == sent
        with context.begin_transaction():
            context.execute("SELECT 1 AS a")
            assert ["BEGIN", "a"] == sent
        assert ["BEGIN", "a", "COMMIT"] == sent


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_without_a_run_it_begins(two: Project, end: str) -> None:
    """A context that has nothing to run begins at once; its object ends it, and so does leaving."""
    with two.attributes["engine"].connect() as connection:
        context = MigrationContext.configure(connection)
        with context.begin_transaction() as transaction:
            seen = [connection.in_transaction()]
            getattr(transaction, end)()
            seen.append(connection.in_transaction())
        with context.begin_transaction():
            seen.append(connection.in_transaction())
        seen.append(connection.in_transaction())

    assert seen == [True, False, True, False]


def test_the_bind_has_begun(two: Project, sent: list[str]) -> None:
    """Any statement may be sent on the connection, so the transaction begins."""
    with two.attributes["engine"].connect() as connection:
        context = MigrationContext.configure(connection)
        with context.begin_transaction():
            bind = context.bind
            assert bind is connection
            assert bind.in_transaction()
    assert ["BEGIN", "COMMIT"] == sent


def test_a_run_with_nothing_to_do_writes_nothing(two: Project, sent: list[str]) -> None:
    """It reads the heads and rolls back."""
    two.upgrade()
    sent.clear()
    two.upgrade()
    assert READ == sent


@pytest.mark.parametrize("per_migration", [False, True])
@pytest.mark.parametrize("block", [False, True])
def test_ensure_version_commits(project: Project, per_migration: bool, block: bool) -> None:
    """The table exists afterwards, whatever env.py does about transactions."""
    if not block:
        project.env(
            """
            from idiolect import context
            attributes = context.config.attributes
            with attributes["engine"].connect() as connection:
                context.configure(connection=connection, **attributes["options"])
                context.run_migrations()
            """
        )
    project.attributes["options"] = {"transaction_per_migration": per_migration}
    command.ensure_version(project.config())
    assert ["alembic_version"] == project.tables()


def test_a_deliberate_rollback_is_no_error(project: Project) -> None:
    """The object that begin_transaction() returns may be rolled back: a dry run."""
    project.env(
        """
        from idiolect import context
        with context.config.attributes["engine"].connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction() as transaction:
                context.run_migrations()
                transaction.rollback()
        """
    )
    project.revision("a", None, TABLE)
    project.upgrade()
    assert [] == project.tables()


@pytest.mark.parametrize("per_migration", [False, True])
def test_a_failure_that_env_py_catches(project: Project, per_migration: bool) -> None:
    """Half a revision is not committed all the same."""
    project.env(
        """
        from idiolect import context
        attributes = context.config.attributes
        with attributes["engine"].connect() as connection:
            context.configure(connection=connection, **attributes["options"])
            with context.begin_transaction():
                try:
                    context.run_migrations()
                except RuntimeError:
                    attributes["caught"].append(True)
        """
    )
    caught = project.attributes["caught"] = []
    project.revision("a", None, f"{TABLE}\nraise RuntimeError('broken')")
    project.upgrade(transaction_per_migration=per_migration)
    assert [True] == caught
    assert "t" not in project.tables()


def test_a_commit_by_hand(project: Project) -> None:
    """Later statements are in a new transaction, committed at the block's end."""
    project.env(
        """
        from idiolect import context
        with context.config.attributes["engine"].connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction() as transaction:
                context.run_migrations()
                transaction.commit()
                assert not connection.in_transaction()
                context.execute("CREATE TABLE later (id INTEGER)")
        """
    )
    project.revision("a", None, TABLE)
    project.upgrade()
    assert ["alembic_version", "later", "t"] == project.tables()


LOST = {
    "env.py commits too early": (
        """
        connection.exec_driver_sql("SELECT 1")
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
        """,
        r"Add 'connection\.commit\(\)' at the end",
    ),
    "env.py rolls back": (
        """
        connection.begin()
        context.configure(connection=connection)
        context.run_migrations()
        connection.rollback()
        """,
        r"engine\.begin\(\)",
    ),
    "env.py rolls back inside of the block": (
        """
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
            connection.rollback()
        """,
        r"Remove that rollback",
    ),
    "a block that is never entered": (
        """
        context.configure(connection=connection)
        context.begin_transaction()
        context.run_migrations()
        """,
        r"Write 'with context\.begin_transaction\(\):'",
    ),
    "a connection closed inside of the block": (
        """
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
            connection.close()
        """,
        "Close the connection after the block",
    ),
}


@pytest.mark.parametrize(("body", "advice"), LOST.values(), ids=LOST)
def test_work_that_env_py_throws_away(project: Project, body: str, advice: str) -> None:
    """A run whose work was rolled back raises an error with a remedy."""
    indented = body.replace("\n        ", "\n    ")
    project.env(
        "from idiolect import context\n"
        "with context.config.attributes['engine'].connect() as connection:\n" + indented
    )
    project.revision("a", None, TABLE)
    with pytest.raises(TransactionLostError, match=advice):
        project.upgrade()
    assert [] == project.tables()


OWNED = {
    "engine.begin()": """
        with engine.begin() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """,
    "a commit at the end": """
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
        """,
    "a statement after configure()": """
        with engine.connect() as connection:
            context.configure(connection=connection, transaction_per_migration=True)
            with context.begin_transaction():
                context.execute("CREATE TABLE before (id INTEGER)")
                context.run_migrations()
            connection.exec_driver_sql("SELECT 1")
        """,
    "two contexts in one block": """
        with engine.connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
                context.configure(connection=connection, version_table="second")
                context.run_migrations()
        """,
}


@pytest.mark.parametrize("body", OWNED.values(), ids=OWNED)
def test_env_py_may_own_the_transaction(project: Project, body: str) -> None:
    """Whoever began it commits it, and a query after that is no rollback of work."""
    dedented = body.replace("\n        ", "\n")
    project.env(
        "from idiolect import context\nengine = context.config.attributes['engine']\n" + dedented
    )
    project.revision("a", None, "op.execute('CREATE TABLE IF NOT EXISTS t (id INTEGER)')")
    project.upgrade()
    assert ["a"] == project.heads()
    assert "t" in project.tables()


def test_a_revision_that_commits_env_pys_transaction(project: Project) -> None:
    """Later statements belong to the run, which commits them: env.py could not know."""
    project.env(
        """
        from idiolect import context
        with context.config.attributes["engine"].connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            context.configure(connection=connection)
            context.run_migrations()
        """
    )
    project.revision("a", None, TABLE)
    project.revision("b", "a", "op.get_bind().commit()\nop.execute('INSERT INTO t VALUES (1)')")
    project.revision("c", "b", "op.execute('INSERT INTO t VALUES (2)')")
    project.upgrade()
    assert (["c"], [1, 2]) == (project.heads(), project.rows("SELECT id FROM t"))


def test_a_plugins_query_begins_nothing(project: Project, sqlite: PluginManager) -> None:
    """A plugin may ask the database for its rules; the run still owns its transaction."""

    class Curious:
        @hookimpl
        def transactional_ddl(self, connection: Connection | None) -> None:
            if connection is not None:
                connection.execute(text("SELECT 1"))

        @hookimpl
        def prepare_connection(self, connection: Connection) -> None:
            assert not connection.in_transaction()

    sqlite.register(Curious())
    project.revision("a", None, TABLE)
    project.upgrade()
    assert ["a"] == project.heads()


@pytest.mark.parametrize("fails", [False, True])
def test_listeners_leave_the_connection(project: Project, fails: bool) -> None:
    """Runs on a connection that a program passes in leave no more than the lock's for its end."""
    project.env(
        """
        from idiolect import context
        context.configure(connection=context.config.attributes["connection"])
        with context.begin_transaction():
            context.run_migrations()
        """
    )
    project.revision("a", None, "raise RuntimeError('broken')" if fails else TABLE)
    with project.attributes["engine"].connect() as connection:
        project.attributes["connection"] = connection
        listening = []
        for _ in range(3):
            connection.execute(text("SELECT 1"))
            with pytest.raises(RuntimeError, match="broken") if fails else nullcontext():
                project.upgrade()
            events = (connection.dispatch.commit, connection.dispatch.rollback)
            listening += [[len(list(each)) for each in events]]
            connection.rollback()
    assert [[1, 1]] * 3 == listening


def test_a_program_without_an_environment(project: Project) -> None:
    """Operations on a context of one's own are in whatever transaction the program has."""
    with project.attributes["engine"].connect() as connection:
        context = MigrationContext.configure(connection)
        with context.begin_transaction():
            Operations(context).execute("CREATE TABLE kept (id INTEGER)")
        Operations(context).execute("CREATE TABLE lost (id INTEGER)")
    assert ["kept"] == project.tables()


@pytest.mark.parametrize("per_migration", [False, True])
def test_a_commit_that_fails_leaves_the_connection_usable(
    two: Project, per_migration: bool
) -> None:
    """Its transaction is rolled back, so that a program can continue with the connection."""
    engine = two.attributes["engine"]
    refusing = [True]

    def refuse(_connection: Connection) -> None:
        if refusing:
            raise RuntimeError(refusing.pop())

    with engine.connect() as connection:
        event.listen(connection, "commit", refuse)
        two.attributes["connection"] = connection
        two.env(
            """
            from idiolect import context
            attributes = context.config.attributes
            context.configure(connection=attributes["connection"], **attributes["options"])
            with context.begin_transaction():
                context.run_migrations()
            """
        )
        with pytest.raises(RuntimeError):
            two.upgrade(transaction_per_migration=per_migration)
        assert not connection.connection.driver_connection.in_transaction
        two.upgrade(transaction_per_migration=per_migration)
    assert ["b"] == two.heads()
