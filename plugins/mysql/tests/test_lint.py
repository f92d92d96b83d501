"""The lint rules for MySQL and MariaDB, compared with what a server does.

Each case is linted, and its statements are run with ALGORITHM=INPLACE and LOCK=NONE, which the
server refuses for those that copy the table or block writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect.testing.linting import findings, linted, names, upgrade
from idiolect_mysql import lintchecks
from idiolect_mysql.lint import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

SCHEMA = (
    "DROP TABLE IF EXISTS account, team, plain",
    "CREATE TABLE team (id INT PRIMARY KEY)",
    "INSERT INTO team VALUES (1), (2)",
    """
    CREATE TABLE account (
        id INT PRIMARY KEY, age INT, score INT NOT NULL, email VARCHAR(20), note TEXT,
        kind ENUM('a', 'b'), price DECIMAL(10, 2), team_id INT, code CHAR(5), born DATETIME,
        ratio FLOAT, flag BOOL, bits VARBINARY(10), spot POINT NOT NULL, INDEX ix_age (age)
    ) ENGINE=InnoDB CHARACTER SET utf8mb4
    """,
    """
    INSERT INTO account (id, age, score, email, kind, price, team_id, code, spot)
    VALUES (1, 1, 1, 'x', 'a', 1, 1, 'x', POINT(0, 0)), (2, 2, 2, 'y', 'b', 1, 2, 'y', POINT(0, 0))
    """,
    "CREATE TABLE plain (id INT NOT NULL) ENGINE=InnoDB",
)
COPIES = "copies"
WAITS = "waits"
CASES = {
    "stored computed":
        (('op.add_column("account", sa.Column("x", sa.Integer(), '
         'sa.Computed("age + 1", persisted=True)))'), COPIES),
    "foreign key": ('op.create_foreign_key("f", "account", "team", ["team_id"], ["id"])', COPIES),
    "check": ('op.create_check_constraint("c", "account", "age > 0")', COPIES),
    "no primary key": ('op.drop_constraint("x", "account", type_="primary")', COPIES),
    "auto increment":
        (('op.alter_column("account", "id", existing_type=sa.Integer(), '
         'existing_nullable=False, autoincrement=True)'), COPIES),
    "statement of a character set":
        ('op.execute("ALTER TABLE account CONVERT TO CHARACTER SET latin1")', COPIES),
    "statement of a check":
        ('op.execute("ALTER TABLE account ADD CONSTRAINT c CHECK (age > 0)")', COPIES),
    "full text":
        (('op.create_index("i", "account", ["note"], mysql_prefix="FULLTEXT", '
         'mariadb_prefix="FULLTEXT")'), WAITS),
    "statement of a full text":
        ('op.execute("ALTER TABLE account ADD FULLTEXT INDEX i (note)")', WAITS),
    "spatial":
        (('op.create_index("i", "account", ["spot"], mysql_prefix="SPATIAL", '
         'mariadb_prefix="SPATIAL")'), WAITS),
    "numbers":
        ('op.execute("ALTER TABLE plain ADD COLUMN n INT AUTO_INCREMENT PRIMARY KEY")', WAITS),
    "column": ('op.add_column("account", sa.Column("x", sa.Integer()))', ""),
    "default":
        (('op.add_column("account", sa.Column("x", sa.Integer(), nullable=False, '
         'server_default="1"))'), ""),
    "virtual computed":
        (('op.add_column("account", sa.Column("x", sa.Integer(), '
         'sa.Computed("age + 1", persisted=False)))'), ""),
    "drop": ('op.drop_column("account", "note")', ""),
    "rename":
        ('op.alter_column("account", "note", new_column_name="text", existing_type=sa.Text())', ""),
    "not null":
        ('op.alter_column("account", "age", existing_type=sa.Integer(), nullable=False)', ""),
    "nullable":
        ('op.alter_column("account", "score", existing_type=sa.Integer(), nullable=True)', ""),
    "new default":
        ('op.alter_column("account", "age", existing_type=sa.Integer(), server_default="3")', ""),
    "comment":
        ('op.alter_column("account", "age", existing_type=sa.Integer(), comment="x")', ""),
    "index": ('op.create_index("i", "account", ["score"])', ""),
    "unique": ('op.create_unique_constraint("u", "account", ["score"])', ""),
    "drop index": ('op.drop_index("ix_age", "account")', ""),
    "primary key": ('op.create_primary_key("p", "plain", ["id"])', ""),
    "another primary key":
        ('op.execute("ALTER TABLE account DROP PRIMARY KEY, ADD PRIMARY KEY (score)")', ""),
    "unchecked foreign key":
        (('op.execute("SET foreign_key_checks = 0")\n'
         'op.create_foreign_key("f", "account", "team", ["team_id"], ["id"])\n'
         'op.execute("SET foreign_key_checks = 1")'), ""),
    "a word": ("""op.execute("UPDATE account SET note = 'CREATE FULLTEXT INDEX'")""", ""),
}  # fmt: skip
#: The column, its type, and the new one.
TYPES = [
    ("email", "sa.String(20)", "sa.String(40)"),
    ("email", "sa.String(20)", "sa.String(10)"),
    ("email", "sa.String(20)", "sa.String(300)"),
    ("email", "sa.String(20)", "sa.Text()"),
    ("email", "sa.String(20)", "sa.CHAR(20)"),
    ("email", "sa.String(20)", "my.VARCHAR(20, charset='latin1')"),
    ("note", "sa.Text()", "my.LONGTEXT()"),
    ("age", "sa.Integer()", "sa.BigInteger()"),
    ("age", "sa.Integer()", "my.INTEGER(display_width=9)"),
    ("age", "sa.Integer()", "my.INTEGER(unsigned=True)"),
    ("flag", "sa.Boolean()", "my.TINYINT()"),
    ("flag", "sa.Boolean()", "sa.Integer()"),
    ("kind", "sa.Enum('a', 'b')", "sa.Enum('a', 'b', 'c')"),
    ("kind", "sa.Enum('a', 'b')", "sa.Enum('b', 'a')"),
    ("kind", "sa.Enum('a', 'b')", "sa.Enum('a', 'bc', 'b')"),
    ("kind", "sa.Enum('a', 'b')", "sa.String(5)"),
    ("price", "sa.Numeric(10, 2)", "sa.DECIMAL(10, 2)"),
    ("price", "sa.Numeric(10, 2)", "sa.Numeric(12, 2)"),
    ("code", "sa.CHAR(5)", "sa.CHAR(9)"),
    ("born", "sa.DateTime()", "my.DATETIME(fsp=3)"),
    ("born", "sa.DateTime()", "sa.Date()"),
    ("ratio", "sa.Float()", "sa.Double()"),
    ("bits", "sa.VARBINARY(10)", "sa.VARBINARY(20)"),
]
#: The server's error numbers: an algorithm or a lock is not supported for the statement.
REFUSED = {1845, 1846}


@pytest.fixture
def account(fresh_mariadb: str) -> Iterator[Connection]:
    """A connection to a database with rows."""
    engine = sa.create_engine(fresh_mariadb, poolclass=sa.NullPool)
    with engine.connect() as connection:
        _set_up(connection)
        yield connection
    engine.dispose()


@pytest.mark.mariadb
def test_findings_are_what_blocks_writes(account: Connection) -> None:
    """Something is found if the server copies the table or blocks writes, and only then."""
    expected = {name: outcome for name, (_, outcome) in CASES.items()}
    done = {name: _outcome(account, code) for name, (code, _) in CASES.items()}
    assert expected == done
    found = {name: _found(code, account) for name, (code, _) in CASES.items()}
    assert expected == found


@pytest.mark.mariadb
def test_types_that_copy_the_table_are_found(account: Connection) -> None:
    """A change of type is found if, and only if, the server copies the table for it."""
    done: dict[str, str] = {}
    found: dict[str, str] = {}
    for column, old, new in TYPES:
        code = (
            "from sqlalchemy.dialects import mysql as my\n"
            f"op.alter_column('account', '{column}', existing_type={old}, type_={new})"
        )
        done[f"{old} to {new}"] = _outcome(account, code)
        found[f"{old} to {new}"] = _found(code, account)
    assert done == found
    assert {COPIES, ""} == {*done.values()}


@pytest.mark.parametrize(("dialect", "expected"), [("mysql", COPIES), ("mariadb", "")])
def test_longer_strings_on_mysql(dialect: str, expected: object) -> None:
    """MySQL copies if the length needs a second byte, as its manual says; MariaDB does not."""
    code = "op.alter_column('t', 'x', existing_type=sa.{0}({1}), type_=sa.{0}({2}))"
    assert expected == _found(code.format("String", 63, 64), dialect)
    assert expected == _found(code.format("VARBINARY", 255, 256), dialect)
    assert not _found(code.format("String", 20, 63), dialect)
    assert not _found(code.format("String", 64, 300), dialect)


def test_a_changed_type_without_the_old_one() -> None:
    """Without existing_type, changes to strings and enums are not reported."""
    code = "op.alter_column('t', 'x', type_={})"
    assert _found(code.format("sa.BigInteger()"), "mysql")
    assert not _found(code.format("sa.String(20)"), "mysql")
    assert not _found(code.format("sa.Enum('a')"), "mysql")


def test_an_explicit_algorithm_is_not_reported() -> None:
    """The server refuses the statement if it cannot do it that way."""
    code = 'op.execute("ALTER TABLE account CONVERT TO CHARACTER SET latin1{}")'
    assert COPIES == _found(code.format(""), "mysql")
    assert not _found(code.format(", ALGORITHM=INPLACE"), "mysql")
    assert not _found(code.format(", LOCK=NONE"), "mysql")


def test_new_tables_are_not_reported() -> None:
    """A table that the revision creates has no rows, and nobody writes to it."""
    code = """
