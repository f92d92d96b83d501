"""The lint rules for SQLite, compared with what SQLite does."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect.testing.linting import findings, linted, names, upgrade
from idiolect_sqlite import lint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

SCHEMA = (
    "CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT)",
    "INSERT INTO account VALUES (1, 'x'), (2, 'y')",
    "CREATE TABLE login (account_id INTEGER REFERENCES account (id) ON DELETE CASCADE)",
    "INSERT INTO login VALUES (1)",
    "CREATE INDEX ix_email ON account (email)",
)
ADD = 'op.add_column("account", sa.Column("x", {}))'
#: Types and defaults of new columns, and whether SQLite refuses them.
COLUMNS = {
    "sa.Integer()": False,
    "sa.Integer(), server_default='1'": False,
    "sa.Integer(), server_default=sa.text('(-1)')": False,
    "sa.Integer(), server_default=sa.text('(NULL)')": False,
    "sa.Text(), server_default='CURRENT_TIMESTAMP'": False,
    "sa.Text(), server_default='(1 + 1)'": False,
    "sa.Boolean(), server_default=sa.true()": False,
    "sa.Integer(), sa.Computed('id + 1', persisted=False)": False,
    "sa.DateTime(), server_default=sa.func.now()": True,
    "sa.DateTime(), server_default=sa.text('CURRENT_TIMESTAMP')": True,
    "sa.Date(), server_default=sa.text('CURRENT_DATE')": True,
    "sa.Integer(), server_default=sa.text('(1 + 1)')": True,
    "sa.Integer(), server_default=sa.text('(random())')": True,
    "sa.Text(), server_default=sa.text(\"(datetime('now'))\")": True,
    "sa.Integer(), sa.Computed('id + 1', persisted=True)": True,
}
#: Statements of which SQLite refuses some inside a transaction.
STATEMENTS = (
    "VACUUM",
    "/* small */ VACUUM INTO '{}'",
    "PRAGMA synchronous = OFF",
    "PRAGMA main.synchronous(1)",
    "PRAGMA wal_checkpoint",
    "DETACH DATABASE other",
    "PRAGMA synchronous",
    "PRAGMA user_version = 3",
    "PRAGMA foreign_keys = ON",
    "REINDEX",
    "ANALYZE",
    "SELECT 'VACUUM'",
)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Connection]:
    """A connection to a database with rows, which leaves transactions to the test."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'a.db'}", poolclass=sa.NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in SCHEMA:
            connection.exec_driver_sql(statement)
        yield connection
    engine.dispose()


@pytest.mark.parametrize(("column", "expected"), COLUMNS.items())
def test_columns_that_are_refused_are_found(
    account: Connection, column: str, expected: object
) -> None:
    """A new column is found if, and only if, SQLite refuses it for a table with rows."""
    code = ADD.format(column)
    assert expected == ("sqlite-add-column-fails" in names(findings(code, "sqlite")))
    statements = [sql for each in linted(code, "sqlite").operations for sql in each.sql]
    refused = False
    try:
        for sql in statements:
            account.exec_driver_sql(sql)
    except sa.exc.OperationalError as exc:
        refused = "Cannot add" in str(exc) or "cannot add" in str(exc)
    assert expected == refused


def test_columns_of_a_batch_or_a_new_table_are_accepted() -> None:
    """A batch recreates the table, and a new table has no rows."""
    column = "sa.Column('x', sa.DateTime(), server_default=sa.func.now())"
    batch = f"with op.batch_alter_table('account') as batch_op:\n    batch_op.add_column({column})"
    assert [] == names(findings(batch, "sqlite"))
    new = f"op.create_table('t', sa.Column('id', sa.Integer()))\nop.add_column('t', {column})"
    assert [] == names(findings(new, "sqlite"))


