"""The script of every operation, against a text that the documented tool wrote."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

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
    String,
    UniqueConstraint,
    func,
    text,
    true,
)
from sqlalchemy.sql import column, table

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden" / "operations.sql"


def test_script_is_the_golden_one() -> None:
    """Each operation writes the text that the documentation's own tool writes."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": buffer},
    )
    play: Callable[[Operations], None]
    for play in (
        _tables_and_columns,
        _names_and_indexes,
        _constraints,
        _changes,
        _rows_and_the_end,
    ):
        play(Operations(context))
    assert buffer.getvalue() == GOLDEN.read_text(encoding="utf-8")


def _tables_and_columns(op: Operations) -> None:
    op.create_table(
        "account",
        Column("id", Integer, primary_key=True),
        Column("name", String(50), nullable=False, comment="it's 5%"),
        Column("kind", Enum("a", "b", name="kind"), server_default="a"),
        Column("made", DateTime(timezone=True), server_default=func.now(), index=True),
        Column("parent", Integer, ForeignKey("account.id", ondelete="CASCADE")),
        Column("twice", Integer, Computed("id * 2", persisted=True)),
        UniqueConstraint("name", name="uq_name"),
        CheckConstraint("id > 0", name="ck_id"),
        comment="accounts",
    )
    op.create_table("Order", Column("Id", BigInteger, Identity(always=True)), schema="My Schema")
    op.add_column("account", Column("flag", Boolean, server_default=true(), nullable=False))
    op.add_column("account", Column("note", String, comment="a note", index=True))
    op.add_column("account", Column("c", Integer), schema="s", if_not_exists=True)
    op.add_column("account", Column("o", Integer, ForeignKey("o.id")), inline_references=True)
    op.add_column("account", Column("k", Integer, primary_key=True), inline_primary_key=True)
    op.drop_column("account", "flag")
    op.drop_column("account", "flag", schema="s", if_exists=True)


def _names_and_indexes(op: Operations) -> None:
    op.rename_table("account", "Accounts")
    op.rename_table("account", "Accounts", schema="s")
    op.create_index("ix", "Accounts", ["name", text("lower(note)")], unique=True, schema="s")
    op.create_index(
        "ix_where",
        "Accounts",
        ["name", "note"],
        if_not_exists=True,
        sqlite_where=column("name") == "x",
        postgresql_where=text("name <> '5%'"),
        postgresql_using="gin",
        postgresql_include=["made", "name"],
        postgresql_ops={"name": "text_ops"},
        postgresql_with={"fillfactor": 50},
        postgresql_concurrently=True,
    )
    op.drop_index("ix", table_name="Accounts", schema="s", postgresql_concurrently=True)
    op.drop_index("ix_where", if_exists=True)


def _rows_and_the_end(op: Operations) -> None:
    accounts = table("account", column("id", Integer), column("name", String), column("made", Date))
    op.bulk_insert(
        accounts,
        [
            {"id": 1, "name": "it's 5% :x;", "made": date(2020, 1, 2)},
            {"id": 2, "name": None},
            {"name": op.inline_literal("x")},
        ],
    )
    op.execute("UPDATE account SET name = '5%'")
    op.execute(r"UPDATE account SET name = '\:x'")
    op.execute(accounts.delete().where(accounts.c.id == op.inline_literal(1)))
    op.drop_table("Accounts", if_exists=True)


def _constraints(op: Operations) -> None:
    op.create_primary_key("pk_o", "Order", ["a", "B"], schema="s")
    op.create_foreign_key(
        "fk_o",
        "Order",
        "account",
        ["a", "B"],
        ["id", "Id"],
        onupdate="CASCADE",
        ondelete="SET NULL",
        deferrable=True,
        initially="DEFERRED",
        match="FULL",
        source_schema="s",
        referent_schema="My Schema",
        postgresql_not_valid=True,
    )
    op.create_unique_constraint(None, "account", ["a"], postgresql_nulls_not_distinct=True)
    op.create_check_constraint("ck_a", "account", column("A") > 5, deferrable=False)
    op.create_exclude_constraint(
        "ex_a", "account", (column("A"), "&&"), ("b", "="), where="b > 5", using="gist"
    )
    op.drop_constraint("ck_a", "account", "check", if_exists=True)
    op.drop_constraint("fk_o", "Order", "foreignkey", schema="s")
    op.create_table_comment("account", "it's 5", schema="s", existing_comment="x")
    op.drop_table_comment("account")


def _changes(op: Operations) -> None:
    op.alter_column("account", "a", nullable=False, server_default="it's", new_column_name="B")
    op.alter_column("account", "a", type_=String(5), postgresql_using="a::text", schema="s")
    op.alter_column("account", "a", server_default=text("1 + 1"), comment="it's", nullable=True)
    op.alter_column("account", "a", server_default=None, comment=None, existing_type=Integer())
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
