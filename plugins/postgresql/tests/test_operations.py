"""EXCLUDE constraints, PostgreSQL's own operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.sql import column

from idiolect.errors import OperationError
from idiolect.operations.ops import AddConstraintOp, DropConstraintOp
from idiolect_postgresql.operations import CreateExcludeConstraintOp

if TYPE_CHECKING:
    import io

    from idiolect.operations import Operations

HEAD = "ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING"
OTHER = Table("o", MetaData(), Column("A", Integer))

ELEMENTS: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "name": ((("a", "="),), {}, f"{HEAD} gist (a WITH =)"),
    "names to quote": (
        (("My Col", "="), (column("B"), "&&")),
        {"where": '"B" > 5', "using": "btree"},
        f'{HEAD} btree ("My Col" WITH =, "B" WITH &&) WHERE ("B" > 5)',
    ),
    "expressions": (
        ((func.lower(column("a")), "="), (text("(a + b)"), "<>")),
        {"where": column("B") > 5},
        f'{HEAD} gist (lower(a) WITH =, (a + b) WITH <>) WHERE ("B" > 5)',
    ),
    "another table's column": (
        ((OTHER.c.A, "="),),
        {"where": OTHER.c.A > 5},
        f'{HEAD} gist ("A" WITH =) WHERE ("A" > 5)',
    ),
    "further words": (
        (("a", "="),),
        {"ops": {"a": "text_ops"}, "deferrable": True, "initially": "DEFERRED"},
        f"{HEAD} gist (a text_ops WITH =) DEFERRABLE INITIALLY DEFERRED",
    ),
}


@pytest.mark.parametrize(("elements", "options", "expected"), ELEMENTS.values(), ids=ELEMENTS)
def test_create_exclude_constraint(
    offline: Operations,
    buffer: io.StringIO,
    elements: tuple[Any, ...],
    options: dict[str, Any],
    expected: str,
) -> None:
    """The directive writes elements, condition and other options."""
    offline.create_exclude_constraint("ex", "t", *elements, **options)
    assert buffer.getvalue() == f"{expected};\n\n"


def test_schema_is_written(offline: Operations, buffer: io.StringIO) -> None:
    """The table name is qualified by the schema."""
    offline.create_exclude_constraint("ex", "t", ("a", "="), schema="My s")
    assert buffer.getvalue().startswith('ALTER TABLE "My s".t ADD CONSTRAINT ex EXCLUDE')


@pytest.mark.parametrize(
    ("elements", "options", "message"),
    [
        ((), {}, "create_exclude_constraint 'ex' on table 't': at least one element is required"),
        (("a",), {}, "an element is a pair .* got 'a'"),
        ((("a", "=", 1),), {}, "an element is a pair"),
        ((("a", "="),), {"usin": "gist"}, "unknown argument 'usin'; there are 'where', 'schema'"),
    ],
    ids=["none", "no pair", "three", "misspelt"],
)
def test_bad_input_is_told(
    offline: Operations, elements: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    """A wrong element or argument is named, with the constraint and its table."""
    with pytest.raises(OperationError, match=message):
        offline.create_exclude_constraint("ex", "t", *elements, **options)


def test_object_reverses(offline: Operations, buffer: io.StringIO) -> None:
    """An operation from a constraint is complete; it can be dropped by name and added again."""
    constraint = ExcludeConstraint(
        ("a", "="), (column("B"), "&&"), name="ex", where="a > 5", ops={"a": "text_ops"}
    )
    Table("t", MetaData(), Column("a", Integer), Column("B", Integer), constraint, schema="s")
    added = AddConstraintOp.from_constraint(constraint)
    assert isinstance(added, CreateExcludeConstraintOp)
    dropped = added.reverse()
    assert isinstance(dropped, DropConstraintOp)
    assert (dropped.constraint_name, dropped.constraint_type, dropped.schema) == ("ex", None, "s")
    assert added.to_diff_tuple()[0] == "add_constraint"
    for operation in (added, dropped.reverse(), dropped):
        offline.invoke(operation)
    created = (
        "ALTER TABLE s.t ADD CONSTRAINT ex EXCLUDE USING gist "
        '(a text_ops WITH =, "B" WITH &&) WHERE (a > 5);\n\n'
    )
    assert buffer.getvalue() == created * 2 + "ALTER TABLE s.t DROP CONSTRAINT ex;\n\n"


def test_documented_path_leads_here() -> None:
    """The documented module has the operation's class."""
    from idiolect.ddl import postgresql

    assert postgresql.CreateExcludeConstraintOp is CreateExcludeConstraintOp
