"""One run at a time: waiting, messages, and releasing the lock."""

from __future__ import annotations

import logging
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import NullPool, create_engine, event, text

from idiolect import command
from idiolect.cli.main import main
from idiolect.errors import CommandError, LockTimeoutError, LockUnavailableError
from idiolect.hooks import LockRequest, MigrationLock, hookimpl
from idiolect.migration import MigrationContext
from idiolect.runtime import lease, lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from projects import Project
    from sqlalchemy.engine import Connection

    from idiolect.hooks.manager import PluginManager

TABLE = "op.create_table('t', sa.Column('id', sa.Integer))"
COMMANDS = {
    "upgrade": ["upgrade", "head"],
    "downgrade": ["downgrade", "base"],
    "stamp": ["stamp", "b"],
    "ensure_version": ["ensure_version"],
}


class Noting(MigrationLock):
    """A lock that records its calls, and is held by another run at first.

    Args:
        log: receives the calls.
        refusals: the number of failed attempts.
    """

    def __init__(self, log: list[str], refusals: int = 0) -> None:
        self.log = log
        self.refusals = refusals

    def acquire(self) -> bool:
        """Count down."""
        self.refusals -= 1
        taken = self.refusals < 0
        self.log.append("taken" if taken else "refused")
        return taken

    def holder(self) -> str:
        """Return a name."""
        return "pod 7"

    def release(self) -> None:
        """Note the end."""
        self.log.append("given back")


class Locksmith:
    """A plugin that returns a given lock.

    Args:
        made: the lock.
    """

    def __init__(self, made: MigrationLock) -> None:
        self.made = made
        self.requests: list[LockRequest] = []

    @hookimpl
    def migration_lock(self, request: LockRequest) -> MigrationLock:
        """Answer the lock."""
        self.requests.append(request)
        return self.made


@pytest.fixture
def log(project: Project, sqlite: PluginManager) -> list[str]:
    """What happens to the lock, and revisions a and b running between."""
    noted: list[str] = []
    sqlite.register(Locksmith(Noting(noted)))
    project.attributes["log"] = noted
    for name, down in (("a", None), ("b", "a")):
        note = f"op.get_context().config.attributes['log'].append('{name}')"
        project.revision(name, down, note, note)
    return noted


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_which_commands_take_it(project: Project, log: list[str], words: list[str]) -> None:
    """All that write to the database; not with ``--no-lock``."""
    if words[0] == "downgrade":
        project.upgrade()
        log.clear()
    config = project.config()
    run = getattr(command, words[0])
    run(config, *words[1:], lock=False)
    assert [] == [each for each in log if each not in {"a", "b"}]
    if words[0] == "downgrade":
        project.upgrade(migration_lock=False)
    else:
        project.engine().connect().exec_driver_sql("DROP TABLE alembic_version")
    log.clear()
    run(config, *words[1:])
    assert ["taken", "given back"] == [each for each in log if each not in {"a", "b"}]


