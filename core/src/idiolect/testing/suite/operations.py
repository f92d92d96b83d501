"""The operations of the contract: the call, the tables, and the expected state.

Used by tests of scripts and tests on a database; each runs all operations. The effect is checked
by reflection, or by which rows the table accepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from idiolect.testing.suite.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.operations.base import Operations


def tables() -> sa.MetaData:
    """Return the initial tables.

    ``person`` has only columns, because some databases do not alter a table with dependent
    objects; ``team`` and ``member`` have one of each kind of constraint, and an index.
    """
    metadata = sa.MetaData()
    sa.Table(
        "person",
        metadata,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(50)),
        sa.Column("age", sa.Integer),
        sa.Column("born", sa.Integer, nullable=False),
        sa.Column("pets", sa.Integer, server_default="2"),
    )
    sa.Table(
        "team",
        metadata,
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.PrimaryKeyConstraint("id", name="pk_team"),
    )
    sa.Table(
        "member",
        metadata,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("team_id", sa.Integer),
        sa.Column("code", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_member_team"),
        sa.UniqueConstraint("code", name="uq_member_code"),
        sa.CheckConstraint("id > 0", name="ck_member_id"),
        sa.Index("ix_member_id", "id"),
    )
    return metadata


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract.

    Attributes:
        name: the capability.
        play: calls the operation.
        seen: queries the database for the result.
        expected: the expected result.
    """

    name: str
    play: Callable[[Operations], object]
    seen: Callable[[Database], object]
    expected: object


def _in_order(*calls: Callable[[Operations], object]) -> Callable[[Operations], object]:
    def play(op: Operations) -> None:
        for call in calls:
            call(op)

    return play


def _batch(table: str, change: Callable[[Any], object]) -> Callable[[Operations], object]:
    def play(op: Operations) -> None:
        with op.batch_alter_table(table) as batch:
            change(batch)

    return play


#: The context option for whether computed columns are stored; None: unspecified.
PERSISTED = "contract_persisted"
_PET = sa.table("team", sa.column("id", sa.Integer))
_EVERYBODY = ["member", "person", "team"]
_COLUMNS = ["id", "name", "age", "born", "pets"]


def _computed(op: Operations, expression: str) -> sa.Computed:
    opts = op.get_context().opts
    return sa.Computed(expression, persisted=opts.get(PERSISTED, True))


def _new_table(op: Operations, *items: Any, **kw: Any) -> sa.Table:
    return op.create_table("pet", sa.Column("id", sa.Integer, nullable=False), *items, **kw)


_TABLES = (
    Operation(
        "create_table",
        lambda op: _new_table(op, sa.Column("name", sa.String(20))),
        lambda db: db.columns("pet"),
        ["id", "name"],
    ),
    Operation(
        "create_table_if_not_exists",
        lambda op: [_new_table(op), _new_table(op, if_not_exists=True)],
        lambda db: db.columns("pet"),
        ["id"],
    ),
    Operation(
        "drop_table", lambda op: op.drop_table("member"), Database.tables, ["person", "team"]
    ),
    Operation(
        "drop_table_if_exists",
        lambda op: op.drop_table("pet", if_exists=True),
        Database.tables,
        _EVERYBODY,
    ),
    Operation(
        "rename_table",
        lambda op: op.rename_table("person", "people"),
        Database.tables,
        ["member", "people", "team"],
    ),
    Operation(
        "table_comment",
        lambda op: op.create_table_comment("person", "it's 5%"),
        lambda db: db.comment("person"),
        "it's 5%",
    ),
    Operation(
        "drop_table_comment",
        _in_order(
            lambda op: op.create_table_comment("person", "somebody"),
            lambda op: op.drop_table_comment("person", existing_comment="somebody"),
        ),
        lambda db: db.comment("person") or None,
        None,
    ),
)

