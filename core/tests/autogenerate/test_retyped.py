"""Operations around a changed type: drops before it, new foreign keys after it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from idiolect.autogenerate.compare.retyped import (
    free_retyped_columns,
    free_retyped_keys,
    keys_taken_out,
)
from idiolect.operations.ops import (
    AddColumnOp,
    AlterColumnOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    ModifyTableOps,
)

METADATA = MetaData()
T = Table(
    "t",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("a", Integer),
    Column("double", Integer, Computed("a * 2")),
    Index("ix", "a"),
    UniqueConstraint("a", name="uq"),
    ForeignKeyConstraint(["a"], ["t.id"], name="own"),
)
U = Table("u", METADATA, Column("r", Integer), ForeignKeyConstraint(["r"], ["t.a"], name="foreign"))


def retyped(**kw: Any) -> AlterColumnOp:
    """Return a change of the type of a column."""
    return AlterColumnOp("t", "a", modify_type=BigInteger(), **kw)


def kinds(operations: list[Any]) -> list[Any]:
    """Return the names of operations, in nested lists."""
    return [
        kinds(one.ops) if isinstance(one, ModifyTableOps) else type(one).__name__
        for one in operations
    ]


def every() -> list[Any]:
    """Return operations on the table in the order in which comparators find them."""
    [index] = T.indexes
    unique = next(one for one in T.constraints if isinstance(one, UniqueConstraint))
    primary = next(one for one in T.constraints if isinstance(one, PrimaryKeyConstraint))
    return [
        AddColumnOp("t", Column("b", Integer)),
        DropConstraintOp.from_constraint(primary),
        DropIndexOp.from_index(index),
        CreateIndexOp.from_index(index),
        DropConstraintOp.from_constraint(unique),
        DropColumnOp.from_column_and_tablename(None, "t", T.c.id),
        DropColumnOp.from_column_and_tablename(None, "t", T.c.double),
    ]


def test_drops_come_before_a_changed_type() -> None:
    """Indexes, constraints but primary keys, then computed columns; the rest keeps its order."""
    alter = retyped()
    given = every()
    part = ModifyTableOps("t", [alter, *given])

    free_retyped_columns([part])

    add, primary, drop_index, create_index, unique, column, computed = given
    expected = [drop_index, unique, computed, alter, add, primary, create_index, column]
    assert expected == part.ops


def test_nothing_moves_without_a_changed_type() -> None:
    """Other changes of columns, and changed types of other tables, move nothing."""
    given = [AlterColumnOp("t", "a", modify_nullable=True), *every()]
    part = ModifyTableOps("t", [*given])
    other = ModifyTableOps("t", [retyped()], schema="other")

    free_retyped_columns([part, other])
    operations: list[Any] = [part, other]
    free_retyped_keys(operations)

    assert given == part.ops
    assert [part, other] == operations


def keys() -> tuple[ForeignKeyConstraint, ForeignKeyConstraint]:
    """Return the foreign key of the table, and the one to it."""
    [own], [foreign] = T.foreign_key_constraints, U.foreign_key_constraints
    return own, foreign


def test_foreign_keys_are_dropped_first_and_added_last() -> None:
    """Those of a column whose type changes, and those to it; empty containers disappear."""
    own, foreign = keys()
    operations: list[Any] = [
        ModifyTableOps("t", [retyped(), DropConstraintOp.from_constraint(own)]),
        ModifyTableOps("u", [CreateForeignKeyOp.from_constraint(foreign)]),
        ModifyTableOps("v", [AddColumnOp("v", Column("b", Integer))]),
    ]

    free_retyped_keys(operations)

    expected = [
        ["DropConstraintOp"],
        ["AlterColumnOp"],
        ["AddColumnOp"],
        ["CreateForeignKeyOp"],
    ]
    assert expected == kinds(operations)
    assert ["t", "t", "v", "u"] == [one.table_name for one in operations]


def test_keys_of_other_columns_stay() -> None:
    """Only the keys of the given columns are taken out, and those to them."""
    own, foreign = keys()
    part = ModifyTableOps(
        "t", [DropConstraintOp.from_constraint(own), CreateForeignKeyOp.from_constraint(foreign)]
    )

    assert ([], []) == keys_taken_out([part], {(None, "t", "double"), ("other", "t", "a")})
    assert ["DropConstraintOp", "CreateForeignKeyOp"] == kinds(part.ops)

    dropped, added = keys_taken_out([part], {(None, "u", "r")})
    assert ([], [["CreateForeignKeyOp"]]) == (kinds(dropped), kinds(added))
    assert ["DropConstraintOp"] == kinds(part.ops)
