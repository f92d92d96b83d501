"""Referencing rows survive a rebuild of the referenced table with foreign keys enforced."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from projects import begin_for_real
from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.ext.asyncio import create_async_engine

from idiolect.errors import CommandError
from idiolect_sqlite import rebuild
from idiolect_sqlite.foreign_keys import NewViolationsError, unenforced
from idiolect_sqlite.rebuild import RowsAtRiskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from projects import Project
    from sqlalchemy.engine import Connection, Engine

TABLES = """
    op.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, up INTEGER REFERENCES t (id) {up})")
    op.execute("CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t (id) {down})")
    op.execute("CREATE TABLE other (id INTEGER PRIMARY KEY)")
    op.execute("CREATE TABLE grand (o INTEGER REFERENCES other (id) ON DELETE CASCADE)")
    op.execute("INSERT INTO t VALUES (1, 'x', NULL), (2, 'y', {parent}), (3, 'z', NULL)")
    op.execute("INSERT INTO child VALUES (10, {one}), (11, {one}), (12, NULL)")
    op.execute("INSERT INTO other VALUES (7), (8)")
    op.execute("INSERT INTO grand VALUES (7), (8)")
"""
REBUILD = """
    with op.batch_alter_table("t") as batch:
        batch.alter_column("a", nullable=False)
"""
CASCADING = "op.execute('DELETE FROM other WHERE id = 7')"


def tables(up: str = "", down: str = "ON DELETE CASCADE", *, parent: str = "NULL") -> str:
    """Return a revision's body that creates tables with rows that refer to each other."""
    return textwrap.dedent(TABLES.format(up=up, down=down, parent=parent, one=1))


def enforced(engine: Engine) -> Engine:
    """Make the engine enforce foreign keys on each of its connections, as most projects do."""

    def connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        was, connection.isolation_level = connection.isolation_level, None
        cursor.execute("PRAGMA foreign_keys=ON")
        connection.isolation_level = was
        cursor.close()

    event.listen(engine, "connect", connect)
    return engine


def enforced_by_new_driver(engine: Engine) -> Engine:
    """Do the same where the driver always has a transaction open."""

    def connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute("PRAGMA foreign_keys=ON")
        connection.autocommit = False

    event.listen(engine, "connect", connect)
    return engine


ENGINES: dict[str, Callable[[str], Engine]] = {
    "plain": lambda url: enforced(create_engine(url, poolclass=NullPool)),
    "pooled": lambda url: enforced(create_engine(url)),
    "BEGIN recipe": lambda url: begin_for_real(enforced(create_engine(url, poolclass=NullPool))),
    "isolation_level=None": lambda url: enforced(
        create_engine(url, poolclass=NullPool, connect_args={"isolation_level": None})
    ),
}
if sys.version_info >= (3, 12):
    ENGINES["autocommit=False"] = lambda url: enforced_by_new_driver(
        create_engine(url, poolclass=NullPool, connect_args={"autocommit": False})
    )


@pytest.fixture
def engine(project: Project) -> Iterator[Engine]:
    """An engine that enforces foreign keys and keeps its connection; env.py uses it."""
    made = project.attributes["engine"] = ENGINES["pooled"](project.url)
    yield made
    made.dispose()


def enforcement(engine: Engine) -> int:
    """Return the setting of the engine's connection; the pool returns the one that migrated."""
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one())


@pytest.mark.parametrize("per_migration", [False, True], ids=["a run", "a revision"])
@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize(
    "keys",
    [
        ("", "ON DELETE CASCADE", "NULL"),
        ("", "ON DELETE SET NULL", "NULL"),
        ("", "ON DELETE RESTRICT", "NULL"),
        ("", "", "NULL"),
        ("", "DEFERRABLE INITIALLY DEFERRED", "NULL"),
        ("ON DELETE CASCADE", "ON DELETE CASCADE", "1"),
        ("ON DELETE SET NULL", "", "1"),
    ],
    ids=["cascade", "set null", "restrict", "no action", "deferred", "own cascade", "own set null"],
)
def test_all_rows_stay(
    project: Project, kind: str, per_migration: bool, keys: tuple[str, str, str]
) -> None:
    """Whatever the action, in other tables and its own; the rows refer to the new table."""
    up, down, parent = keys
    engine = project.attributes["engine"] = ENGINES[kind](project.url)
    project.revision("a", None, tables(up, down, parent=parent))
    project.revision("b", "a", REBUILD)
    project.upgrade(transaction_per_migration=per_migration)
    assert [1, 2, 3] == project.rows("SELECT id FROM t ORDER BY id")
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")
    assert [None, 1 if parent == "1" else None, None] == project.rows("SELECT up FROM t")
    assert [1] == project.rows("SELECT \"notnull\" FROM pragma_table_info('t') WHERE name = 'a'")
    assert ["b"] == project.heads()
    assert not project.rows("SELECT * FROM pragma_foreign_key_check")
    assert ["t"] == project.rows("SELECT \"table\" FROM pragma_foreign_key_list('child')")
    assert enforcement(engine) == 1
    engine.dispose()