_COLUMN_CHANGES = (
    Operation(
        "add_column",
        lambda op: op.add_column("person", sa.Column("mail", sa.String(20))),
        lambda db: db.columns("person"),
        [*_COLUMNS, "mail"],
    ),
    Operation(
        "add_column_not_null",
        lambda op: op.add_column(
            "person", sa.Column("legs", sa.Integer, server_default="2", nullable=False)
        ),
        lambda db: (db.column("person", "legs")["nullable"], db.rows("SELECT legs FROM person")),
        (False, [(2,)]),
    ),
    Operation(
        "add_column_if_not_exists",
        lambda op: op.add_column("person", sa.Column("age", sa.Integer), if_not_exists=True),
        lambda db: db.columns("person"),
        _COLUMNS,
    ),
    Operation(
        "drop_column",
        lambda op: op.drop_column("person", "age"),
        lambda db: db.columns("person"),
        ["id", "name", "born", "pets"],
    ),
    Operation(
        "drop_column_if_exists",
        lambda op: op.drop_column("person", "mail", if_exists=True),
        lambda db: db.columns("person"),
        _COLUMNS,
    ),
    Operation(
        "rename_column",
        lambda op: op.alter_column(
            "person", "age", new_column_name="years", existing_type=sa.Integer()
        ),
        lambda db: db.columns("person"),
        ["id", "name", "years", "born", "pets"],
    ),
    Operation(
        "change_type",
        lambda op: op.alter_column(
            "person", "age", type_=sa.BigInteger(), existing_type=sa.Integer()
        ),
        lambda db: db.is_big("person", "age"),
        True,
    ),
    Operation(
        "set_not_null",
        lambda op: op.alter_column("person", "name", nullable=False, existing_type=sa.String(50)),
        lambda db: db.column("person", "name")["nullable"],
        False,
    ),
    Operation(
        "drop_not_null",
        lambda op: op.alter_column("person", "born", nullable=True, existing_type=sa.Integer()),
        lambda db: db.column("person", "born")["nullable"],
        True,
    ),
    Operation(
        "set_default",
        lambda op: op.alter_column("person", "age", server_default="7", existing_type=sa.Integer()),
        lambda db: db.stored(
            "INSERT INTO person (id, name, born) VALUES (2, 'Eve', 1)",
            "SELECT age FROM person WHERE id = 2",
        ),
        [(7,)],
    ),
    Operation(
        "drop_default",
        lambda op: op.alter_column(
            "person", "pets", server_default=None, existing_type=sa.Integer()
        ),
        # MySQL requires a default then, others may have NULL.
        lambda db: db.column("person", "pets").get("default") in {None, "NULL"},
        True,
    ),
    Operation(
        "column_comment",
        lambda op: op.alter_column("person", "age", comment="years", existing_type=sa.Integer()),
        lambda db: db.column("person", "age").get("comment"),
        "years",
    ),
    Operation(
        "comments_of_a_new_table",
        lambda op: _new_table(op, sa.Column("name", sa.String(9), comment="short"), comment="pets"),
        lambda db: (db.comment("pet"), db.column("pet", "name").get("comment")),
        ("pets", "short"),
    ),
)

_CONSTRAINTS = (
    Operation(
        "create_primary_key",
        lambda op: op.create_primary_key("pk_person", "person", ["id"]),
        lambda db: db.primary_key("person"),
        ["id"],
    ),
    Operation(
        "create_unique_constraint",
        lambda op: op.create_unique_constraint("uq_person_name", "person", ["name"]),
        lambda db: db.uniques("person"),
        ["uq_person_name"],
    ),
    Operation(
        "create_check_constraint",
        lambda op: op.create_check_constraint("ck_person_age", "person", "age >= 0"),
        lambda db: db.checks("person"),
        ["ck_person_age"],
    ),
    Operation(
        "create_foreign_key",
        lambda op: op.create_foreign_key("fk_person_team", "person", "team", ["age"], ["id"]),
        lambda db: db.foreign_keys("person"),
        ["fk_person_team"],
    ),
    Operation(
        "drop_unique_constraint",
        lambda op: op.drop_constraint("uq_member_code", "member", type_="unique"),
        lambda db: db.uniques("member"),
        [],
    ),
    Operation(
        "drop_check_constraint",
        lambda op: op.drop_constraint("ck_member_id", "member", type_="check"),
        lambda db: db.checks("member"),
        [],
    ),
    Operation(
        "drop_foreign_key",
        lambda op: op.drop_constraint("fk_member_team", "member", type_="foreignkey"),
        lambda db: db.foreign_keys("member"),
        [],
    ),
    Operation(
        "drop_primary_key",
        _in_order(
            lambda op: op.drop_table("member"),
            lambda op: op.drop_constraint("pk_team", "team", type_="primary"),
        ),
        lambda db: db.primary_key("team"),
        [],
    ),
)