def test_statements_that_need_autocommit(account: Connection, tmp_path: Path) -> None:
    """requires_autocommit() is True for what SQLite refuses inside a transaction."""
    account.exec_driver_sql("ATTACH DATABASE ':memory:' AS other")
    statements = [each.format(tmp_path / "copy.db") for each in STATEMENTS]
    refused: dict[str, bool] = {}
    for statement in statements:
        account.exec_driver_sql("BEGIN IMMEDIATE")
        account.exec_driver_sql("UPDATE account SET email = 'z'")
        try:
            account.exec_driver_sql(statement)
            refused[statement] = False
        except sa.exc.OperationalError:
            refused[statement] = True
        account.exec_driver_sql("ROLLBACK")
    assert {each: lint.requires_autocommit(each) for each in statements} == refused
    assert {True, False} == {*refused.values()}


@pytest.mark.parametrize(("name", "value"), [("foreign_keys", 1), ("journal_mode", "wal")])
def test_pragmas_that_are_ignored_are_found(account: Connection, name: str, value: object) -> None:
    """The value stays as it was, and nothing is raised; outside of a transaction it changes."""
    pragma = f"PRAGMA {name}={value}"
    before = account.exec_driver_sql(f"PRAGMA {name}").scalar()
    account.exec_driver_sql("BEGIN IMMEDIATE")
    account.exec_driver_sql("UPDATE account SET email = 'z'")
    account.exec_driver_sql(pragma)
    account.exec_driver_sql("COMMIT")
    assert before == account.exec_driver_sql(f"PRAGMA {name}").scalar()
    account.exec_driver_sql(pragma)
    assert value == account.exec_driver_sql(f"PRAGMA {name}").scalar()
    code = f'op.execute("{pragma}")'
    assert ["sqlite-pragma-ignored"] == names(findings(code, "sqlite"))
    block = f"with op.get_context().autocommit_block():\n    {code}"
    assert [] == names(findings(block, "sqlite"))
    assert [] == names(findings(f'op.execute("PRAGMA {name}")', "sqlite"))


def test_a_table_that_is_renamed_first_takes_references_along(account: Connection) -> None:
    """The foreign key of another table refers to the dropped one afterwards."""
    code = _example().triggers
    _run(account, code)
    query = "SELECT \"table\" FROM pragma_foreign_key_list('login')"
    assert "account_old" == account.exec_driver_sql(query).scalar()
    assert "sqlite-rebuilt-by-hand" in names(findings(code, "sqlite"))
    legacy = f'op.execute("PRAGMA legacy_alter_table=ON")\n{code}'
    assert "sqlite-rebuilt-by-hand" not in names(findings(legacy, "sqlite"))


def test_a_table_that_is_dropped_first_loses_what_belongs_to_it(account: Connection) -> None:
    """Its indexes are lost, and the rows of other tables that refer to it."""
    code = """
op.create_table("new", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("email", sa.Text()))
op.execute("INSERT INTO new SELECT id, email FROM account")
op.drop_table("account")
op.rename_table("new", "account")
"""  # noqa: E501 - one statement
    account.exec_driver_sql("PRAGMA foreign_keys=ON")
    _run(account, code)
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = 'account'"
    assert 0 == account.exec_driver_sql(query).scalar()
    assert 0 == account.exec_driver_sql("SELECT count(*) FROM login").scalar()
    found = findings(code, "sqlite")
    assert [5] == [each.line for each in found if each.rule == "sqlite-rebuilt-by-hand"]
    other = code.replace('op.drop_table("account")', 'op.drop_table("other")')
    assert "sqlite-rebuilt-by-hand" not in names(findings(other, "sqlite"))


@pytest.mark.parametrize("rule", lint.RULES, ids=[rule.name for rule in lint.RULES])
def test_examples_run(tmp_path: Path, rule: Any) -> None:
    """The example that passes runs on a database with rows."""
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(";".join(SCHEMA))
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with engine.connect() as connection_:
        _run(connection_, rule.passes)
    engine.dispose()


def _example() -> Any:
    return next(rule for rule in lint.RULES if rule.name == "sqlite-rebuilt-by-hand")


def _run(connection: Connection, code: str) -> None:
    context = MigrationContext.configure(connection)
    with context.begin_transaction(), Operations.context(context):
        upgrade(code)()