op.create_table("new", sa.Column("id", sa.Integer(), primary_key=True))
op.create_foreign_key("f", "new", "team", ["id"], ["id"])
op.alter_column("new", "id", existing_type=sa.Integer(), type_=sa.BigInteger())
op.execute("ALTER TABLE new CONVERT TO CHARACTER SET latin1")
"""
    assert not _found(code, "mysql")
    old = code.replace("create_table", "add_column")
    assert COPIES == _found(old, "mysql")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (None, "Copies table t and blocks writes to it meanwhile, before MariaDB 11.2, "),
        ((10, 11, 9), "Copies table t and blocks writes to it meanwhile, because"),
        ((11, 4, 2), ""),
    ],
)
def test_newer_versions_of_mariadb(version: Any, expected: str) -> None:
    """From 11.2 on, MariaDB copies tables while they are written to."""
    code = 'op.create_check_constraint("c", "t", "a > 0")'
    revision = linted(code, "mariadb")
    revision.dialect.server_version_info = version
    messages = [each.message for each in lintchecks.blocks_writes(revision)]
    assert bool(expected) == bool(messages)
    assert all(each.startswith(expected) for each in messages)


def test_a_foreign_key_of_a_new_column_needs_no_check() -> None:
    """The advice says so, and warns if the column has values."""
    column = 'op.add_column("t", sa.Column("a", sa.Integer()))'
    key = 'op.create_foreign_key("f", "t", "p", ["a"], ["id"])'
    (old,) = findings(key, "mysql", lock_wait_timeout=1)
    assert old.advice.endswith("existing rows are not checked then.")
    (new,) = findings(f"{column}\n{key}", "mysql", lock_wait_timeout=1)
    assert new.advice.endswith("the column is new, so no row has to be checked.")


def test_a_table_that_is_copied_several_times() -> None:
    """It is reported with the second statement, and the reasons of all are reported together."""
    change = 'op.create_check_constraint("{}", "{}", "age > 0")'
    types = "existing_type=sa.Integer(), type_=sa.BigInteger()"
    retype = f"op.alter_column('account', 'age', {types})"
    twice = f"{change.format('a', 'account')}\n{retype}"
    found = findings(twice, "mysql", lock_wait_timeout=1)
    messages = [(each.line, each.message) for each in found]
    reasons = "the rows of a CHECK are checked and column age gets another type"
    expected = [
        (2, f"Copies table account and blocks writes to it meanwhile, because {reasons}."),
        (3, "Copies table account 2 times, one after the other."),
    ]
    assert expected == messages
    other = f"{change.format('a', 'account')}\n{change.format('b', 'team')}"
    assert ["mysql-blocks-writes"] == names(findings(other, "mysql", lock_wait_timeout=1))


def test_waiting_without_limit_is_reported_once() -> None:
    """The first revision that needs a lock is reported, unless a limit is set."""
    add = 'op.add_column("account", sa.Column("x", sa.Integer()))'
    new = 'op.create_table("t", sa.Column("x", sa.Integer()))'
    limit = 'op.execute("SET SESSION lock_wait_timeout = 2")'
    assert ["mysql-no-lock-timeout"] == names(findings(add, "mysql"))
    assert ["mysql-no-lock-timeout"] == names(findings(add, "mariadb", new))
    assert [] == names(findings(add, "mysql", add))
    assert [] == names(findings(new, "mysql"))
    assert [] == names(findings(f"{limit}\n{add}", "mysql"))
    assert [] == names(findings(add, "mysql", lock_wait_timeout=2))


@pytest.mark.mariadb
@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_examples_run(account: Connection, rule: Any) -> None:
    """Both examples run on a server."""
    for code in (rule.passes, rule.triggers):
        with Operations.context(MigrationContext.configure(account)):
            upgrade(code)()
        _set_up(account)


def _set_up(connection: Connection) -> None:
    for statement in SCHEMA:
        connection.exec_driver_sql(statement)
    connection.commit()


def _found(code: str, where: Connection | str) -> str:
    """Return what is found: that the table is copied, that writes wait, or nothing."""
    dialect = where if isinstance(where, str) else where.dialect.name
    found = findings(code, dialect, lock_wait_timeout=1)
    messages = [each.message for each in found if each.rule == "mysql-blocks-writes"]
    if any(each.startswith("Copies table") for each in messages):
        return COPIES
    return WAITS if messages else ""


def _outcome(connection: Connection, code: str) -> str:
    """Return what the server does: copy the table, block writes, or neither."""
    revision = linted(code, connection.dialect.name)
    statements = [sql for each in revision.operations for sql in each.sql]
    for clause, outcome in (("ALGORITHM=INPLACE", COPIES), ("LOCK=NONE", WAITS)):
        _set_up(connection)
        try:
            for sql in statements:
                connection.exec_driver_sql(_with(sql, clause))
        except sa.exc.DBAPIError as exc:
            if getattr(exc.orig, "args", (0,))[0] not in REFUSED:
                raise
            return outcome
        finally:
            connection.exec_driver_sql("SET foreign_key_checks = 1")
    return ""


def _with(sql: str, clause: str) -> str:
    sql = re.sub(r"DROP INDEX (\w+) ON (\w+)", r"ALTER TABLE \2 DROP INDEX \1", sql)
    if sql.startswith("ALTER TABLE"):
        return f"{sql}, {clause}"
    return f"{sql} {clause}" if re.match(r"CREATE (\w+ )?INDEX", sql) else sql