def test_a_table_that_was_given(project: Project, engine: Engine) -> None:
    """With copy_from the table is not reflected, and referencing rows are kept as well."""
    project.revision("a", None, tables())
    project.revision(
        "b",
        "a",
        """
        columns = sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Text)
        table = sa.Table("t", sa.MetaData(), *columns)
        with op.batch_alter_table("t", copy_from=table) as batch:
            batch.alter_column("a", nullable=False)
        """,
    )
    project.upgrade()
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")


@pytest.mark.parametrize("per_migration", [False, True], ids=["a run", "a revision"])
def test_other_revisions_keep_their_cascades(
    project: Project, engine: Engine, per_migration: bool
) -> None:
    """Steps before and after the one that rebuilds a table run once, with cascades."""
    counted = project.attributes["counted"] = []
    count = "op.get_context().config.attributes['counted'].append({!r})\n"
    project.revision("a", None, count.format("a") + tables())
    project.revision("b", "a", count.format("b") + CASCADING)
    project.revision("c", "b", count.format("c") + textwrap.dedent(REBUILD))
    project.revision("d", "c", count.format("d") + CASCADING.replace("7", "8"))
    project.upgrade("b", transaction_per_migration=per_migration)
    assert [8] == project.rows("SELECT o FROM grand")
    project.upgrade(transaction_per_migration=per_migration)
    assert not project.rows("SELECT o FROM grand")
    assert [*"ab", *"ccd"] == counted
    assert enforcement(engine) == 1


@pytest.mark.usefixtures("engine")
def test_a_revision_without_rows_at_risk_runs_once(project: Project) -> None:
    """No rows refer to the table: it is rebuilt at once."""
    counted = project.attributes["counted"] = []
    count = "op.get_context().config.attributes['counted'].append({!r})\n"
    project.revision("a", None, tables() + "op.execute('DELETE FROM child')")
    project.revision("b", "a", count.format("b") + textwrap.dedent(REBUILD))
    project.upgrade()
    assert ["b"] == counted


@pytest.mark.usefixtures("engine")
def test_what_was_done_before_is_undone(project: Project) -> None:
    """The first attempt is rolled back, even if the revision catches every error."""
    project.revision("a", None, tables())
    project.revision(
        "b",
        "a",
        """
        op.create_table("made", sa.Column("id", sa.Integer))
        op.execute("INSERT INTO made VALUES (1)")
        try:
            with op.get_bind().begin_nested(), op.batch_alter_table("t") as batch:
                batch.alter_column("a", nullable=False)
        except Exception:
            op.execute("INSERT INTO made VALUES (2)")
        """,
    )
    project.upgrade()
    assert [1] == project.rows("SELECT id FROM made")
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")


