"""What operations say to SQL Server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    String,
    Table,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import CompileError

from idiolect.errors import OperationError
from idiolect_mssql.impl import MSSQLImpl

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.operations import Operations

    Play = Callable[[Operations], Any]


JOINED = "sys.foreign_keys fk join sys.foreign_key_columns fkc"


def found(kind: str, table: str = "t", column: str = "c") -> str:
    """Return the batch that drops a constraint of a column, on one line."""
    name, catalogue = {
        "default": ("", "sys.default_constraints"),
        "check": ("", "sys.check_constraints"),
        "foreign_key": (
            "fkc.",
            f"{JOINED} on fk.object_id=fkc.constraint_object_id",
        ),
    }[kind]
    return (
        "declare @const_name varchar(256) select @const_name = QUOTENAME([name]) from "
        f"{catalogue} where {name}parent_object_id = object_id('{table}') and "
        f"col_name({name}parent_object_id, {name}parent_column_id) = '{column}' "
        f"exec('alter table {table} drop constraint ' + @const_name)"
    )


def absent(kind: str, table: str, name: str) -> str:
    """Return the question whether something of a table is missing, on one line."""
    by_name = f"object_id = object_id('{table}') and [name] = '{name}'"
    return f"if not exists (select 1 from sys.{kind} where {by_name})"


QUOTE = "i''x"
COMMENT = "extendedproperty 'MS_Description',"
CASES: dict[str, tuple[Play, list[str]]] = {
    "add_column": (
        lambda op: op.add_column("t", Column("c", Integer, nullable=False, server_default="1")),
        ["ALTER TABLE t ADD c INTEGER NOT NULL DEFAULT '1'"],
    ),
    "identity": (
        lambda op: op.add_column("t", Column("c", Integer, Identity(start=3))),
        ["ALTER TABLE t ADD c INTEGER NOT NULL IDENTITY(3,1)"],
    ),
    "computed column": (
        lambda op: op.add_column("t", Column("c", Integer, Computed("a * 5"))),
        ["ALTER TABLE t ADD c AS (a * 5)"],
    ),
    "create_table if_not_exists": (
        lambda op: op.create_table("T t", Column("c", Integer), schema="s", if_not_exists=True),
        ["if object_id('s.[T t]', 'U') is null CREATE TABLE s.[T t] ( c INTEGER NULL )"],
    ),
    "create_index if_not_exists": (
        lambda op: op.create_index("i'x", "t", ["c"], unique=True, if_not_exists=True),
        [f"{absent('indexes', 't', QUOTE)} CREATE UNIQUE INDEX [i'x] ON t (c)"],
    ),
    "add_column if_not_exists": (
        lambda op: op.add_column("T t", Column("C c", Integer), schema="s", if_not_exists=True),
        [f"{absent('columns', 's.[T t]', 'C c')} ALTER TABLE s.[T t] ADD [C c] INTEGER NULL"],
    ),
    "foreign key inside": (
        lambda op: op.add_column(
            "t", Column("c", Integer, ForeignKey("p.id")), inline_references=True
        ),
        ["ALTER TABLE t ADD c INTEGER NULL REFERENCES p (id)"],
    ),
    "comment without a schema": (
        lambda op: op.add_column("t", Column("c", Integer, comment="it's")),
        [
            "ALTER TABLE t ADD c INTEGER NULL",
            f"execute sp_add{COMMENT} N'it''s', 'schema', dbo, 'table', t, 'column', c",
        ],
    ),
    "drop_column": (lambda op: op.drop_column("t", "c"), ["ALTER TABLE t DROP COLUMN c"]),
    "drop_column with all that stands on it": (
        lambda op: op.drop_column(
            "t",
            "c",
            mssql_drop_default=True,
            mssql_drop_check=True,
            mssql_drop_foreign_key=True,
        ),
        [
            found("default"),
            found("check"),
            found("foreign_key"),
            "ALTER TABLE t DROP COLUMN c",
        ],
    ),
    "names with quotes and spaces": (
        lambda op: op.drop_column("t't", "c'c", schema="S p", mssql_drop_check=True),
        [
            found("check", "[S p].[t''t]", "c''c"),
            "ALTER TABLE [S p].[t't] DROP COLUMN [c'c]",
        ],
    ),
    "nullability": (
        lambda op: op.alter_column("t", "c", nullable=False, existing_type=Boolean()),
        ["ALTER TABLE t ALTER COLUMN c BIT NOT NULL"],
    ),
    "type": (
        lambda op: op.alter_column("t", "c", type_=String(9), existing_nullable=True),
        ["ALTER TABLE t ALTER COLUMN c VARCHAR(9) NULL"],
    ),
    "default": (
        lambda op: op.alter_column("t", "c", server_default=text("getdate()")),
        ["ALTER TABLE t ADD DEFAULT getdate() FOR c"],
    ),
    "no default": (lambda op: op.alter_column("t", "c", server_default=None), [found("default")]),
    "all of a column": (
        lambda op: op.alter_column(
            "t",
            "c",
            new_column_name="d",
            nullable=False,
            type_=Integer(),
            server_default="5",
            existing_server_default="4",
            comment="new",
            existing_comment="old",
        ),
        [
            found("default"),
            "ALTER TABLE t ALTER COLUMN c INTEGER NOT NULL",
            f"exec sp_update{COMMENT} N'new', 'schema', dbo, 'table', t, 'column', c",
            "ALTER TABLE t ADD DEFAULT '5' FOR c",
            "EXEC sp_rename 't.c', d, 'COLUMN'",
        ],
    ),
    "no comment": (
        lambda op: op.alter_column("t", "c", comment=None, existing_comment="x", schema="s"),
        [f"exec sp_drop{COMMENT} 'schema', s, 'table', t, 'column', c"],
    ),
    "rename_table": (
        lambda op: op.rename_table("My 'T", "x y", schema="s"),
        ["EXEC sp_rename 's.[My ''T]', [x y]"],
    ),
    "rename a table with letters of its own": (
        lambda op: op.rename_table("größe", "x"),
        ["EXEC sp_rename N'[größe]', x"],
    ),
    "index that includes columns": (
        lambda op: op.create_index("i", "t", ["a"], mssql_include=["b"], mssql_clustered=False),
        ["CREATE NONCLUSTERED INDEX i ON t (a) INCLUDE (b)"],
    ),
    "bulk_insert": (
        lambda op: op.bulk_insert(
            Table("t", MetaData(), Column("id", Integer, primary_key=True)), [{"id": 1}]
        ),
        [
            "SET IDENTITY_INSERT t ON",
            "INSERT INTO t (id) VALUES (1)",
            "SET IDENTITY_INSERT t OFF",
        ],
    ),
}


@pytest.mark.parametrize(("play", "expected"), CASES.values(), ids=CASES.keys())
def test_operations_in_a_script(script: Any, play: Play, expected: list[str]) -> None:
    """Each operation is the statements that SQL Server has for it, each in a batch."""
    assert expected == script(play)


def test_a_type_without_nullability_is_told(script: Any) -> None:
    """SQL Server lets the column take NULL then."""
    with pytest.warns(UserWarning, match="operations that specify type_= should also specify a"):
        batches = script(lambda op: op.alter_column("t", "c", type_=String(9)))

    assert ["ALTER TABLE t ALTER COLUMN c VARCHAR(9)"] == batches


BAD: dict[str, tuple[Play, type[Exception], str]] = {
    "nullability without a type": (
        lambda op: op.alter_column("t", "c", nullable=True),
        OperationError,
        "NULL or NOT NULL require the existing_type or a new type_ be passed. .column 'c' of",
    ),
    "computed": (
        lambda op: op.alter_column("t", "c", server_default=Computed("a")),
        CompileError,
        'Adding or removing a "computed" construct',
    ),
    "identity": (
        lambda op: op.alter_column("t", "c", server_default=Identity()),
        CompileError,
        'Adding, removing or modifying an "identity" construct',
    ),
    "separator in a comment": (
        lambda op: op.create_table_comment("t", "a\nGO\nb"),
        OperationError,
        "passed to a procedure contains the line 'GO', at which the script would be split",
    ),
}


@pytest.mark.parametrize(("play", "error", "message"), BAD.values(), ids=BAD.keys())
def test_what_the_server_cannot_do_is_refused(
    script: Any, play: Play, error: type[Exception], message: str
) -> None:
    """The error names the column and what is missing."""
    with pytest.raises(error, match=message):
        script(play)


@pytest.mark.parametrize(
    ("database", "model", "differs"),
    [
        ("((5))", "5", False),
        ("(getdate())", "getdate()", False),
        ("(N'x')", "'x'", False),
        ("('(a')", "'(a'", False),
        ("((1)+(2))", "(1)+(2)", False),
        ("((5))", "6", True),
        (None, None, False),
        (None, "5", True),
    ],
)
def test_defaults_are_compared_without_parentheses(
    database: str | None, model: str | None, differs: bool
) -> None:
    """The server puts parentheses around each default."""
    dialect = make_url("mssql+pyodbc://").get_dialect()()
    impl = MSSQLImpl(dialect, None, False, None, None, {})
    column: Column[int] = Column("c", Integer)

    assert differs is impl.compare_server_default(column, column, model, database)


def test_reflected_options_that_say_nothing_do_not_count() -> None:
    """SQL Server reports for each index whether it is clustered and what it includes."""
    dialect = make_url("mssql+pyodbc://").get_dialect()()
    impl = MSSQLImpl(dialect, None, False, None, None, {})
    told = {"mssql_include": [], "mssql_clustered": False, "mssql_where": "a > 1"}

    adjusted = impl.adjust_reflected_dialect_options({"dialect_options": told}, "index")

    assert {"mssql_where": "a > 1"} == adjusted
