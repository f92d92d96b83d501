"""PostgreSQL's rules, and runs on a real server: transactions, autocommit blocks, ownership."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from projects import Project
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from idiolect import command
from idiolect.errors import AutocommitUnsupportedError, CommitRefusedError
from idiolect.hooks import OfflineTransaction
from idiolect.migration import MigrationContext
from idiolect_postgresql.impl import PostgresqlImpl
from idiolect_postgresql.pooler import backend_pid

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

on_server = pytest.mark.postgresql
CREATE = "op.create_table({!r}, sa.Column('id', sa.Integer))"


@pytest.fixture
def project(tmp_path: Path, fresh_postgresql: str) -> Project:
    """A project on an empty database."""
    return Project(tmp_path / "project", fresh_postgresql)


def test_the_rules() -> None:
    """Transactional, a semicolon, no separator, BEGIN and COMMIT."""
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True})
    rules = context.rules
    assert PostgresqlImpl is type(context.impl)
    assert rules.transactional_ddl is True
    assert (";", "") == (rules.statement_terminator, rules.batch_separator)
    assert OfflineTransaction("BEGIN", "COMMIT", separate_begin=False) == rules.offline_transaction
    assert "AUTOCOMMIT" == rules.autocommit_level


def test_a_script_closes_its_transaction_around_an_autocommit_block(tmp_path: Path) -> None:
    """Statements that cannot run in a transaction are between COMMIT and BEGIN."""
    project = Project(tmp_path / "project", "postgresql://")
    project.revision(
        "a", None, "with op.get_context().autocommit_block():\n    op.execute('VACUUM')"
    )
    assert "COMMIT;\n\nVACUUM;\n\nBEGIN;\n\nINSERT INTO" in project.sql()


@on_server
@pytest.mark.parametrize(
    ("per_migration", "tables", "heads"),
    [(False, [], []), (True, ["alembic_version", "t"], ["a"])],
    ids=["a run", "a revision"],
)
@pytest.mark.parametrize("failure", ["op.execute('NONSENSE')", "raise RuntimeError('NONSENSE')"])
def test_a_failed_second_revision(
    project: Project, failure: str, per_migration: bool, tables: list[str], heads: list[str]
) -> None:
    """It leaves nothing; with a transaction per revision, the first one is kept."""
    project.revision("a", None, CREATE.format("t"))
    project.revision("b", "a", f"{CREATE.format('u')}\n{failure}")
    with pytest.raises(Exception, match="NONSENSE"):
        project.upgrade(transaction_per_migration=per_migration)
    assert (tables, heads) == (project.tables(), project.heads())


PID = "SELECT pg_backend_pid()"
DRIVERS = ["psycopg", "psycopg2", "pg8000"]


@on_server
@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("level", [None, "AUTOCOMMIT", "SERIALIZABLE"])
@pytest.mark.parametrize("per_migration", [False, True])
def test_autocommit_blocks(
    project: Project, driver: str, level: str | None, per_migration: bool
) -> None:
    """Statements that cannot run in a transaction work, and the level is restored afterwards."""
    pytest.importorskip(driver)
    url = make_url(project.url).set(drivername=f"postgresql+{driver}")
    options = {} if level is None else {"isolation_level": level}
    project.attributes["engine"] = create_engine(url, poolclass=NullPool, **options)
    project.revision("a", None, CREATE.format("t"))
    project.revision(
        "b",
        "a",
        """
        bind = op.get_bind()
        before = bind.get_isolation_level()
        with op.get_context().autocommit_block():
            op.execute("CREATE INDEX CONCURRENTLY i ON t (id)")
            op.execute("VACUUM t")
            op.get_bind().exec_driver_sql("VACUUM")
        assert before == bind.get_isolation_level()
        op.execute("INSERT INTO t VALUES (1)")
        """,
    )
    project.upgrade(transaction_per_migration=per_migration)
    assert ["i"] == project.rows("SELECT indexname FROM pg_indexes WHERE tablename = 't'")
    assert ([1], ["b"]) == (project.rows("SELECT id FROM t"), project.heads())


@on_server
@pytest.mark.parametrize("driver", DRIVERS)
def test_the_server_process_that_a_driver_was_told_of(project: Project, driver: str) -> None:
    """Behind a pooler it is another one than a statement is executed by."""
    pytest.importorskip(driver)
    engine = create_engine(make_url(project.url).set(drivername=f"postgresql+{driver}"))
    with engine.connect() as connection:
        told, executing = backend_pid(connection), connection.scalar(text(PID))
    engine.dispose()
    assert executing == told


@on_server
@pytest.mark.parametrize("in_block", [True, False], ids=["autocommit block", "transaction"])
def test_a_new_value_of_an_enum_is_used(project: Project, in_block: bool) -> None:
    """PostgreSQL allows using a value after its commit; otherwise the revision leaves nothing."""
    project.revision("a", None, "op.create_table('t', sa.Column('m', sa.Enum('a', name='mood')))")
    project.revision(
        "b",
        "a",
        f"""
        import contextlib
        block = op.get_context().autocommit_block() if {in_block} else contextlib.nullcontext()
        with block:
            op.execute("ALTER TYPE mood ADD VALUE 'b'")
        op.execute("INSERT INTO t VALUES ('b')")
        """,
    )
    project.upgrade("a")
    if in_block:
        project.upgrade()
        assert (["b"], ["b"]) == (project.rows("SELECT m FROM t"), project.heads())
        return
    with pytest.raises(DBAPIError, match="unsafe use of new value"):
        project.upgrade()
    assert ["a"] == project.rows("SELECT unnest(enum_range(NULL::mood))::text")
    assert ["a"] == project.heads()


@on_server
def test_a_failure_after_an_autocommit_block(project: Project) -> None:
    """Changes before the block are kept, those after it are not; the journal has both."""
    project.revision(
        "a",
        None,
        f"""
        {CREATE.format("before")}
        with op.get_context().autocommit_block():
            op.execute("CREATE TABLE inside (id INTEGER)")
        {CREATE.format("after")}
        raise RuntimeError("broken")
        """,
    )
    with pytest.raises(RuntimeError, match="broken"):
        project.upgrade()
    assert ["alembic_version", "alembic_version_journal", "before", "inside"] == project.tables()
    assert [] == project.heads()


@on_server
def test_a_failure_inside_an_autocommit_block(project: Project) -> None:
    """The error is the server's own, and the heads are unchanged."""
    project.revision(
        "a", None, "with op.get_context().autocommit_block():\n    op.execute('NONSENSE')"
    )
    with pytest.raises(Exception, match="NONSENSE"):
        project.upgrade()
    assert [] == project.heads()


