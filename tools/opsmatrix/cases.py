"""The operations tried on every dialect: one call of a directive per row, on existing tables.

Rows are independent of dialects, and are written as a user would write them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.operations import Operations

TABLES = sa.MetaData()
"""What is there before each row is tried."""

sa.Table("parent", TABLES, sa.Column("id", sa.Integer, primary_key=True))
sa.Table(
    "item",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50), nullable=False, server_default="x"),
    sa.Column("price", sa.Integer, comment="in cents"),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("parent_id", sa.Integer),
    sa.UniqueConstraint("name", name="uq_item_name"),
    sa.CheckConstraint("price > 0", name="ck_item_price"),
    sa.ForeignKeyConstraint(["parent_id"], ["parent.id"], name="fk_item_parent"),
    sa.Index("ix_item_number", "number"),
    comment="items",
)
sa.Table("keyless", TABLES, sa.Column("a", sa.Integer, nullable=False), sa.Column("b", sa.Integer))
sa.Table(
    "keyed",
    TABLES,
    sa.Column("a", sa.Integer, autoincrement=False),
    sa.PrimaryKeyConstraint("a", name="pk_keyed"),
)
sa.Table("counted", TABLES, sa.Column("id", sa.Integer, sa.Identity(), primary_key=True))

ROWS = sa.table("keyless", sa.column("a", sa.Integer), sa.column("b", sa.Integer))


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the table.

    Attributes:
        operation: the directive.
        what: the variant; "": the plain call.
        play: calls it.
    """

    operation: str
    what: str
    play: Callable[[Operations], Any]

    @property
    def key(self) -> str:
        """Both names in one."""
        return f"{self.operation}, {self.what}" if self.what else self.operation


def _new_table(*items: Callable[[], Any], **options: Any) -> Callable[[Operations], Any]:
    # Schema items belong to one table for good, and a row is tried on several dialects.
    columns = items or (lambda: sa.Column("id", sa.Integer, primary_key=True),)
    return lambda op: op.create_table("fresh", *(make() for make in columns), **options)


def _new_column(*items: Callable[[], Any], **options: Any) -> Callable[[Operations], Any]:
    asked = {
        name: options.pop(name) for name in list(options) if name.startswith(("if_", "inline"))
    }
    return lambda op: op.add_column(
        "keyless", sa.Column("c", sa.Integer, *(make() for make in items), **options), **asked
    )


def _changed(column: str = "price", **changes: Any) -> Callable[[Operations], Any]:
    known = {"existing_type": sa.Integer(), "existing_nullable": True}
    return lambda op: op.alter_column("item", column, **{**known, **changes})


def _batch(table: str, name: str, *args: Any, **options: Any) -> Callable[[Operations], Any]:
    def play(op: Operations) -> None:
        with op.batch_alter_table(table) as batch:
            getattr(batch, name)(*args, **options)

    return play


def _anew(op: Operations) -> None:
    """Recreate a table on any database, with its columns in another order."""
    with op.batch_alter_table(
        "keyless",
        recreate="always",
        copy_from=TABLES.tables["keyless"],
        partial_reordering=[("b", "a")],
    ) as batch:
        batch.add_column(sa.Column("new", sa.Integer), insert_before="a")
        batch.alter_column("b", type_=sa.BigInteger())