@pytest.mark.usefixtures("engine")
def test_the_log_tells(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    """Which revision, which tables, and that what came before it is committed."""
    caplog.set_level(logging.INFO)
    project.revision("a", None, tables())
    project.revision("b", "a", REBUILD)
    project.upgrade()
    assert (
        "upgrade a -> b: Table 't' is recreated, rows of 'child' refer to it, and foreign keys "
        "are enforced. The work before it is committed; it is rolled back and run again"
    ) in caplog.messages


@pytest.mark.parametrize("failure", ["raise RuntimeError('broken')", "raise KeyboardInterrupt"])
@pytest.mark.parametrize("per_migration", [False, True], ids=["a run", "a revision"])
def test_a_failure_afterwards(
    project: Project, engine: Engine, per_migration: bool, failure: str
) -> None:
    """The revision is rolled back, earlier ones are kept, and foreign keys are enforced again."""
    project.revision("a", None, tables())
    project.revision("b", "a", textwrap.dedent(REBUILD) + failure)
    with pytest.raises((RuntimeError, KeyboardInterrupt)):
        project.upgrade(transaction_per_migration=per_migration)
    assert ["a"] == project.heads()
    assert ["alembic_version", "child", "grand", "other", "t"] == project.tables()
    assert [0] == project.rows("SELECT \"notnull\" FROM pragma_table_info('t') WHERE name = 'a'")
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")
    assert enforcement(engine) == 1


def test_a_failure_in_a_later_revision(project: Project, engine: Engine) -> None:
    """A later step that runs with foreign keys enforced is rolled back alone."""
    project.revision("a", None, tables())
    project.revision("b", "a", REBUILD)
    project.revision("c", "b", f"{CASCADING}\nraise RuntimeError('broken')")
    with pytest.raises(RuntimeError, match="broken"):
        project.upgrade()
    assert ["b"] == project.heads()
    assert [7, 8] == project.rows("SELECT o FROM grand ORDER BY o")
    assert enforcement(engine) == 1


def test_new_violations_fail(project: Project, engine: Engine) -> None:
    """A DELETE in a revision that rebuilds a table does not cascade: dangling rows are an error."""
    project.revision("a", None, tables())
    project.revision("b", "a", f"{CASCADING}\n{textwrap.dedent(REBUILD)}")
    with pytest.raises(NewViolationsError, match=r"1 rows refer .* 'grand' -> 'other' \(7\)\."):
        project.upgrade()
    assert ["a"] == project.heads()
    assert [7, 8] == project.rows("SELECT id FROM other ORDER BY id")
    assert enforcement(engine) == 1


@pytest.mark.usefixtures("engine")
def test_former_violations_pass(project: Project) -> None:
    """Existing violations are ignored, in rebuilt tables as well."""
    project.revision("a", None, tables())
    project.upgrade()
    with project.engine().begin() as connection:  # this one does not enforce
        connection.exec_driver_sql("INSERT INTO grand VALUES (99), (98)")
        connection.exec_driver_sql("DELETE FROM grand WHERE o = 7")
        connection.exec_driver_sql("INSERT INTO child VALUES (13, 99)")
        connection.exec_driver_sql("CREATE TABLE u (n INTEGER UNIQUE)")
        connection.exec_driver_sql("CREATE TABLE v (n INTEGER REFERENCES t (a))")
        connection.exec_driver_sql("INSERT INTO v VALUES (5)")
    grand = REBUILD.replace('"t"', '"grand"').replace('"a", nullable=False', '"o", nullable=False')
    project.revision("b", "a", textwrap.dedent(REBUILD) + textwrap.dedent(grand))
    project.upgrade()
    assert ["b"] == project.heads()
    assert [8, 98, 99] == project.rows("SELECT o FROM grand ORDER BY o")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("referred", ["other (id)", "t (a)", "missing (id)"])
def test_a_table_with_former_violations(project: Project, referred: str) -> None:
    """Its rows that refer to nothing, or to what is no key, are copied like the others."""
    project.revision("a", None, tables())
    project.upgrade()
    with project.engine().begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE u (n INTEGER, r INTEGER REFERENCES {referred})")
        connection.exec_driver_sql("INSERT INTO u VALUES (1, 99), (2, NULL)")
    project.revision("b", "a", REBUILD.replace('"t"', '"u"').replace('"a"', '"n"'))
    project.upgrade()
    assert [99, None] == project.rows("SELECT r FROM u ORDER BY n")


ENV = """
from idiolect import context
engine = context.config.attributes["engine"]
with {}:
    context.configure(connection=connection)
    {}
"""


@pytest.mark.parametrize(
    ("opening", "run"),
    [
        ("engine.begin() as connection", "context.run_migrations()"),
        (
            "engine.connect() as connection, connection.begin()",
            "with context.begin_transaction():\n        context.run_migrations()",
        ),
    ],
)
def test_a_transaction_of_env_py_is_refused(
    project: Project, engine: Engine, opening: str, run: str
) -> None:
    """It cannot be ended here, and the pragma does nothing inside of it."""
    project.revision("a", None, tables())
    project.upgrade()
    project.env(ENV.format(opening, run))
    project.revision("b", "a", REBUILD)
    with pytest.raises(RowsAtRiskError, match="'child' has rows that refer to it ON DELETE"):
        project.upgrade()
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")
    assert ["a"] == project.heads()
    assert enforcement(engine) == 1


RECIPE = """
from idiolect import context
engine = context.config.attributes["engine"]
with engine.connect() as connection:
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.commit()
    with connection.begin():
        context.configure(connection=connection)
        context.run_migrations()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"rows refer to nothing: {broken}")
    connection.exec_driver_sql("PRAGMA foreign_keys=ON")
"""


def test_the_recipe_for_a_transaction_of_env_py(project: Project, engine: Engine) -> None:
    """With enforcement off before its transaction, all rows are kept; a failure is rolled back."""
    project.env(RECIPE)
    project.revision("a", None, tables())
    project.revision("b", "a", REBUILD)
    project.upgrade()
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")
    assert enforcement(engine) == 1
    project.revision(
        "c",
        "b",
        "op.create_table('n', sa.Column('id', sa.Integer))\n"
        "op.execute('DELETE FROM t WHERE id = 1')",
    )
    with pytest.raises(RuntimeError, match="rows refer to nothing"):
        project.upgrade()
    assert ["b"] == project.heads()
    assert "n" not in project.tables()


def test_without_begin_transaction(project: Project, engine: Engine) -> None:
    """An env.py without begin_transaction() behaves the same."""
    project.env(ENV.format("engine.connect() as connection", "context.run_migrations()"))
    project.revision("a", None, tables())
    project.revision("b", "a", REBUILD)
    project.upgrade()
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")
    assert enforcement(engine) == 1


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    "ending",
    [
        "op.get_bind().commit()",
        "with op.get_context().autocommit_block(): op.execute('SELECT 1')",
        "op.execute('PRAGMA journal_mode=DELETE')",
    ],
)
def test_a_revision_that_has_committed_is_refused(project: Project, ending: str) -> None:
    """It cannot be undone any more, so it is not run again."""
    project.revision("a", None, tables())
    project.revision("b", "a", f"{ending}\n{textwrap.dedent(REBUILD)}")
    with pytest.raises(RowsAtRiskError, match="must not commit"):
        project.upgrade()
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")