def test_no_lock_on_the_command_line(
    project: Project, log: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The flag counts whatever env.py and the ini file say."""
    project.attributes["options"] = {"migration_lock": True}
    ini = tmp_path / "idiolect.ini"
    ini.write_text(
        f"[idiolect]\nscript_location = {project.folder}\nsqlalchemy.url = {project.url}\n"
        "migration_lock = true\n"
    )
    monkeypatch.chdir(tmp_path)
    (project.folder / "env.py").write_text(
        (project.folder / "env.py").read_text().replace("attributes.get(", "{}.get(")
    )
    for path in (project.folder / "versions").iterdir():
        path.write_text(
            path.read_text().replace("op.get_context().config.attributes", "{'log': []}")
        )
    main(["upgrade", "a", "--no-lock"])
    assert [] == log
    main(["upgrade", "b"])
    assert ["taken", "given back"] == log
    ini.write_text(ini.read_text().replace("migration_lock = true", "migration_lock = false"))
    main(["downgrade", "base"])
    assert ["taken", "given back"] == log
    assert [] == project.heads()


def test_current_and_scripts_take_none(project: Project, log: list[str]) -> None:
    """Commands that change nothing do not lock."""
    command.current(project.config())
    project.sql()
    assert ["a", "b"] == log


@pytest.mark.parametrize("per_migration", [False, True])
def test_it_lasts_from_before_the_first_statement_to_the_last_commit(
    project: Project, log: list[str], per_migration: bool
) -> None:
    """Over the commits between revisions too."""
    engine = project.attributes["engine"] = project.engine()
    event.listen(engine, "commit", lambda _connection: log.append("COMMIT"))
    project.upgrade(transaction_per_migration=per_migration)
    commits = ["COMMIT", "a", "COMMIT", "b", "COMMIT"] if per_migration else ["a", "b", "COMMIT"]
    assert ["taken", *commits, "given back"] == log


@pytest.mark.parametrize("per_migration", [False, True])
def test_it_is_given_back_after_a_failure(
    project: Project, log: list[str], per_migration: bool
) -> None:
    """Whatever the way out."""
    project.revision("b", "a", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        project.upgrade(transaction_per_migration=per_migration)
    assert ["taken", "a", "given back"] == log


def test_env_py_catches_the_failure(project: Project, log: list[str]) -> None:
    """It is released once, when the block has ended."""
    project.env("""
        from sqlalchemy import create_engine
        from idiolect import context
        engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
        with engine.connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                try:
                    context.run_migrations()
                except ZeroDivisionError:
                    pass
    """)
    project.revision("b", "a", "1 / 0")
    project.upgrade()
    assert ["taken", "a", "given back"] == log
    assert [] == project.heads()


def test_the_transaction_is_env_pys(project: Project, sqlite: PluginManager) -> None:
    """The lock has to last until that transaction ends, and is released when env.py has ended."""
    noted: list[str] = []
    smith = Locksmith(Noting(noted))
    sqlite.register(smith)
    project.revision("a")
    project.env("""
        from sqlalchemy import create_engine
        from idiolect import context
        with create_engine(context.config.get_main_option("sqlalchemy.url")).begin() as connection:
            context.configure(connection=connection)
            context.run_migrations()
            context.config.attributes["noted"].append("end of env.py's block")
    """)
    project.attributes["noted"] = noted
    project.upgrade()
    assert [True] == [request.bound for request in smith.requests]
    assert ["taken", "end of env.py's block", "given back"] == noted


def test_waiting_is_told(
    project: Project,
    sqlite: PluginManager,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """At once, and again every ten seconds, naming the holder."""
    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(lock, "pause", lambda _connection, _seconds: None)
    sqlite.register(Locksmith(Noting([], refusals=8)))
    project.revision("a")
    with caplog.at_level(logging.INFO):
        project.upgrade()
    waits = [each for each in caplog.records if "Waiting" in each.getMessage()]
    assert {"Waiting for another migration (pod 7)."} == {each.getMessage() for each in waits}
    assert ["INFO", "WARNING", "WARNING"] == [each.levelname for each in waits]


@pytest.mark.parametrize("where", ["configure", "ini"])
def test_the_wait_is_bounded(project: Project, sqlite: PluginManager, where: str) -> None:
    """After ``migration_lock_timeout`` seconds the run gives up, and names the owner."""
    noted: list[str] = []
    sqlite.register(Locksmith(Noting(noted, refusals=1000)))
    project.revision("a", None, TABLE)
    if where == "configure":
        project.attributes["options"] = {"migration_lock_timeout": 0.2}
    config = project.config()
    if where == "ini":
        config.set_main_option("migration_lock_timeout", "0.2")
    with pytest.raises(LockTimeoutError, match=r"Waited \d+ s .*'alembic_version'.*\(pod 7\)"):
        command.upgrade(config, "head")
    assert [] == project.tables()
    assert {"refused"} == {*noted}


def test_the_plan_is_made_again_under_the_lock(project: Project, sqlite: PluginManager) -> None:
    """Work done by another run in the meantime is not repeated."""
    ran: list[str] = []

    class Slow(MigrationLock):
        """A lock that is had only after another run."""

        def acquire(self) -> bool:
            project.upgrade("a", migration_lock=False)
            return True

    sqlite.register(Locksmith(Slow()))
    project.attributes["ran"] = ran
    for name, down in (("a", None), ("b", "a")):
        note = f"op.get_context().config.attributes['ran'].append('{name}')"
        project.revision(name, down, note)
    project.upgrade()
    assert ["a", "b"] == ran
    assert ["b"] == project.heads()


def test_nothing_is_left_to_do_under_the_lock(project: Project, sqlite: PluginManager) -> None:
    """The other run did it all: this one ends well."""

    class Late(MigrationLock):
        """A lock that is had after the other run has ended."""

        def acquire(self) -> bool:
            project.upgrade(migration_lock=False)
            return True

    sqlite.register(Locksmith(Late()))
    project.revision("a", None, TABLE)
    project.upgrade()
    assert ["a"] == project.heads()


def test_a_lock_that_cannot_be_had(
    project: Project, sqlite: PluginManager, caplog: pytest.LogCaptureFixture
) -> None:
    """A lease is used instead."""

    class Forbidden(MigrationLock):
        """A lock for which a privilege is missing."""

        def acquire(self) -> bool:
            message = "This user may not lock."
            raise LockUnavailableError(message)

    sqlite.register(Locksmith(Forbidden()))
    project.revision("a")
    project.upgrade()
    assert ["alembic_version", "alembic_version_lock"] == project.tables()
    assert [""] == project.rows("SELECT owner FROM alembic_version_lock")
    assert "This user may not lock. A lease row is used instead." in caplog.text


def test_release_after_the_session_was_lost(project: Project, sqlite: PluginManager) -> None:
    """A lock that cannot be released has ended already; the run's own outcome is reported."""

    class Broken(MigrationLock):
        """A lock on a lost session."""

        def release(self) -> None:
            message = "server closed the connection"
            raise OSError(message)

    sqlite.register(Locksmith(Broken()))
    project.revision("a")
    project.upgrade()
    assert ["a"] == project.heads()


def test_a_wrong_answer(project: Project, sqlite: PluginManager) -> None:
    """The error for a result that is not a lock names the implementers."""
    sqlite.register(Locksmith("a lock"))  # type: ignore[arg-type]
    project.revision("a")
    with pytest.raises(CommandError, match=r"'migration_lock' .*expected: MigrationLock"):
        project.upgrade()
    assert [] == project.tables()


@pytest.fixture
def connections(tmp_path: Path) -> Iterator[list[Connection]]:
    """Three connections to one database in autocommit mode."""
    engine = create_engine(f"sqlite:///{tmp_path}/x.db", isolation_level="AUTOCOMMIT")
    opened = [engine.connect() for _ in range(3)]
    yield opened
    for each in opened:
        each.close()
    engine.dispose()


def _lease(
    connection: Connection, owner: str, *, bound: bool = False, **times: float
) -> lease.LeaseLock:
    context = MigrationContext.configure(connection, opts={"version_table": "v"})
    request = LockRequest(context._version, owner, bound=bound, rules=context.rules)
    return lease.LeaseLock(connection, request, **times)


@pytest.mark.usefixtures("sqlite")
def test_a_lease_is_had_by_one(connections: list[Connection]) -> None:
    """The second one waits until it is released, and knows its owner."""
    first, second = (_lease(each, owner) for each, owner in zip(connections, "ab", strict=False))
    assert first.acquire()
    assert not second.acquire()
    assert second.holder() == "a"
    first.release()
    assert second.acquire()
    second.release()


@pytest.mark.usefixtures("sqlite")
def test_a_lease_of_the_dead_expires(
    connections: list[Connection], caplog: pytest.LogCaptureFixture
) -> None:
    """An unchanged row is taken over, by the waiter's clock; the log names the previous owner."""
    first = _lease(connections[0], "a", beat=1000)
    second = _lease(connections[1], "b", expiry=0.2)
    assert first.acquire()
    waited = threading.Event()
    assert not second.acquire()
    waited.wait(0.3)
    assert second.acquire()
    assert "The migration of a stopped without releasing its lease" in caplog.text
    # The late one gives back what is its own alone.
    first.release()
    assert connections[2].scalar(text("SELECT owner FROM v_lock")) == "b"
    second.release()


@pytest.mark.usefixtures("sqlite")
def test_a_lease_of_the_living_does_not_expire(
    connections: list[Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its holder's beats keep it, however long that works."""
    now = 0.0
    # Of the watcher alone: the holder's thread waits by an event.
    monkeypatch.setattr(lease, "time", SimpleNamespace(monotonic=lambda: now))
    first = _lease(connections[0], "a", beat=0.05)
    second = _lease(connections[1], "b", expiry=10)
    assert first.acquire()
    for _ in range(8):
        assert not second.acquire()
        _until_it_beats(connections[2])
        now += 9
    first.release()
    assert second.acquire()
    second.release()


def _until_it_beats(connection: Connection) -> None:
    """Wait until the holder's row has counted up."""
    beat = text("SELECT beat FROM v_lock")
    before = connection.scalar(beat)
    deadline = time.monotonic() + 300
    while before == connection.scalar(beat):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("is_told", [True, False], ids=["told", "closed"])
def test_a_lease_beside_a_transaction_of_the_callers(tmp_path: Path, is_told: bool) -> None:
    """Others see it while that transaction lasts, and it is free once its connection is closed."""
    engine = create_engine(f"sqlite:///{tmp_path}/x.db", poolclass=NullPool)
    with engine.connect() as theirs, engine.connect() as other:
        first = _lease(theirs, "a", bound=True, beat=0.05)
        second = _lease(other, "b")
        with theirs.begin():
            assert first.acquire()
            assert theirs.in_transaction()
            assert not second.acquire()
        theirs.close()
        if is_told:
            first.release()
        deadline = time.monotonic() + 300
        while not second.acquire():
            assert not is_told
            assert time.monotonic() < deadline
            time.sleep(0.01)
        second.release()


@pytest.mark.usefixtures("sqlite")
def test_a_beat_that_fails_to_connect(connections: list[Connection]) -> None:
    """Whatever the driver raises: with async drivers a refused connection is no DBAPIError."""
    first = _lease(connections[0], "a", beat=0.05)
    refused: list[str] = []

    def refuse(*_args: object) -> None:
        if len(refused) < 3:
            refused.append("refused")
            raise ConnectionRefusedError

    event.listen(connections[0].engine.dialect, "do_connect", refuse)
    assert first.acquire()
    _until_it_beats(connections[2])
    assert ["refused"] * 3 == refused
    first.release()


@pytest.mark.usefixtures("sqlite")
def test_a_lease_in_memory() -> None:
    """Where every connection is the same one, no thread beats on it."""
    connection = create_engine("sqlite://").connect()
    threads = threading.active_count()
    only = _lease(connection, "a")
    assert only.acquire()
    assert threads == threading.active_count()
    only.release()


def test_a_dialect_without_a_plugin_gets_none(project: Project, plugins: PluginManager) -> None:
    """A user's class does not say whether tables may be created."""
    del plugins
    project.env("""
        from sqlalchemy import create_engine
        from idiolect import context
        from idiolect.ddl.impl import DefaultImpl

        class Own(DefaultImpl):
            __dialect__ = "sqlite"
            transactional_ddl = True

        engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
        with engine.connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
    """)
    project.revision("a")
    project.upgrade()
    assert ["alembic_version"] == project.tables()


def test_who_asks_is_told_in_63_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time stays whole; a long host name is what is cut."""
    import socket

    monkeypatch.setattr(socket, "gethostname", lambda: "h" * 200)
    owner = lock._owner()
    assert len(owner) == 63
    assert owner.startswith("idiolect pid ")
    assert owner.endswith("Z")
