"""Foreign key signatures: the target is the same however the model specifies it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, MetaData, Table

from idiolect.ddl.signatures import foreign_key_signature


def _constraint(metadata: MetaData, target: Any, *, resolve: bool) -> ForeignKeyConstraint:
    made = Table("child", metadata, Column("ref", Integer, ForeignKey(target)))
    (constraint,) = made.foreign_key_constraints
    if resolve:
        _ = constraint.referred_table
    return constraint


@pytest.mark.parametrize("resolve", [False, True])
@pytest.mark.parametrize(
    ("schema", "target", "expected"),
    [
        (None, "parent.k", ("", "parent", "id")),
        ("app", "parent.k", ("app", "parent", "id")),
        ("app", "app.parent.k", ("app", "parent", "id")),
        ("public", "parent.k", ("", "parent", "id")),
        (None, "public.parent.k", ("", "parent", "id")),
    ],
    ids=["plain", "schema of the MetaData", "schema of both", "default", "named default"],
)
def test_target_of_a_foreign_key(
    schema: str | None, target: str, expected: tuple[str, str, str], resolve: bool
) -> None:
    """The target has the schema of its table and the name of its column, resolved or not."""
    metadata = MetaData(schema=schema)
    parents = "public" if target.startswith("public") else schema
    Table("parent", metadata, Column("id", Integer, key="k", primary_key=True), schema=parents)
    constraint = _constraint(metadata, target, resolve=resolve)

    assert (("ref", expected),) == foreign_key_signature(constraint, "public")[0]


def test_target_given_as_a_column() -> None:
    """The column of another MetaData, whose table has a dot in its name, is used unchanged."""
    other = Table("par.ent", MetaData(), Column("id", Integer, key="k"), schema="app")
    constraint = _constraint(MetaData(schema="own"), other.c.k, resolve=False)

    assert (("ref", ("app", "par.ent", "id")),) == foreign_key_signature(constraint, None)[0]


def test_target_that_is_not_in_the_models() -> None:
    """An unresolvable target keeps its text, and the schema of its MetaData."""
    constraint = _constraint(MetaData(schema="app"), "absent.id", resolve=False)

    assert (("ref", ("app", "absent", "id")),) == foreign_key_signature(constraint, None)[0]
