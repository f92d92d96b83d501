"""Tables that go leave after the foreign keys to them, and only then."""

from __future__ import annotations

from typing import Any

import pytest

from idiolect.autogenerate.compare.order import drop_referred_tables_last
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
