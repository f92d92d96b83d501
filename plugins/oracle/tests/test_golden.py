"""The script of every operation: golden text, read by SQL*Plus's rules, and parsed."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from plsql_parser import mistakes
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
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.sql import column, table
from sqlplus_reader import sent

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden" / "operations.sql"


@pytest.fixture(scope="module")
def written() -> str:
    """The script of all operations."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="oracle",
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": buffer},
    )
    op = Operations(context)
    play: Callable[[Operations], None]
    op.impl.emit_begin()
    for play in (_tables, _columns, _names_and_indexes, _constraints, _changes, _rows, _programs):
        play(op)
    op.impl.emit_commit()
    return buffer.getvalue()


def test_script_is_the_golden_one(written: str) -> None:
    """Each operation writes the reviewed text."""
    assert GOLDEN.read_text(encoding="utf-8") == written


def test_sqlplus_sends_each_statement_once(written: str) -> None:
    """SQL*Plus sends as many statements as there are separators, and prompts for nothing."""
    assert written.count("\n\n/\n\n") == len(list(sent(written)))


def test_each_statement_parses(written: str) -> None:
    """What SQL*Plus sends is Oracle's SQL and PL/SQL."""
    assert [] == mistakes(list(sent(written)))


def _tables(op: Operations) -> None:
    op.create_table(
        "account",
        Column("id", Integer, Identity(start=3), primary_key=True),
        Column("name", String(50), nullable=False, comment="it's 5%"),
        Column("kind", Enum("a", "b", name="kind", create_constraint=True), server_default="a"),
        Column("made", DateTime(timezone=True), server_default=func.now(), index=True),
        Column("parent", Integer, ForeignKey("account.id", ondelete="CASCADE")),
        Column("twice", Integer, Computed("id * 2")),
        Column("price", Numeric(10, 2), server_default=text("0")),
        Column("note", Text),
        Column("data", LargeBinary),
        UniqueConstraint("name", name="uq_name"),
        CheckConstraint("id > 0", name="ck_id"),
        comment="accounts;\n\nR&D",
    )
    op.create_table(
        "work",
        Column("id", Integer),
        prefixes=["GLOBAL TEMPORARY"],
        oracle_on_commit="PRESERVE ROWS",
    )
    op.create_table("Order", Column("Id", BigInteger, Identity(always=True)), schema="My Schema")
    op.rename_table("account", "Accounts")
    op.rename_table("account", "Accounts", schema="s")
    op.create_table_comment("account", "it's 5", schema="s", existing_comment="x")
    op.drop_table_comment("account")
    op.drop_table("Accounts")


def _columns(op: Operations) -> None:
    op.add_column("account", Column("flag", Integer, server_default=text("1"), nullable=False))
    op.add_column("account", Column("note", String(9), comment="a note", index=True))
    op.add_column("account", Column("c", Integer, CheckConstraint("c > 1", name="ck")), schema="s")
    op.add_column("account", Column("f", Integer, ForeignKey("o.id", name="fk")))
    op.add_column("account", Column("o", Integer, ForeignKey("o.id")), inline_references=True)
    op.add_column("account", Column("k", Integer, primary_key=True), inline_primary_key=True)
    op.add_column("account", Column("i", Integer, Identity(always=True, cycle=True)))
    op.add_column("account", Column("v", Integer, Computed("k + 1")))
    op.drop_column("account", "flag")
    op.drop_column("account", "My Flag", schema="s")


def _names_and_indexes(op: Operations) -> None:
    op.create_index("ix", "Accounts", ["name", text("lower(note)")], unique=True, schema="s")
    op.create_index("ix_bitmap", "account", ["a", "B"], oracle_bitmap=True)
    op.create_index("ix_small", "account", ["a", column("b").desc()], oracle_compress=1)
    op.drop_index("ix", table_name="Accounts", schema="s")


def _constraints(op: Operations) -> None:
    op.create_primary_key("pk_o", "Order", ["a", "B"], schema="s")
    op.create_foreign_key(
        "fk_o",
        "Order",
        "account",
        ["a", "B"],
        ["id", "Id"],
        ondelete="SET NULL",
        deferrable=True,
        initially="DEFERRED",
        source_schema="s",
        referent_schema="My Schema",
    )
    op.create_unique_constraint(None, "account", ["a"])
    op.create_check_constraint("ck_a", "account", column("A") > 5, deferrable=False)
    op.create_check_constraint("ck_b", "account", "b <> 'a\n\nb;\n/\nR&D'")
    op.drop_constraint("ck_a", "account", "check")
    op.drop_constraint("fk_o", "Order", "foreignkey", schema="s")


def _changes(op: Operations) -> None:
    op.alter_column("account", "a", nullable=False, server_default="it's", new_column_name="B")
    op.alter_column("account", "a", type_=String(5), comment="it's", schema="s")
    op.alter_column("account", "a", server_default=text("1 + 1"), nullable=True)
    op.alter_column("account", "a", server_default=None, comment=None, existing_type=Integer())
    op.alter_column("account", "a", server_default="R&D")
    op.alter_column("account", "a", server_default=Identity(always=True, start=3))
    op.alter_column(
        "account",
        "a",
        server_default=Identity(increment=2, cycle=True),
        existing_server_default=Identity(always=True),
    )
    op.alter_column("account", "a", server_default=None, existing_server_default=Identity())
    op.alter_column(
        "account",
        "a",
        type_=Enum("a", "b", name="en", native_enum=False, create_constraint=True),
        existing_type=Enum("a", name="old", native_enum=False, create_constraint=True),
    )


def _rows(op: Operations) -> None:
    accounts = table(
        "account",
        column("id", Integer),
        column("name", String),
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
            {"name": "a\n\nb;\n/\n.\n#c -\nR&D"},
        ],
    )
    op.execute("UPDATE account SET name = '5%';")
    op.execute("UPDATE account\n\n-- all of them;\n\nSET name = 'x'")
    op.execute(accounts.update().values(name=op.inline_literal("y")))
    op.execute(accounts.delete().where(accounts.c.id == op.inline_literal(1)))
    op.execute(accounts.insert().values(id=op.inline_literal(1)))


def _programs(op: Operations) -> None:
    op.execute("BEGIN\n  tidy;\n\n  DBMS_OUTPUT.PUT_LINE('a\n/\nb');\nEND;")
    op.execute("DECLARE\n  n NUMBER := 1;\nBEGIN\n  n := n + 1;\nEND;\n/\n")
    op.execute("CREATE OR REPLACE PROCEDURE tidy IS\nBEGIN\n\n  DELETE FROM session_;\nEND;")
    op.execute(
        "CREATE OR REPLACE TRIGGER g BEFORE INSERT ON account FOR EACH ROW\n"
        "BEGIN\n  :new.name := 'x';\nEND;".replace(":", "\\:")
    )
    op.execute("CREATE OR REPLACE VIEW v AS\nSELECT a\n\nFROM account;")
