"""Migrations side by side: threads, tasks, and threads and loops that user code starts."""

from __future__ import annotations

import asyncio
import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from projects import Project
from sqlalchemy.ext.asyncio import create_async_engine

from idiolect import command, op
from idiolect.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.engine import Connection

EIGHT = range(8)

OWNED_BY_CALLER = """
from idiolect import context
connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
"""


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[[str], Project]:
    """Return a function that creates a project with its own database."""

    def make(name: str) -> Project:
        return Project(tmp_path / name, f"sqlite:///{tmp_path / name}.db")

    return make


@pytest.fixture
def project(make_project: Callable[[str], Project]) -> Project:
    """One project."""
    return make_project("project")


def test_eight_threads_on_eight_databases(make_project: Callable[[str], Project]) -> None:
    """Each revision reaches its own database, though all are inside of one at the same time."""
    barrier = threading.Barrier(len(EIGHT), timeout=300)
    projects = [make_project(f"p{number}") for number in EIGHT]
    for number, project in enumerate(projects):
        project.attributes["barrier"] = barrier
        project.revision(
            f"r{number}",
            None,
            f"""
            wait = op.get_context().config.attributes["barrier"].wait
            wait()
            op.create_table("t{number}", sa.Column("id", sa.Integer))
            wait()
            op.execute("INSERT INTO t{number} VALUES ({number})")
            """,
        )
    with ThreadPoolExecutor(len(EIGHT)) as pool:
        list(pool.map(Project.upgrade, projects))
    for number, project in enumerate(projects):
        assert ["alembic_version", f"t{number}"] == project.tables()
        assert [f"r{number}"] == project.heads()
        assert [number] == project.rows(f"SELECT id FROM t{number}")


def test_eight_threads_share_a_project(make_project: Callable[[str], Project]) -> None:
    """The same revision files on eight databases at once: a tenant each."""
    shared = make_project("shared")
    barrier = threading.Barrier(len(EIGHT), timeout=300)
    shared.revision(
        "a",
        None,
        """
        op.get_context().config.attributes["barrier"].wait()
        op.execute("CREATE TABLE t (id INTEGER)")
        op.get_context().config.attributes["barrier"].wait()
        op.execute(f"INSERT INTO t VALUES ({kw['tenant']})")
        """,
    )

    def migrate(number: int) -> Project:
        tenant = make_project(f"tenant{number}")
        config = Config(attributes={"barrier": barrier, "run_args": {"tenant": number}})
        config.set_main_option("script_location", str(shared.folder))
        config.set_main_option("sqlalchemy.url", tenant.url)
        command.upgrade(config, "head")
        return tenant

    with ThreadPoolExecutor(len(EIGHT)) as pool:
        tenants = list(pool.map(migrate, EIGHT))
    assert [[number] for number in EIGHT] == [each.rows("SELECT id FROM t") for each in tenants]


THREAD = """
import threading
failed = []
def work():
    try:
        {call}
    except BaseException as exc:
        failed.append(exc)
thread = threading.Thread(target=work)
thread.start()
thread.join()
assert not failed, failed
"""


def in_pairs(make_project: Callable[[str], Project], set_up: Callable[[Project], None]) -> None:
    """Run two projects at once, so that neither thread is the only one migrating."""
    barrier = threading.Barrier(2, timeout=300)
    projects = [make_project("left"), make_project("right")]
    for project in projects:
        project.attributes["barrier"] = barrier
        set_up(project)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Project.upgrade, projects))
    for project in projects:
        name = project.folder.name
        assert [name] == project.rows("SELECT name FROM made")
        assert ["a"] == project.heads()


def test_a_thread_started_inside_a_revision(make_project: Callable[[str], Project]) -> None:
    """The thread belongs to the revision that started it."""

    def set_up(project: Project) -> None:
        call = f"op.execute(f\"INSERT INTO made VALUES ('{project.folder.name}')\")"
        project.env(SHARED_CONNECTION)
        project.revision(
            "a",
            None,
            "wait = op.get_context().config.attributes['barrier'].wait\n"
            "op.execute('CREATE TABLE made (name TEXT)')\nwait()\n"
            + THREAD.format(call=call)
            + "\nwait()",
        )

    in_pairs(make_project, set_up)


