"""The rules of MySQL and MariaDB, and runs on a real server: what commits, what stays, drivers."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest
from projects import Project
from server_fixtures import empty_database
from sqlalchemy import NullPool, create_engine, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from idiolect import command
from idiolect.hooks import OfflineTransaction
from idiolect.migration import MigrationContext
from idiolect_mysql import mariadb_plugin, plugin
from idiolect_mysql.impl import MariaDBImpl, MySQLImpl

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from idiolect.ddl.impl import DefaultImpl

on_server = pytest.mark.mariadb
CREATE = "op.create_table({!r}, sa.Column('id', sa.Integer))"


@pytest.fixture
def project(tmp_path: Path, fresh_mariadb: str) -> Project:
    """A project on an empty database."""
    return Project(tmp_path / "project", fresh_mariadb)


@pytest.mark.parametrize(("dialect", "impl"), [("mysql", MySQLImpl), ("mariadb", MariaDBImpl)])
def test_the_rules(dialect: str, impl: type[DefaultImpl]) -> None:
    """Not transactional, a semicolon, no separator, BEGIN and COMMIT."""
    context = MigrationContext.configure(dialect_name=dialect, opts={"as_sql": True})
    rules = context.rules
    assert impl is type(context.impl)
    assert rules.transactional_ddl is False
    assert (";", "") == (rules.statement_terminator, rules.batch_separator)
    assert OfflineTransaction("BEGIN", "COMMIT", separate_begin=False) == rules.offline_transaction
    assert "AUTOCOMMIT" == rules.autocommit_level


def test_the_impls_are_the_plugins_own() -> None:
    """Each plugin chooses its class, and both are found at the documented path."""
    from idiolect.ddl import mysql

    assert (MySQLImpl, MariaDBImpl) == (plugin.get_impl_class(), mariadb_plugin.get_impl_class())
    assert (MySQLImpl, MariaDBImpl) == (mysql.MySQLImpl, mysql.MariaDBImpl)
    names = ("MySQLAlterDefault", "MySQLChangeColumn", "MySQLDropConstraint", "MySQLModifyColumn")
    assert list(names) == [getattr(mysql, name).__name__ for name in names]


def test_a_relative_may_be_transactional() -> None:
    """A subclass can override it."""

    class Relative(MySQLImpl):
        transactional_ddl = True

    assert plugin.transactional_ddl(Relative) is True


@on_server
@pytest.mark.parametrize("drivername", ["mysql+pymysql", "mariadb+pymysql"])
def test_a_server_under_both_names(project: Project, drivername: str, is_mysql: bool) -> None:
    """The URL's name decides the class; the server is the same."""
    if is_mysql and "mariadb" in drivername:
        pytest.skip("SQLAlchemy refuses a MySQL server under MariaDB's name")
    project.url = (
        make_url(project.url).set(drivername=drivername).render_as_string(hide_password=False)
    )
    project.revision("a", None, CREATE.format("t"), "op.drop_table('t')")
    project.upgrade()
    assert (["a"], ["alembic_version", "t"]) == (project.heads(), project.tables())
    project.downgrade("base")
    assert ([], ["alembic_version"]) == (project.heads(), project.tables())


@on_server
@pytest.mark.parametrize("per_migration", [False, True])
def test_a_failing_third_statement(project: Project, per_migration: bool) -> None:
    """What ran before it stays, the heads are those of the revisions that ended."""
    project.revision("a", None, CREATE.format("t"))
    project.revision(
        "b",
        "a",
        f"{CREATE.format('u')}\nop.execute('INSERT INTO u VALUES (1)')\n{CREATE.format('t')}\n"
        f"{CREATE.format('v')}",
    )
    with pytest.raises(Exception, match="'t' already exists"):
        project.upgrade(transaction_per_migration=per_migration)
    tables = ["alembic_version", "alembic_version_journal", "t", "u"]
    assert (["a"], tables) == (project.heads(), project.tables())
    assert [1] == project.rows("SELECT id FROM u")


@on_server
@pytest.mark.parametrize("per_migration", [False, True])
def test_rows_of_a_failed_revision(project: Project, per_migration: bool) -> None:
    """Rows without DDL after them are rolled back; the next DDL would have committed them."""
    project.revision("a", None, CREATE.format("t"))
    project.revision("b", "a", "op.execute('INSERT INTO t VALUES (1)')\nraise RuntimeError('no')")
    with pytest.raises(RuntimeError, match="no"):
        project.upgrade(transaction_per_migration=per_migration)
    assert ["a"] == project.heads()


LONG = "a" * 40


