"""Tables come before the foreign keys to them and leave after them, and only then."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table
from sqlalchemy.engine.default import DefaultDialect

from idiolect.autogenerate.compare.order import (
    drop_indexes_with_tables,
    drop_referred_tables_last,
    separate_key_cycles,
)
from idiolect.operations import ops


def drop(name: str) -> ops.DropTableOp:
    """Return the operation that drops a table."""
    return ops.DropTableOp(name)


def drop_index(table: str) -> ops.ModifyTableOps:
    """Return the operations that drop an index of a table."""
    return ops.ModifyTableOps(table, [ops.DropIndexOp("ix", table)])


def change(table: str, *referred: str) -> ops.ModifyTableOps:
    """Return the operations that drop foreign keys of a table."""
    keys = [ops.CreateForeignKeyOp("fk", table, other, ["a"], ["b"]) for other in referred]
    return ops.ModifyTableOps(table, [key.reverse() for key in keys])


A, B, INDEX, CHANGE = drop("a"), drop("b"), drop_index("b"), change("c", "b")
PLAIN, OTHER = change("c"), change("c", "x")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([A, B, CHANGE], [CHANGE, A, B]),
        ([INDEX, B, A, CHANGE, PLAIN], [CHANGE, PLAIN, INDEX, B, A]),
        ([A, B, PLAIN], [A, B, PLAIN]),
        ([A, INDEX, B, OTHER], [A, INDEX, B, OTHER]),
        ([], []),
    ],
    ids=["foreign key", "with its index", "no foreign key", "to a table that stays", "nothing"],
)
def test_tables_that_go(found: list[Any], expected: list[Any]) -> None:
    """All of them move together, as they may refer to each other."""
    operations = list(found)
    drop_referred_tables_last(operations)
    assert expected == operations


def circle(**options: Any) -> MetaData:
    """Return two tables that refer to each other."""
    metadata = MetaData()
    for name, other in (("a", "b"), ("b", "a")):
        Table(
            name,
            metadata,
            Column("id", Integer, primary_key=True),
            Column("other", ForeignKey(f"{other}.id", **options)),
        )
    return metadata


def told(operations: list[Any]) -> list[str]:
    """Return operations in short, with the number of foreign keys in a table."""
    words = []
    for one in operations:
        if isinstance(one, ops.ModifyTableOps):
            words += told(one.ops)
        elif isinstance(one, (ops.CreateTableOp, ops.DropTableOp)):
            keys = len(one.to_table().foreign_key_constraints)
            words.append(f"{type(one).__name__} {one.table_name} {keys}")
        else:
            words.append(f"{type(one).__name__} {getattr(one, 'constraint_name', '')}")
    return words


@pytest.mark.parametrize(
    ("alters", "options", "expected"),
    [
        pytest.param(
            True,
            {},
            ["CreateTableOp a 0", "CreateTableOp b 1", "CreateForeignKeyOp fk_a_other"],
            id="circle",
        ),
        pytest.param(
            True,
            {"use_alter": True},
            [
                "CreateTableOp a 0",
                "CreateTableOp b 0",
                "CreateForeignKeyOp fk_a_other",
                "CreateForeignKeyOp fk_b_other",
            ],
            id="use-alter",
        ),
        pytest.param(
            False, {}, ["CreateTableOp a 1", "CreateTableOp b 1"], id="database-that-cannot"
        ),
    ],
)
def test_new_tables_come_before_keys_that_close_a_circle(
    alters: bool, options: dict[str, Any], expected: list[str]
) -> None:
    """And go after them, in the reverse."""
    dialect = DefaultDialect()
    dialect.supports_alter = alters
    operations: list[Any] = [
        ops.CreateTableOp.from_table(table) for table in circle(**options).tables.values()
    ]
    separate_key_cycles(operations, dialect)
    undone = told(ops.UpgradeOps(operations).reverse().ops)

    assert expected == told(operations)
    assert [each.split()[1] for each in expected[::-1]] == [each.split()[1] for each in undone]


def test_tables_that_go_are_released_from_a_circle_first() -> None:
    """The downgrade creates the tables, then the key."""
    metadata = circle(name="k")
    operations: list[Any] = [
        ops.DropTableOp.from_table(table) for table in metadata.tables.values()
    ]
    separate_key_cycles(operations, DefaultDialect())

    assert ["DropConstraintOp k", "DropTableOp a 1", "DropTableOp b 0"] == told(operations)
    assert ["CreateTableOp b 0", "CreateTableOp a 1", "CreateForeignKeyOp k"] == told(
        ops.UpgradeOps(operations).reverse().ops
    )


def test_indexes_go_with_their_table() -> None:
    """Indexes of other tables are dropped as usual."""
    operations: list[Any] = [drop_index("b"), drop_index("c"), drop("b"), change("b", "a")]
    drop_indexes_with_tables(operations)

    assert ["DropIndexOp ", "DropTableOp b 0", "DropConstraintOp fk"] == told(operations)