_INDEXES = (
    Operation(
        "create_index",
        lambda op: op.create_index("ix_person_age", "person", ["age", "name"]),
        lambda db: db.indexes("person"),
        ["ix_person_age"],
    ),
    Operation(
        "create_unique_index",
        lambda op: op.create_index("ix_person_age", "person", ["age"], unique=True),
        lambda db: db.indexes("person"),
        ["ix_person_age"],
    ),
    Operation(
        "create_index_if_not_exists",
        lambda op: op.create_index("ix_member_id", "member", ["id"], if_not_exists=True),
        lambda db: "ix_member_id" in db.indexes("member"),
        True,
    ),
    Operation(
        "create_index_on_expression",
        lambda op: op.create_index("ix_person_lower", "person", [sa.func.lower(sa.column("name"))]),
        lambda db: db.indexes("person"),
        ["ix_person_lower"],
    ),
    Operation(
        "drop_index",
        lambda op: op.drop_index("ix_member_id", "member"),
        lambda db: "ix_member_id" in db.indexes("member"),
        False,
    ),
    Operation(
        "drop_index_if_exists",
        lambda op: op.drop_index("ix_pet", "member", if_exists=True),
        lambda db: "ix_member_id" in db.indexes("member"),
        True,
    ),
)

_GENERATED = (
    Operation(
        "identity",
        lambda op: op.create_table(
            "pet",
            sa.Column("id", sa.Integer, sa.Identity(start=40)),
            sa.Column("name", sa.String(9)),
        ),
        lambda db: db.stored("INSERT INTO pet (name) VALUES ('Rex')", "SELECT id FROM pet"),
        [(40,)],
    ),
    Operation(
        "computed",
        lambda op: _new_table(op, sa.Column("twice", sa.Integer, _computed(op, "id * 2"))),
        lambda db: db.stored("INSERT INTO pet (id) VALUES (4)", "SELECT twice FROM pet"),
        [(8,)],
    ),
    Operation(
        "add_computed",
        lambda op: op.add_column(
            "person", sa.Column("twice", sa.Integer, _computed(op, "born * 2"))
        ),
        lambda db: db.rows("SELECT twice FROM person"),
        [(3980,)],
    ),
)

_ROWS = (
    Operation(
        "bulk_insert",
        lambda op: op.bulk_insert(_PET, [{"id": 1}, {"id": 2}]),
        lambda db: db.rows("SELECT id FROM team ORDER BY id"),
        [(1,), (2,)],
    ),
    Operation(
        "execute",
        lambda op: op.execute(_PET.insert().values(id=op.inline_literal(3))),
        lambda db: db.rows("SELECT id FROM team"),
        [(3,)],
    ),
)

_BATCHES = (
    Operation(
        "batch_add_column",
        _batch("person", lambda b: b.add_column(sa.Column("mail", sa.String(20)))),
        lambda db: (db.columns("person"), db.rows("SELECT born FROM person")),
        ([*_COLUMNS, "mail"], [(1990,)]),
    ),
    Operation(
        "batch_change_type",
        _batch(
            "person",
            lambda b: b.alter_column("age", type_=sa.BigInteger(), existing_type=sa.Integer()),
        ),
        lambda db: db.is_big("person", "age"),
        True,
    ),
    Operation(
        "batch_create_unique_constraint",
        _batch("person", lambda b: b.create_unique_constraint("uq_person_name", ["name"])),
        lambda db: (db.uniques("person"), db.rows("SELECT born FROM person")),
        (["uq_person_name"], [(1990,)]),
    ),
    Operation(
        "batch_drop_constraint",
        _batch("member", lambda b: b.drop_constraint("uq_member_code", type_="unique")),
        lambda db: db.uniques("member"),
        [],
    ),
)

#: All operations, in the order of scripts and tables.
OPERATIONS = (
    *_TABLES,
    *_COLUMN_CHANGES,
    *_CONSTRAINTS,
    *_INDEXES,
    *_GENERATED,
    *_ROWS,
    *_BATCHES,
)
#: The contents of ``person`` before each operation, which must be preserved.
FIRST_ROW = "INSERT INTO person (id, name, born) VALUES (1, 'Ann', 1990)"