def test_a_script_for_a_long_id(tmp_path: Path) -> None:
    """The version table in the script is wide enough for the id."""
    project = Project(tmp_path / "project", "mysql+pymysql://h/never")
    project.revision(LONG, None, CREATE.format("t"))
    script = project.sql()
    assert f"VALUES ('{LONG}')" in script
    assert "version_num VARCHAR(40) NOT NULL" in script


@on_server
@pytest.mark.parametrize("level", [None, "AUTOCOMMIT", "SERIALIZABLE"])
def test_an_autocommit_block(project: Project, level: str | None) -> None:
    """Its rows stay whatever comes after, and the connection's level is back."""
    options = {} if level is None else {"isolation_level": level}
    project.attributes["engine"] = create_engine(project.url, poolclass=NullPool, **options)
    project.revision("a", None, CREATE.format("t"))
    project.revision(
        "b",
        "a",
        """
        bind = op.get_bind()
        before = bind.get_isolation_level()
        with op.get_context().autocommit_block():
            op.execute("INSERT INTO t VALUES (1)")
        assert before == bind.get_isolation_level()
        raise RuntimeError("after")
        """,
    )
    with pytest.raises(RuntimeError, match="after"):
        project.upgrade()
    assert (["a"], [1]) == (project.heads(), project.rows("SELECT id FROM t"))


@on_server
def test_inside_engine_begin(project: Project) -> None:
    """An env.py that opens the transaction itself gets the same heads."""
    project.env(
        """
        from sqlalchemy import NullPool, create_engine
        from idiolect import context
        engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=NullPool)
        with engine.begin() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """
    )
    project.revision("a", None, CREATE.format("t"))
    project.revision("b", "a", "op.execute('INSERT INTO t VALUES (1)')")
    project.upgrade()
    assert (["b"], [1]) == (project.heads(), project.rows("SELECT id FROM t"))


@on_server
def test_a_database_for_each_tenant(project: Project) -> None:
    """``USE`` after configure() holds for the version table and all revisions."""
    name = make_url(project.url).database
    tenants = [f"{name}_one", f"{name}_two"]
    project.attributes["tenants"] = tenants
    project.env(
        """
        from sqlalchemy import NullPool, create_engine
        from idiolect import context
        engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=NullPool)
        for tenant in context.config.attributes["tenants"]:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {tenant}")
                connection.exec_driver_sql(f"USE {tenant}")
                connection.commit()
                connection.dialect.default_schema_name = tenant
                context.configure(connection=connection)
                with context.begin_transaction():
                    context.run_migrations()
        """
    )
    project.revision("a", None, CREATE.format("t"))
    try:
        project.upgrade()
        query = "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables WHERE "
        found = project.rows(f"{query} table_schema LIKE '{name}%'")
        expected = {f"{tenant}.{table}" for tenant in tenants for table in ("alembic_version", "t")}
        assert expected == set(found)
    finally:
        with project.engine().connect() as connection:
            for tenant in tenants:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {tenant}")


@on_server
def test_asyncmy(project: Project) -> None:
    """Through run_sync the same holds."""
    pytest.importorskip("asyncmy", reason="the driver asyncmy is not installed")
    project.env(
        """
        from idiolect import context
        context.configure(connection=context.config.attributes["connection"])
        with context.begin_transaction():
            context.run_migrations()
        """
    )
    project.revision("a", None, CREATE.format("t"))
    project.revision("b", "a", "op.execute('INSERT INTO t VALUES (1)')")

    def migrate(connection: Connection) -> None:
        project.attributes["connection"] = connection
        command.upgrade(project.config(), "head")

    async def run() -> None:
        url = make_url(project.url)
        url = url.set(drivername=f"{url.get_backend_name()}+asyncmy")
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.run_sync(migrate)

    asyncio.run(run())
    assert (["b"], [1]) == (project.heads(), project.rows("SELECT id FROM t"))


def test_mysql_itself(tmp_path: Path) -> None:
    """On the user's MySQL server, columns change and checks are dropped in MySQL's syntax."""
    url = os.environ.get("MYSQL_URL")
    if not url:
        pytest.skip("MYSQL_URL is not set: with it, all of these tests run on MySQL too")
    with empty_database("mysql", url) as database:
        _walk(Project(tmp_path / "project", database))


def _walk(project: Project) -> None:
    project.revision(
        "a",
        None,
        """
        op.create_table("t", sa.Column("a", sa.Integer, nullable=False, comment="it's"))
        op.create_check_constraint("ck", "t", "a > 5")
        op.drop_constraint("ck", "t", "check")
        op.alter_column("t", "a", new_column_name="b", existing_type=sa.Integer())
        """,
        "op.drop_table('t')",
    )
    project.upgrade()
    assert ["a"] == project.heads()
    project.downgrade("base")
    assert [] == project.heads()
