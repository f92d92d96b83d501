"""The script of every operation, against texts that the documented tool wrote."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
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
    Integer,
    String,
    UniqueConstraint,
    func,
    text,
    true,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.sql import column, table

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent / "golden"


@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
def test_script_is_the_golden_one(dialect: str) -> None:
    """Each operation writes the text that the documentation's own tool writes."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect,
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
    assert buffer.getvalue() == (FOLDER / f"{dialect}.sql").read_text(encoding="utf-8")


def _tables_and_columns(op: Operations) -> None:
    op.create_table(
        "account",
        Column("id", Integer, primary_key=True),
        Column("name", String(50, collation="utf8mb4_bin"), nullable=False, comment="it's 5%"),
        Column("kind", Enum("a", "b%", name="kind"), server_default="a"),
        Column("made", DateTime, server_default=text("CURRENT_TIMESTAMP"), index=True),
        Column("parent", Integer, ForeignKey("account.id", ondelete="CASCADE")),
        Column("twice", Integer, Computed("id * 2", persisted=True)),
        UniqueConstraint("name", name="uq_name"),
        CheckConstraint("id > 0", name="ck_id"),
        comment="accounts",
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mariadb_engine="Aria",
    )
    op.create_table("Order", Column("Id", BigInteger, primary_key=True), schema="My Schema")
    op.add_column("account", Column("flag", Boolean, server_default=true(), nullable=False))
    op.add_column("account", Column("note", String(9), comment="a note", index=True))
    op.add_column("account", Column("c", Integer), schema="s", if_not_exists=True)
    op.add_column("account", Column("o", Integer, ForeignKey("o.id")), inline_references=True)
    op.add_column("account", Column("k", Integer, primary_key=True), inline_primary_key=True)
    op.drop_column("account", "flag")
    op.drop_column("account", "flag", schema="s", if_exists=True)


def _names_and_indexes(op: Operations) -> None:
    op.rename_table("account", "Accounts")
    op.rename_table("account", "Accounts", schema="s")
    op.create_index("ix", "Accounts", ["name", text("lower(note)")], unique=True, schema="s")
    op.create_index("ix_up", "Accounts", [func.upper(column("note")), column("Made").desc()])
    op.create_index(
        "ix_length",
        "Accounts",
        ["name", "note"],
        mysql_length={"name": 10},
        mysql_prefix="FULLTEXT",
        mariadb_length=5,
        mariadb_using="hash",
    )
    op.create_index("ix_q", "Accounts", ["q"], if_not_exists=True, postgresql_using="gin")
    op.drop_index("ix", table_name="Accounts", schema="s")
    op.drop_index("ix_q", table_name="Accounts", if_exists=True)


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
        source_schema="s",
        referent_schema="My Schema",
    )
    op.create_unique_constraint(None, "account", ["a"])
    op.create_check_constraint("ck_a", "account", column("A") > 5)
    op.drop_constraint("Ck_a", "account", "check")
    op.drop_constraint("fk_o", "Order", "foreignkey", schema="s")
    op.drop_constraint("uq_name", "account", "unique")
    op.drop_constraint("PRIMARY", "account", "primary")
    op.create_table_comment("account", "it's \\ 5%", schema="s", existing_comment="x")
    op.drop_table_comment("account")


def _changes(op: Operations) -> None:
    number: dict[str, Any] = {"existing_type": Integer()}
    whole: dict[str, Any] = {
        "existing_nullable": False,
        "existing_comment": "it's",
        "existing_server_default": "5",
        "existing_autoincrement": True,
    }
    name = mysql.VARCHAR(50, charset="utf8mb4", collation="utf8mb4_bin")
    moment = text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
    op.alter_column("account", "a", new_column_name="B", **number, **whole)
    op.alter_column("account", "a", nullable=True, **number, **whole)
    op.alter_column("account", "a", type_=BigInteger(), schema="s", **whole)
    op.alter_column("account", "a", comment="5% \\", **number, **whole)
    op.alter_column("account", "a", comment=None, **number, **whole)
    op.alter_column("account", "a", autoincrement=False, **number, **whole)
    op.alter_column("account", "a", server_default="6", **number, **whole)
    op.alter_column("account", "a", server_default=None)
    op.alter_column("account", "a", server_default=text("(uuid())"))
    op.alter_column("account", "a", nullable=False, existing_type=name)
    op.alter_column("account", "a", server_default=func.now(), existing_type=DateTime())
    op.alter_column(
        "account",
        "a",
        comment="kept",
        existing_type=mysql.TIMESTAMP(fsp=3),
        existing_server_default=moment,
        existing_nullable=False,
    )
    op.alter_column(
        "account",
        "a",
        type_=Enum("a", "b", name="en", native_enum=False, create_constraint=True),
        existing_type=Enum("a", name="old", native_enum=False, create_constraint=True),
    )


def _rows_and_the_end(op: Operations) -> None:
    accounts = table("account", column("id", Integer), column("name", String), column("made", Date))
    op.bulk_insert(
        accounts,
        [
            {"id": 1, "name": "it's 5% :x; \\", "made": date(2020, 1, 2)},
            {"id": 2, "name": None},
            {"name": op.inline_literal("x")},
        ],
    )
    op.execute("UPDATE account SET name = '5%'")
    op.execute(r"UPDATE account SET name = '\:x'")
    op.execute(accounts.delete().where(accounts.c.id == op.inline_literal(1)))
    op.drop_table("Accounts", if_exists=True)