def test_a_commit_in_the_second_attempt(project: Project, engine: Engine) -> None:
    """Commits what was done, and enforcement still comes back."""
    project.revision("a", None, tables())
    project.revision("b", "a", f"{textwrap.dedent(REBUILD)}\nop.get_bind().commit()\n{CASCADING}")
    with pytest.raises(NewViolationsError):
        project.upgrade()
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")
    assert [7, 8] == project.rows("SELECT id FROM other ORDER BY id")
    assert enforcement(engine) == 1


def test_another_process_in_between(
    project: Project, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock, nothing runs twice if another process has migrated in between."""
    project.revision("a", None, tables())
    project.revision("b", "a", REBUILD)

    def after_another(connection: Connection) -> AbstractContextManager[Any]:
        with project.engine().begin() as other:
            other.exec_driver_sql("UPDATE alembic_version SET version_num = 'b'")
        return unenforced(connection)

    monkeypatch.setattr(rebuild, "unenforced", after_another)
    with pytest.raises(CommandError, match="Another process has migrated to b before upgrade a"):
        project.upgrade(migration_lock=False)
    assert [0] == project.rows("SELECT \"notnull\" FROM pragma_table_info('t') WHERE name = 'a'")
    assert enforcement(engine) == 1


KILLED = """
import sys
sys.path[:0] = {path!r}
from projects import Project
from test_foreign_keys import ENGINES
from idiolect import command
from idiolect.settings.config import Config
folder, url = sys.argv[1:]
config = Config(attributes={{"engine": ENGINES["plain"](url)}})
config.set_main_option("script_location", folder)
config.set_main_option("sqlalchemy.url", url)
command.upgrade(config, "head")
"""


def test_a_kill_in_between(project: Project) -> None:
    """After SIGKILL between dropping and renaming, all rows are still there."""
    project.attributes["engine"] = ENGINES["plain"](project.url)
    project.revision("a", None, tables())
    project.upgrade()
    path = project.revision(
        "b",
        "a",
        textwrap.dedent(REBUILD) + "\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    )
    script = KILLED.format(path=[str(Path(__file__).parent), *sys.path])
    ended = subprocess.run(
        [sys.executable, "-c", script, str(project.folder), project.url], check=False, timeout=300
    )
    assert -signal.SIGKILL == ended.returncode
    assert ["alembic_version", "child", "grand", "other", "t"] == project.tables()
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")
    assert ["a"] == project.heads()
    path.write_text(path.read_text().replace("os.kill", "print"))
    project.upgrade()
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")


def test_down_again(project: Project, engine: Engine) -> None:
    """A downgrade keeps the rows as well."""
    project.revision("a", None, tables())
    project.revision("b", "a", REBUILD, REBUILD.replace("False", "True"))
    project.upgrade()
    project.downgrade("a")
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")
    assert ["a"] == project.heads()
    assert enforcement(engine) == 1


def test_aiosqlite(project: Project) -> None:
    """Through run_sync the same holds."""
    project.env(
        """
        from idiolect import context
        context.configure(connection=context.config.attributes["connection"])
        with context.begin_transaction():
            context.run_migrations()
        """
    )
    project.revision("a", None, tables())
    project.revision("b", "a", REBUILD)
    seen: list[Any] = []

    def migrate(connection: Connection) -> None:
        project.attributes["connection"] = connection
        project.upgrade()
        seen.append(connection.exec_driver_sql("PRAGMA foreign_keys").scalar())

    async def run() -> None:
        engine = create_async_engine(project.url.replace("sqlite:", "sqlite+aiosqlite:"))
        async with engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            await connection.rollback()
            await connection.run_sync(migrate)
        await engine.dispose()

    asyncio.run(run())
    assert [1] == seen
    assert [1, 1, None] == project.rows("SELECT t_id FROM child ORDER BY id")
