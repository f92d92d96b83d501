"""The lint rules for SQL Server, which follow its manual."""

from __future__ import annotations

import pytest

from idiolect.testing.linting import findings, names
from idiolect_mssql import lint

NEW = 'op.create_table("t", sa.Column("a", sa.Integer()))'
COLUMN = 'op.add_column("account", sa.Column("x", {}))'
TYPE = 'op.alter_column("account", "x", existing_type={}, existing_nullable=True, type_={})'


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("sa.Integer()", False),
        ("sa.Integer(), server_default='1'", False),
        ("sa.Integer(), sa.Computed('a + 1')", False),
        ("sa.Integer(), nullable=False, server_default='1'", True),
        ("sa.Uuid(), nullable=False, server_default=sa.text('newid()')", True),
        ("sa.Integer(), sa.Identity()", True),
        ("sa.Integer(), sa.Computed('a + 1', persisted=True)", True),
    ],
)
def test_columns_that_are_written_into_rows(column: str, expected: object) -> None:
    """A NOT NULL column gets its default in each row, a nullable one gets NULL."""
    found = names(findings(COLUMN.format(column), "mssql"))
    assert expected == ("mssql-column-rewrites-table" in found)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("sa.String(20)", "sa.String(40)", False),
        ("sa.Unicode(20)", "sa.Unicode(40)", False),
        ("sa.Integer()", "sa.Integer()", False),
        ("sa.String(20)", "sa.String()", False),
        ("sa.String(20)", "sa.String(10)", True),
        ("sa.String()", "sa.String(10)", True),
        ("sa.String(20)", "sa.Unicode(20)", True),
        ("sa.Integer()", "sa.BigInteger()", True),
        ("sa.Numeric(10, 2)", "sa.Numeric(12, 2)", True),
    ],
)
def test_types_that_write_rows(old: str, new: str, expected: object) -> None:
    """Only longer strings keep the rows as they are."""
    found = names(findings(TYPE.format(old, new), "mssql"))
    assert expected == ("mssql-type-rewrites-table" in found)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('op.create_index("i", "t", ["a"])', ["mssql-index-blocks-writes"]),
        ('op.create_unique_constraint("u", "t", ["a"])', ["mssql-index-blocks-writes"]),
        ('op.execute("CREATE INDEX i ON t (a) WITH (ONLINE = ON)")', []),
        ('op.create_foreign_key("f", "t", "p", ["a"], ["b"])', ["mssql-constraint-blocks-table"]),
        (
            'op.create_table("t", sa.Column("a", sa.Integer()))\nop.create_index("i", "t", ["a"])',
            [],
        ),
    ],
)
def test_indexes_and_constraints(code: str, expected: list[str]) -> None:
    """What is built or checked in an existing table is found, unless it is online."""
    assert expected == [each for each in names(findings(code, "mssql")) if each.startswith("mssql")]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("ALTER DATABASE shop SET RECOVERY SIMPLE", True),
        ("create database other", True),
        ("/* text */ CREATE FULLTEXT INDEX ON t (a) KEY INDEX i", True),
        ("DROP FULLTEXT CATALOG c", True),
        ("BACKUP DATABASE shop TO DISK = 'x'", True),
        ("RECONFIGURE", True),
        ("CREATE DATABASE SCOPED CREDENTIAL c WITH IDENTITY = 'x'", False),
        ("ALTER TABLE t ADD a int", False),
        ("SELECT 'CREATE DATABASE x'", False),
    ],
)
def test_statements_that_need_autocommit(statement: str, expected: object) -> None:
    """Statements that Microsoft's manual lists as refused in a transaction."""
    assert expected == lint.requires_autocommit(statement)