ENGINE_BEGIN = """
from sqlalchemy import NullPool, create_engine
from idiolect import context
engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=NullPool)
with engine.begin() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
REFUSED = {
    "an autocommit block": (
        "with op.get_context().autocommit_block(): pass",
        AutocommitUnsupportedError,
    ),
    "a commit": ("op.get_bind().commit()", CommitRefusedError),
}


@on_server
@pytest.mark.parametrize(("body", "error"), REFUSED.values(), ids=REFUSED)
def test_refused_inside_engine_begin(project: Project, body: str, error: type[Exception]) -> None:
    """Nothing is changed, and the message has a remedy."""
    project.env(ENGINE_BEGIN)
    project.revision("a", None, CREATE.format("t"))
    project.revision("b", "a", body)
    with pytest.raises(error, match=r"engine\.connect\(\)"):
        project.upgrade()
    assert [] == project.tables()


OWNERS = {
    "the run": "",
    "env.py, autobegun": 'connection.exec_driver_sql("SELECT 1")',
}


@on_server
@pytest.mark.parametrize("per_migration", [False, True])
@pytest.mark.parametrize("first", OWNERS.values(), ids=OWNERS)
@pytest.mark.parametrize(
    "commit",
    [
        "op.get_bind().commit()",
        "from sqlalchemy.orm import Session\nSession(op.get_bind()).commit()",
        "op.execute('COMMIT')",
    ],
)
def test_a_commit_inside_a_revision(
    project: Project, commit: str, first: str, per_migration: bool
) -> None:
    """The version row is never lost."""
    project.env(
        f"""
        from sqlalchemy import NullPool, create_engine
        from idiolect import context
        engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=NullPool)
        with engine.connect() as connection:
            {first or "pass"}
            context.configure(connection=connection, **context.config.attributes["options"])
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
        """
    )
    project.revision("a", None, f"{CREATE.format('t')}\n{commit}\n{CREATE.format('u')}")
    project.revision("b", "a", CREATE.format("v"))
    project.upgrade(transaction_per_migration=per_migration)
    assert ["b"] == project.heads()
    assert ["alembic_version", "t", "u", "v"] == project.tables()


@on_server
@pytest.mark.parametrize("per_migration", [False, True])
def test_a_schema_for_each_tenant(project: Project, per_migration: bool) -> None:
    """``SET search_path`` after configure() holds for the version table and all revisions."""
    project.env(
        """
        from sqlalchemy import NullPool, create_engine
        from idiolect import context
        engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=NullPool)
        for tenant in ("one", "two"):
            with engine.connect() as connection:
                context.configure(connection=connection, **context.config.attributes["options"])
                with context.begin_transaction():
                    context.execute(f"CREATE SCHEMA {tenant}")
                    context.execute(f"SET search_path TO {tenant}")
                    connection.dialect.default_schema_name = tenant
                    context.run_migrations()
        """
    )
    project.revision("a", None, CREATE.format("t"))
    project.revision("b", "a", CREATE.format("u"))
    project.upgrade(transaction_per_migration=per_migration)
    query = "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE "
    assert sorted(
        f"{tenant}.{table}" for tenant in ("one", "two") for table in ("alembic_version", "t", "u")
    ) == sorted(project.rows(query + "table_schema IN ('one', 'two', 'public')"))


@on_server
@pytest.mark.parametrize("fails", [False, True])
def test_asyncpg(project: Project, fails: bool) -> None:
    """Through run_sync the same holds, autocommit blocks included."""
    pytest.importorskip("asyncpg")
    project.env(
        """
        from idiolect import context
        context.configure(connection=context.config.attributes["connection"])
        with context.begin_transaction():
            context.run_migrations()
        """
    )
    project.revision("a", None, CREATE.format("t"))
    project.revision(
        "b",
        "a",
        "raise RuntimeError('broken')"
        if fails
        else "with op.get_context().autocommit_block():\n"
        "    op.execute('CREATE INDEX CONCURRENTLY i ON t (id)')",
    )

    def migrate(connection: Connection) -> None:
        project.attributes["connection"] = connection
        command.upgrade(project.config(), "head")

    async def run() -> None:
        url = make_url(project.url).set(drivername="postgresql+asyncpg")
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.run_sync(migrate)

    if fails:
        with pytest.raises(RuntimeError, match="broken"):
            asyncio.run(run())
    else:
        asyncio.run(run())
    assert ([] if fails else ["alembic_version", "t"]) == project.tables()