SHARED_CONNECTION = """
from sqlalchemy import NullPool, create_engine
from idiolect import context
engine = create_engine(
    context.config.get_main_option("sqlalchemy.url"),
    poolclass=NullPool,
    connect_args={"check_same_thread": False},
)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def test_a_thread_started_inside_env_py(make_project: Callable[[str], Project]) -> None:
    """It configures and runs env.py's own context, and its revisions are bound there."""

    def set_up(project: Project) -> None:
        body = "\n".join("    " + line for line in SHARED_CONNECTION.strip().splitlines()[2:])
        project.env(
            "from sqlalchemy import NullPool, create_engine\nfrom idiolect import context\n"
            "wait = context.config.attributes['barrier'].wait\nwait()\n"
            "def run():\n" + body + "\n" + THREAD.format(call="run()") + "\nwait()\n"
        )
        project.revision(
            "a",
            None,
            "op.execute('CREATE TABLE made (name TEXT)')\n"
            f"op.execute(\"INSERT INTO made VALUES ('{project.folder.name}')\")",
        )

    in_pairs(make_project, set_up)


ASYNC_ENV = """
import asyncio
from concurrent.futures import ThreadPoolExecutor
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine
from idiolect import context

url = context.config.get_main_option("sqlalchemy.url").replace("sqlite:", "sqlite+aiosqlite:")

def migrate(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def connect_and_migrate():
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()

"""
STARTS = {
    "asyncio.run": "asyncio.run(connect_and_migrate())",
    "executor.submit(asyncio.run)": (
        "with ThreadPoolExecutor(1) as executor:\n"
        "    executor.submit(asyncio.run, connect_and_migrate()).result()\n"
    ),
    "to_thread": "asyncio.run(asyncio.to_thread(asyncio.run, connect_and_migrate()))",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_an_async_env_py(project: Project, start: str) -> None:
    """Its coroutine reaches its context, also from the thread of the running-loop workaround."""
    project.env(ASYNC_ENV + start)
    project.revision("a", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    project.upgrade()
    assert ["alembic_version", "t"] == project.tables()


def test_the_workaround_side_by_side(make_project: Callable[[str], Project]) -> None:
    """Two such env.py at the same time do not take each other's context."""

    def set_up(project: Project) -> None:
        project.env(
            ASYNC_ENV
            + "wait = context.config.attributes['barrier'].wait\nwait()\n"
            + STARTS["executor.submit(asyncio.run)"]
            + "wait()\n"
        )
        project.revision(
            "a",
            None,
            "op.execute('CREATE TABLE made (name TEXT)')\n"
            f"op.execute(\"INSERT INTO made VALUES ('{project.folder.name}')\")",
        )

    in_pairs(make_project, set_up)


def test_a_running_loop_calls_the_workaround(project: Project) -> None:
    """A command called inside an event loop, whose env.py runs its own loop in a thread."""
    project.env(ASYNC_ENV + STARTS["executor.submit(asyncio.run)"])
    project.revision("a", None, "op.create_table('t', sa.Column('id', sa.Integer))")

    async def run() -> None:
        project.upgrade()

    asyncio.run(run())
    assert ["a"] == project.heads()


def test_eight_tasks_bring_their_connections(make_project: Callable[[str], Project]) -> None:
    """Each by run_sync and ``config.attributes``; their revisions take turns on one loop."""
    projects = [make_project(f"p{number}") for number in EIGHT]
    entered: list[int] = []

    async def migrate(number: int, project: Project) -> None:
        engine = create_async_engine(project.url.replace("sqlite:", "sqlite+aiosqlite:"))

        def run(connection: Connection) -> None:
            project.attributes["connection"] = connection
            entered.append(number)
            project.upgrade()

        async with engine.connect() as connection:
            await connection.run_sync(run)
        await engine.dispose()

    async def run_all() -> None:
        tasks = [migrate(number, project) for number, project in enumerate(projects)]
        await asyncio.gather(*tasks)

    for number, project in enumerate(projects):
        project.env(OWNED_BY_CALLER)
        project.revision(f"r{number}", None, f"op.execute('CREATE TABLE t{number} (id INTEGER)')")
        # Each statement of aiosqlite gives the loop to another task.
        project.revision(
            f"s{number}", f"r{number}", f"op.execute('INSERT INTO t{number} VALUES (1)')"
        )
    asyncio.run(run_all())
    assert sorted(entered) == list(EIGHT)
    for number, project in enumerate(projects):
        assert [f"s{number}"] == project.heads()
        assert ["alembic_version", f"t{number}"] == project.tables()


@pytest.mark.parametrize("template", ["generic", "async", "pyproject", "pyproject_async"])
def test_eight_tasks_on_a_template(tmp_path: Path, template: str) -> None:
    """The env.py that ``init`` writes takes each task's connection, on one loop."""
    folder = tmp_path / "project"
    folder.mkdir()
    ini, toml = folder / "idiolect.ini", folder / "pyproject.toml"
    scripts = folder / "migrations"
    command.init(Config(ini, toml, stdout=io.StringIO()), str(scripts), template)
    # Another database, that nothing may reach.
    ini.write_text(re.sub(r"(?m)^sqlalchemy.url =.*", "sqlalchemy.url = x://y", ini.read_text()))
    (scripts / "versions" / "a_first.py").write_text(
        "from idiolect import op\nrevision, down_revision = 'a', None\n"
        "def upgrade():\n"
        "    number = op.get_context().config.attributes['number']\n"
        "    op.execute(f'CREATE TABLE t{number} (id INTEGER)')\n"
        "    op.execute(f'INSERT INTO t{number} VALUES ({number})')\n"
    )

    async def migrate(number: int) -> list[Any]:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / f'{number}.db'}")

        def run(connection: Connection) -> None:
            given = {"connection": connection, "number": number}
            command.upgrade(Config(ini, toml, attributes=given), "head")

        async with engine.connect() as connection:
            await connection.run_sync(run)
            rows = await connection.exec_driver_sql(
                f"SELECT id, version_num FROM t{number}, alembic_version"
            )
            found = list(rows)
        await engine.dispose()
        return found

    async def run_all() -> list[list[Any]]:
        return await asyncio.gather(*map(migrate, EIGHT))

    assert [[(number, "a")] for number in EIGHT] == asyncio.run(run_all())


def test_a_strangers_thread_among_several(make_project: Callable[[str], Project]) -> None:
    """A thread that belongs to none of several migrations gets a clear error."""
    barrier = threading.Barrier(3, timeout=300)
    projects = [make_project("left"), make_project("right")]
    for project in projects:
        project.attributes["barrier"] = barrier
        project.revision(
            "a",
            None,
            "wait = op.get_context().config.attributes['barrier'].wait\nwait()\nwait()",
        )
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(project.upgrade) for project in projects]
        barrier.wait()
        with pytest.raises(NameError, match=r"2 migrations run.*copy_context\(\)\.run\(\)"):
            op.get_bind()
        barrier.wait()
        for run in runs:
            run.result()


