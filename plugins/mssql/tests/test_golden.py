"""The script of every operation: golden text, cut as sqlcmd cuts it, and parsed."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from devtools import tsql
from devtools.shell import Failure
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    Unicode,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.sql import column, table

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden" / "operations.sql"
#: What sqlcmd takes for the end of a batch. Source: "GO" in the T-SQL reference.
SEPARATOR = re.compile(r"^[ \t]*GO[ \t]*\d*[ \t]*$", re.MULTILINE | re.IGNORECASE)


@pytest.fixture(scope="module")
def written() -> str:
    """The script of all operations."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="mssql", opts={"as_sql": True, "output_buffer": buffer}
    )
    op = Operations(context)
    play: Callable[[Operations], None]
    op.impl.emit_begin()
    for play in (_tables, _columns, _indexes, _constraints, _changes, _rows, _programs):
        play(op)
    op.impl.emit_commit()
    return buffer.getvalue()


def batches(script: str) -> list[str]:
    """Return what a client sends of a script, batch by batch."""
    return [batch for batch in map(str.strip, SEPARATOR.split(script)) if batch]


def test_script_is_the_golden_one(written: str) -> None:
    """Each operation writes the reviewed text."""
    assert GOLDEN.read_text(encoding="utf-8") == written


def test_each_batch_parses(written: str) -> None:
    """What sqlcmd sends is T-SQL, with what has to begin a batch at its beginning."""
    try:
        found = tsql.mistakes(batches(written))
    except Failure as exc:
        pytest.skip(f"no T-SQL parser: {exc}")

    assert [] == found


def test_the_parser_minds_the_beginning_of_a_batch() -> None:
    """Without its separator, a view is a mistake; else the test above would say little."""
    try:
        found = tsql.mistakes(["SELECT 1;\n\nCREATE VIEW v AS SELECT 1 AS a;", "SELECT 'a\n\nb"])
    except Failure as exc:
        pytest.skip(f"no T-SQL parser: {exc}")

    assert 2 == len(found)


def _tables(op: Operations) -> None:
    op.create_table(
        "account",
        Column("id", Integer, Identity(start=3), primary_key=True),
        Column("name", String(50), nullable=False, comment="it's 5%"),
        Column("kind", Enum("a", "b", name="kind", create_constraint=True), server_default="a"),
        Column("made", DateTime, server_default=func.now(), index=True),
        Column("parent", Integer, ForeignKey("account.id")),
        Column("twice", Integer, Computed("id * 2", persisted=True)),
        Column("price", Numeric(10, 2), server_default=text("0")),
        Column("note", Text),
        Column("title", Unicode(20)),
        Column("key", Uuid),
        Column("data", LargeBinary),
        Column("on", Boolean(create_constraint=True, name="ck_on")),
        UniqueConstraint("name", name="uq_name", mssql_clustered=False),
        CheckConstraint("id > 0", name="ck_id"),
        comment="accounts; of all",
    )
    op.create_table("Order", Column("Id", BigInteger, primary_key=True), schema="My Schema")
    op.create_table("there", Column("id", Integer), if_not_exists=True)
    op.rename_table("account", "My Accounts", schema="s")
    op.create_table_comment("account", "it's 5", schema="s", existing_comment="x")
    op.drop_table_comment("account", existing_comment="x")
    op.drop_table("account")
    op.drop_table("account", if_exists=True)


def _columns(op: Operations) -> None:
    op.add_column("account", Column("flag", Integer, server_default=text("1"), nullable=False))
    op.add_column("account", Column("note", Unicode(9), comment="a note", index=True))
    op.add_column("account", Column("c", Integer, CheckConstraint("c > 1", name="ck")), schema="s")
    op.add_column("account", Column("f", Integer, ForeignKey("o.id", name="fk")))
    op.add_column("account", Column("o", Integer, ForeignKey("o.id")), inline_references=True)
    op.add_column("account", Column("k", Integer, primary_key=True), inline_primary_key=True)
    op.add_column("account", Column("i", Integer, Identity(increment=2)))
    op.add_column("account", Column("v", Integer, Computed("k + 1")))
    op.add_column("a'b", Column("c]d", Integer), schema="My Schema", if_not_exists=True)
    op.drop_column("account", "flag", if_exists=True)
    op.drop_column(
        "account",
        "My Flag",
        schema="s",
        mssql_drop_default=True,
        mssql_drop_check=True,
        mssql_drop_foreign_key=True,
    )


