"""SQLite's rules as contexts see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from idiolect import command
from idiolect.ddl import lookup
from idiolect.hooks import OfflineTransaction
from idiolect.migration import MigrationContext
from idiolect_sqlite.impl import SQLiteImpl

if TYPE_CHECKING:
    from projects import Project


def test_the_rules_of_a_script() -> None:
    """As documented: no transaction statements, a semicolon, no batch separator."""
    context = MigrationContext.configure(dialect_name="sqlite", opts={"as_sql": True})
    rules = context.rules
    assert SQLiteImpl is type(context.impl)
    assert rules.transactional_ddl is False
    assert (";", "") == (rules.statement_terminator, rules.batch_separator)
    assert OfflineTransaction() == rules.offline_transaction


@pytest.mark.parametrize(("option", "expected"), [(None, True), (True, True), (False, False)])
def test_the_rules_of_a_connection(option: bool | None, expected: bool) -> None:
    """Runs are transactional, unless configure() overrides it."""
    with create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(connection, opts={"transactional_ddl": option})
        assert expected is context.rules.transactional_ddl
        assert "AUTOCOMMIT" == context.rules.autocommit_level
    connection.engine.dispose()


SUBCLASS = """
from sqlalchemy import NullPool, create_engine
from idiolect import context
from idiolect_sqlite.impl import SQLiteImpl

class Mine(SQLiteImpl):
    __dialect__ = "sqlite"
    {attribute}

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection)
    context.config.attributes["seen"] = context.get_context().rules.transactional_ddl
    context.config.attributes["impl"] = type(context.get_impl()).__name__
    context.run_migrations()
connection.engine.dispose()
"""


@pytest.mark.parametrize(
    ("attribute", "expected"), [("transactional_ddl = False", False), ("pass", True)]
)
def test_a_users_subclass(
    project: Project, monkeypatch: pytest.MonkeyPatch, attribute: str, expected: bool
) -> None:
    """A subclass's transactional_ddl takes precedence; without one the plugin's applies."""
    monkeypatch.setattr(lookup, "_classes", {})
    project.env(SUBCLASS.format(attribute=attribute))
    config = project.config()
    command.current(config)
    assert ("Mine", expected) == (config.attributes["impl"], config.attributes["seen"])


def test_a_script(project: Project) -> None:
    """``--sql`` writes the version table, the statements, the rows, and nothing else."""
    project.revision("a", None, "op.execute('SELECT 1')")
    assert (
        "CREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL, \n"
        "    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n);\n\n"
        "-- Running upgrade  -> a\n\nSELECT 1;\n\n"
    ) == project.sql().partition("INSERT")[0]


def test_reading_commands_take_no_lock(project: Project) -> None:
    """``current`` and a run with nothing to do work during another's write transaction."""
    project.revision("a", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    project.upgrade()
    with project.engine().connect() as writer:
        writer.exec_driver_sql("BEGIN IMMEDIATE")
        command.current(project.config())
        project.upgrade()
        writer.rollback()
