"""Unsupported limits, and retries of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.exc import OperationalError

from idiolect.errors import CommandError
from idiolect.hooks import MigrationLock, hookimpl
from idiolect.runtime import limits

if TYPE_CHECKING:
    from projects import Project
    from sqlalchemy.engine import Connection

    from idiolect.hooks.manager import PluginManager

FAILS = """
ran = op.get_context().config.attributes["ran"]
ran.append("{name}")
op.execute("CREATE TABLE t_{name} (id INTEGER)")
if ran.count("{name}") <= {times}:
    {before}
    raise sa.exc.OperationalError("UPDATE t", {{}}, Exception("deadlock detected"))
"""


class Deadlocks:
    """A plugin that knows a transient error, and locks nothing."""

    @hookimpl
    def transient_error(self, error: Any) -> str | None:
        """Name it."""
        return "deadlock" if "deadlock" in str(error.orig) else None

    @hookimpl
    def migration_lock(self) -> MigrationLock:
        """Lock nothing."""
        return MigrationLock()


@pytest.fixture
def ran(project: Project, sqlite: PluginManager, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which revisions ran, in order, with pauses left out."""
    sqlite.register(Deadlocks())
    monkeypatch.setattr(limits, "pause", lambda _connection, _seconds: None)
    log: list[str] = []
    project.attributes["ran"] = log
    return log


def _revisions(project: Project, *, times: int, before: str = "pass") -> None:
    project.revision("a", None, FAILS.format(name="a", times=0, before="pass"))
    project.revision("b", "a", FAILS.format(name="b", times=times, before=before))


@pytest.mark.parametrize(
    ("per_migration", "expected"),
    [(True, ["a", "b", "b", "b"]), (False, ["a", "b", "a", "b", "a", "b"])],
)
def test_what_passes_is_tried_again(
    project: Project,
    ran: list[str],
    per_migration: bool,
    expected: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Everything that was rolled back runs again, with a log message."""
    _revisions(project, times=2)
    project.upgrade(transaction_per_migration=per_migration)
    assert expected == ran
    assert ["b"] == project.heads()
    assert ["alembic_version", "t_a", "t_b"] == project.tables()
    told = [each.getMessage() for each in caplog.records if "retried" in each.getMessage()]
    assert ["(attempt 2 of 4)", "(attempt 3 of 4)"] == [
        message[message.index("(attempt") :] for message in told
    ]
    assert all("A deadlock in upgrade() of revision 'b'" in message for message in told)


@pytest.mark.parametrize(
    ("retries", "expected"), [(None, 4), (1, 2), (0, 1)], ids=["default", "one", "none"]
)
def test_it_is_bounded(
    project: Project, ran: list[str], retries: int | None, expected: int
) -> None:
    """After so many times the error is final, and nothing of the step stays."""
    _revisions(project, times=100)
    options: dict[str, Any] = {} if retries is None else {"transient_retries": retries}
    with pytest.raises(OperationalError, match="deadlock"):
        project.upgrade(transaction_per_migration=True, **options)
    assert expected == ran.count("b")
    assert ["a"] == project.heads()


@pytest.mark.parametrize("before", ["op.get_bind().commit()", "op.execute('oops')"])
def test_where_it_is_not_safe(project: Project, ran: list[str], before: str) -> None:
    """A step that committed, or fails for another reason, is not retried."""
    _revisions(project, times=1, before=before)
    with pytest.raises(OperationalError):
        project.upgrade(transaction_per_migration=True)
    assert 1 == ran.count("b")


def test_a_lost_connection(project: Project, ran: list[str]) -> None:
    """Nothing connects again to a server that is down: the first error is the one to see."""
    engine = project.attributes["engine"] = create_engine(project.url, poolclass=NullPool)
    project.revision("a", None, "op.get_context().config.attributes['lose'](op.get_bind())")

    def refuse(*_connect: Any) -> None:
        ran.append("connected")
        raise ConnectionRefusedError

    def lose(connection: Connection) -> None:
        event.listen(engine, "do_connect", refuse)
        connection.invalidate()
        raise OperationalError("UPDATE t", {}, Exception("gone"), connection_invalidated=True)

    project.attributes["lose"] = lose
    with pytest.raises(OperationalError, match="gone"):
        project.upgrade()
    assert [] == ran


def test_env_pys_own_transaction(project: Project, ran: list[str]) -> None:
    """What env.py has begun is env.py's to begin again."""
    _revisions(project, times=1)
    project.env("""
        from sqlalchemy import create_engine
        from idiolect import context
        engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
        with engine.begin() as connection:
            context.configure(connection=connection)
            context.run_migrations()
    """)
    with pytest.raises(OperationalError):
        project.upgrade()
    assert ["a", "b"] == ran


def test_an_engine_in_autocommit_mode(project: Project, ran: list[str]) -> None:
    """Nothing was rolled back there, so that a second attempt would do things twice."""
    _revisions(project, times=1)
    project.attributes["engine"] = create_engine(
        project.url, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with pytest.raises(OperationalError, match="deadlock"):
        project.upgrade(journal=False)
    assert ["a", "b"] == ran


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("value", [0, -1, True, "soon"])
def test_a_limit_that_is_none(project: Project, value: object) -> None:
    """The message names the option and the file, before the revision has begun."""
    path = project.revision("a", None, "op.execute('SELECT nothing')", statement_timeout=value)
    with pytest.raises(CommandError, match=r"statement_timeout = .*expected a number") as raised:
        project.upgrade()
    assert path.name in str(raised.value)


@pytest.mark.usefixtures("sqlite")
def test_a_dialect_without_limits(project: Project) -> None:
    """A limit that the dialect does not support is an error."""
    project.revision("a")
    with pytest.raises(CommandError, match="not supported by the plugin for the dialect 'sqlite'"):
        project.upgrade(lock_wait_timeout=3)
    assert [] == project.heads()


def test_a_commit_that_fails_is_tried_again(project: Project, ran: list[str]) -> None:
    """Nothing of the revision is left then, and the transaction was the run's own."""
    _revisions(project, times=0)
    engine = project.attributes["engine"]
    failing = ["deadlock detected"]

    def refuse(_connection: Connection) -> None:
        if failing and ran == ["a", "b"]:
            raise OperationalError("COMMIT", {}, Exception(failing.pop()))

    event.listen(engine, "commit", refuse)
    project.upgrade(transaction_per_migration=True)
    assert ["a", "b", "b"] == ran
    assert ["b"] == project.heads()