def _indexes(op: Operations) -> None:
    op.create_index("ix", "account", ["name", column("note").desc()], unique=True, schema="s")
    op.create_index("ix_b", "account", ["a"], mssql_include=["b c"], mssql_clustered=True)
    op.create_index("ix_w", "account", ["a"], mssql_where=text("a > 1"), if_not_exists=True)
    op.create_index("ix_c", "account", ["a"], mssql_columnstore=True)
    op.drop_index("ix", table_name="My Accounts", schema="s")
    op.drop_index("ix", table_name="account", if_exists=True)


def _constraints(op: Operations) -> None:
    op.create_primary_key("pk_o", "Order", ["a", "B"], schema="s")
    op.create_foreign_key(
        "fk_o",
        "Order",
        "account",
        ["a", "B"],
        ["id", "Id"],
        ondelete="SET NULL",
        onupdate="CASCADE",
        source_schema="s",
        referent_schema="My Schema",
    )
    op.create_unique_constraint("uq_a", "account", ["a"])
    op.create_check_constraint("ck_a", "account", column("A") > 5)
    op.create_check_constraint("ck_b", "account", "b <> 'a\nGO\nb;'")
    op.drop_constraint("ck_a", "account", type_="check")
    op.drop_constraint("fk_o", "Order", type_="foreignkey", schema="s")
    op.drop_constraint("uq_a", "account", type_="unique", if_exists=True)


def _changes(op: Operations) -> None:
    op.alter_column(
        "account",
        "a",
        nullable=False,
        server_default="it's",
        new_column_name="B c",
        existing_type=Unicode(5),
        existing_server_default="x",
        existing_nullable=True,
    )
    op.alter_column("account", "a", type_=String(5), existing_nullable=True, schema="s")
    op.alter_column("account", "a", comment="it's", existing_comment=None)
    op.alter_column("account", "a", comment="new", existing_comment="old", schema="s")
    op.alter_column("account", "a", comment=None, existing_comment="old")
    op.alter_column("account", "a", server_default=text("getdate()"))
    op.alter_column("account", "a", server_default=None)
    op.alter_column(
        "account",
        "a",
        type_=Enum("a", "b", name="en", native_enum=False, create_constraint=True),
        existing_type=Enum("a", name="old", native_enum=False, create_constraint=True),
        existing_nullable=False,
    )


def _rows(op: Operations) -> None:
    accounts = table(
        "account",
        column("id", Integer),
        column("name", Unicode),
        column("made", Date),
        column("seen", DateTime),
        column("on", Boolean),
    )
    op.bulk_insert(
        accounts,
        [
            {"id": 1, "name": "it's 5% :x;", "made": date(2020, 1, 2)},
            {"id": 2, "name": None, "seen": datetime(2020, 1, 2, 3, 4, 5), "on": True},  # noqa: DTZ001
            {"name": op.inline_literal("x")},
            {"name": "a\nGO\nb;\n go 5 \n/\nz"},
        ],
    )
    op.execute("UPDATE account SET name = '5%'")
    op.execute(accounts.update().values(name=op.inline_literal("y")))
    op.execute(accounts.delete().where(accounts.c.id == op.inline_literal(1)))


def _programs(op: Operations) -> None:
    op.execute("CREATE SCHEMA [My Schema]")
    op.execute("CREATE OR ALTER VIEW v AS\nSELECT a\n\nFROM account;")
    op.execute("CREATE PROCEDURE tidy AS\nBEGIN\n  DELETE FROM session_;\n  PRINT 'a\nGO\nb';\nEND")
    op.execute("CREATE FUNCTION twice(@n int) RETURNS int AS\nBEGIN\n  RETURN @n * 2;\nEND")
    op.execute("/* of */ CREATE TRIGGER g ON account AFTER INSERT AS\n  DELETE FROM x;")
    op.execute("DROP VIEW v;")