CASES: tuple[Case, ...] = (
    Case("create_table", "", _new_table()),
    Case(
        "create_table",
        "comments",
        _new_table(lambda: sa.Column("c", sa.Integer, comment="x"), comment="y"),
    ),
    Case(
        "create_table",
        "Identity",
        _new_table(lambda: sa.Column("c", sa.Integer, sa.Identity(), primary_key=True)),
    ),
    Case(
        "create_table",
        "Computed",
        _new_table(
            lambda: sa.Column("a", sa.Integer),
            lambda: sa.Column("c", sa.Integer, sa.Computed("a + 1")),
        ),
    ),
    Case("create_table", "if_not_exists", _new_table(if_not_exists=True)),
    Case("drop_table", "", lambda op: op.drop_table("keyless")),
    Case("drop_table", "if_exists", lambda op: op.drop_table("missing_one", if_exists=True)),
    Case("rename_table", "", lambda op: op.rename_table("keyless", "other")),
    Case(
        "create_table_comment",
        "",
        lambda op: op.create_table_comment("item", "x", existing_comment="items"),
    ),
    Case(
        "drop_table_comment", "", lambda op: op.drop_table_comment("item", existing_comment="items")
    ),
    Case("add_column", "", _new_column()),
    Case("add_column", "server_default, not null", _new_column(server_default="5", nullable=False)),
    Case("add_column", "comment", _new_column(comment="x")),
    Case("add_column", "index", _new_column(index=True)),
    Case("add_column", "unique", _new_column(unique=True)),
    Case(
        "add_column",
        "CheckConstraint",
        _new_column(lambda: sa.CheckConstraint("c > 0", name="ck_c")),
    ),
    Case("add_column", "ForeignKey", _new_column(lambda: sa.ForeignKey("parent.id", name="fk_c"))),
    Case(
        "add_column",
        "inline_references",
        _new_column(lambda: sa.ForeignKey("parent.id"), inline_references=True),
    ),
    Case(
        "add_column", "inline_primary_key", _new_column(primary_key=True, inline_primary_key=True)
    ),
    Case("add_column", "Computed", _new_column(lambda: sa.Computed("a + 1"))),
    Case("add_column", "Identity", _new_column(sa.Identity)),
    Case("add_column", "if_not_exists", _new_column(if_not_exists=True)),
    Case("drop_column", "", lambda op: op.drop_column("keyless", "b")),
    Case(
        "drop_column",
        "if_exists",
        lambda op: op.drop_column("keyless", "missing_one", if_exists=True),
    ),
    Case("alter_column", "nullable", _changed(nullable=False)),
    Case("alter_column", "type_", _changed(type_=sa.BigInteger())),
    Case("alter_column", "server_default", _changed(server_default="5")),
    Case(
        "alter_column",
        "server_default=None",
        lambda op: op.alter_column(
            "item",
            "name",
            server_default=None,
            existing_type=sa.String(50),
            existing_nullable=False,
            existing_server_default="x",
        ),
    ),
    Case("alter_column", "new_column_name", _changed(new_column_name="cost")),
    Case("alter_column", "comment", _changed(comment="in euros", existing_comment="in cents")),
    Case(
        "alter_column",
        "Identity for a column that has none",
        _changed("number", server_default=sa.Identity(), existing_nullable=False),
    ),
    Case(
        "alter_column",
        "another Identity",
        lambda op: op.alter_column(
            "counted",
            "id",
            server_default=sa.Identity(always=True, start=5),
            existing_server_default=sa.Identity(),
            existing_type=sa.Integer(),
            existing_nullable=False,
        ),
    ),
    Case(
        "alter_column",
        "Identity taken away",
        lambda op: op.alter_column(
            "counted",
            "id",
            server_default=None,
            existing_server_default=sa.Identity(),
            existing_type=sa.Integer(),
            existing_nullable=False,
        ),
    ),
    Case("alter_column", "Computed", _changed(server_default=sa.Computed("number + 1"))),
    Case("create_index", "", lambda op: op.create_index("ix_new", "item", ["price"])),
    Case(
        "create_index",
        "unique, an expression",
        lambda op: op.create_index(
            "ix_new", "item", [sa.func.lower(sa.column("name", sa.String))], unique=True
        ),
    ),
    Case(
        "create_index",
        "if_not_exists",
        lambda op: op.create_index("ix_item_number", "item", ["number"], if_not_exists=True),
    ),
    Case("drop_index", "", lambda op: op.drop_index("ix_item_number", "item")),
    Case("drop_index", "if_exists", lambda op: op.drop_index("ix_missing", "item", if_exists=True)),
    Case(
        "create_primary_key", "", lambda op: op.create_primary_key("pk_keyless", "keyless", ["a"])
    ),
    Case(
        "create_unique_constraint",
        "",
        lambda op: op.create_unique_constraint("uq_new", "item", ["price"]),
    ),
    Case(
        "create_check_constraint",
        "",
        lambda op: op.create_check_constraint("ck_new", "item", sa.column("number") > 0),
    ),
    Case(
        "create_foreign_key",
        "",
        lambda op: op.create_foreign_key("fk_new", "item", "parent", ["number"], ["id"]),
    ),
    Case(
        "create_foreign_key",
        "ondelete",
        lambda op: op.create_foreign_key(
            "fk_new", "item", "parent", ["number"], ["id"], ondelete="CASCADE"
        ),
    ),
    Case(
        "create_foreign_key",
        "onupdate",
        lambda op: op.create_foreign_key(
            "fk_new", "item", "parent", ["number"], ["id"], onupdate="CASCADE"
        ),
    ),
    Case(
        "create_foreign_key",
        "deferrable",
        lambda op: op.create_foreign_key(
            "fk_new", "item", "parent", ["number"], ["id"], deferrable=True, initially="DEFERRED"
        ),
    ),
    Case(
        "create_exclude_constraint",
        "",
        lambda op: op.create_exclude_constraint("ex_new", "item", ("number", "="), using="btree"),
    ),
    Case(
        "drop_constraint",
        "check",
        lambda op: op.drop_constraint("ck_item_price", "item", type_="check"),
    ),
    Case(
        "drop_constraint",
        "unique",
        lambda op: op.drop_constraint("uq_item_name", "item", type_="unique"),
    ),
    Case(
        "drop_constraint",
        "foreignkey",
        lambda op: op.drop_constraint("fk_item_parent", "item", type_="foreignkey"),
    ),
    Case(
        "drop_constraint",
        "primary",
        lambda op: op.drop_constraint("pk_keyed", "keyed", type_="primary"),
    ),
    Case(
        "drop_constraint",
        "if_exists",
        lambda op: op.drop_constraint("ck_missing", "item", type_="check", if_exists=True),
    ),
    Case(
        "bulk_insert", "", lambda op: op.bulk_insert(ROWS, [{"a": 1, "b": 2}, {"a": 3, "b": None}])
    ),
    Case(
        "bulk_insert",
        "multiinsert=False",
        lambda op: op.bulk_insert(
            ROWS, [{"a": 1}, {"a": op.inline_literal(3), "b": 4}], multiinsert=False
        ),
    ),
    Case("execute", "", lambda op: op.execute("UPDATE keyless SET b = 1")),
    Case(
        "batch_alter_table",
        "alter_column",
        _batch(
            "item",
            "alter_column",
            "price",
            type_=sa.BigInteger(),
            nullable=False,
            server_default="5",
            existing_type=sa.Integer(),
            existing_nullable=True,
        ),
    ),
    Case(
        "batch_alter_table",
        "new_column_name",
        _batch(
            "keyless",
            "alter_column",
            "b",
            new_column_name="c",
            existing_type=sa.Integer(),
            existing_nullable=True,
        ),
    ),
    Case("batch_alter_table", "drop_column", _batch("keyless", "drop_column", "b")),
    Case(
        "batch_alter_table",
        "create_primary_key",
        _batch("keyless", "create_primary_key", "pk_keyless", ["a"]),
    ),
    Case(
        "batch_alter_table",
        "create_unique_constraint",
        _batch("item", "create_unique_constraint", "uq_new", ["price"]),
    ),
    Case(
        "batch_alter_table",
        "create_check_constraint",
        _batch("item", "create_check_constraint", "ck_new", sa.column("number") > 0),
    ),
    Case(
        "batch_alter_table",
        "create_foreign_key",
        _batch("item", "create_foreign_key", "fk_new", "parent", ["number"], ["id"]),
    ),
    Case(
        "batch_alter_table",
        "drop_constraint",
        _batch("item", "drop_constraint", "ck_item_price", type_="check"),
    ),
    Case("batch_alter_table", "create_index", _batch("item", "create_index", "ix_new", ["price"])),
    Case("batch_alter_table", "drop_index", _batch("item", "drop_index", "ix_item_number")),
    Case(
        "batch_alter_table",
        "add_column",
        _batch("item", "add_column", sa.Column("new", sa.Integer, index=True)),
    ),
    Case(
        "batch_alter_table",
        "add_column, ForeignKey",
        _batch(
            "item",
            "add_column",
            sa.Column("new", sa.Integer, sa.ForeignKey("parent.id", name="fk_new")),
        ),
    ),
    Case(
        "batch_alter_table",
        "add_column, Computed",
        _batch("item", "add_column", sa.Column("new", sa.Integer, sa.Computed("number * 2"))),
    ),
    Case(
        "batch_alter_table",
        "create_exclude_constraint",
        _batch("item", "create_exclude_constraint", "ex_new", ("number", "="), using="btree"),
    ),
    Case("batch_alter_table", "recreate, copy_from", _anew),
)