def test_a_strangers_thread_beside_one(project: Project) -> None:
    """Where one migration runs, it is the one that is meant."""
    barrier = threading.Barrier(2, timeout=300)
    project.attributes["barrier"] = barrier
    project.revision(
        "a", None, "wait = op.get_context().config.attributes['barrier'].wait\nwait()\nwait()"
    )
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(project.upgrade)
        barrier.wait()
        config = op.get_context().config
        assert config is not None
        assert barrier is config.attributes["barrier"]
        barrier.wait()
        run.result()


def test_a_fixture_that_enters_and_leaves_in_different_contexts(project: Project) -> None:
    """As test frameworks for asyncio do; nothing stays bound."""
    import contextvars

    from idiolect.runtime.environment import EnvironmentContext
    from idiolect.script.base import ScriptDirectory
    from idiolect.util import bound

    config = project.config()
    environment = EnvironmentContext(config, ScriptDirectory.from_config(config))
    contextvars.copy_context().run(environment.__enter__)
    assert environment is bound.environment.find()
    contextvars.copy_context().run(environment.__exit__, None, None, None)
    assert bound.environment.find() is None


def test_nested_environments(make_project: Callable[[str], Project]) -> None:
    """A revision may migrate another database; its own context is back afterwards."""
    inner, outer = make_project("inner"), make_project("outer")
    inner.revision("i", None, "op.create_table('inner_t', sa.Column('id', sa.Integer))")
    outer.attributes["migrate_inner"] = inner.upgrade
    outer.revision(
        "o",
        None,
        """
        from idiolect import context
        config = context.config
        op.create_table("before", sa.Column("id", sa.Integer))
        config.attributes["migrate_inner"]()
        assert context.config is config
        op.create_table("after", sa.Column("id", sa.Integer))
        """,
    )
    outer.upgrade()
    assert ["alembic_version", "inner_t"] == inner.tables()
    assert ["after", "alembic_version", "before"] == outer.tables()
    assert (["i"], ["o"]) == (inner.heads(), outer.heads())


def test_nothing_stays_bound(project: Project) -> None:
    """After a run, and after a failed one, the proxies are empty again."""
    from idiolect.util import bound

    project.revision("a")
    project.revision("b", "a", "raise RuntimeError('broken')")
    seen: Any = []
    for revision in ("a", "b"):
        try:
            project.upgrade(revision)
        except RuntimeError:
            seen.append(revision)
        assert bound.operations.find() is None
        assert bound.environment.find() is None
    assert ["b"] == seen
