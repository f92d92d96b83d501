"""Columns changed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    DefaultClause,
    Enum,
    FetchedValue,
    Identity,
    Integer,
    MetaData,
    String,
    func,
    text,
)
from sqlalchemy.exc import CompileError
from sqlalchemy.types import NullType

from idiolect.ddl.impl import DefaultImpl
from idiolect.errors import OperationError
from idiolect.operations import ops

CHECKED = Enum("a", "b", name="en", native_enum=False, create_constraint=True)

CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({"existing_type": Integer()}, []),
    "nullable": ({"nullable": True}, ["ALTER TABLE t ALTER COLUMN c DROP NOT NULL"]),
    "not nullable": (
        {"nullable": False, "schema": "s"},
        ["ALTER TABLE s.t ALTER COLUMN c SET NOT NULL"],
    ),
    "name": ({"new_column_name": "My x"}, ['ALTER TABLE t RENAME c TO "My x"']),
    "type": ({"type_": String(5)}, ["ALTER TABLE t ALTER COLUMN c TYPE VARCHAR(5)"]),
    "type as a class": ({"type_": Integer}, ["ALTER TABLE t ALTER COLUMN c TYPE INTEGER"]),
    "default": ({"server_default": "it's"}, ["ALTER TABLE t ALTER COLUMN c SET DEFAULT 'it''s'"]),
    "default in SQL": (
        {"server_default": func.f(func.current_timestamp())},
        ["ALTER TABLE t ALTER COLUMN c SET DEFAULT f(CURRENT_TIMESTAMP)"],
    ),
    "default with a colon": (
        {"server_default": text(r"'\:x'")},
        ["ALTER TABLE t ALTER COLUMN c SET DEFAULT ':x'"],
    ),
    "default clause": (
        {"server_default": DefaultClause("q")},
        ["ALTER TABLE t ALTER COLUMN c SET DEFAULT 'q'"],
    ),
    "no default": (
        {"server_default": None, "existing_server_default": "x"},
        ["ALTER TABLE t ALTER COLUMN c DROP DEFAULT"],
    ),
    "default that the database makes": (
        {"type_": Integer(), "existing_server_default": FetchedValue()},
        ["ALTER TABLE t ALTER COLUMN c TYPE INTEGER"],
    ),
    "comment": ({"comment": "it's", "schema": "a.B"}, ["COMMENT ON COLUMN a.\"B\".t.c IS 'it''s'"]),
    "no comment": ({"comment": None}, ["COMMENT ON COLUMN t.c IS NULL"]),
    "all, the name last": (
        {
            "nullable": True,
            "new_column_name": "d",
            "type_": Integer(),
            "server_default": "1",
            "comment": "",
            "mssql_drop_default": True,
        },
        [
            "ALTER TABLE t ALTER COLUMN c DROP NOT NULL",
            "ALTER TABLE t ALTER COLUMN c SET DEFAULT '1'",
            "ALTER TABLE t ALTER COLUMN c TYPE INTEGER",
            "COMMENT ON COLUMN t.c IS ''",
            "ALTER TABLE t RENAME c TO d",
        ],
    ),
    "check of the new type": (
        {"type_": Boolean(create_constraint=True), "schema": "s"},
        ["ALTER TABLE s.t ALTER COLUMN c TYPE BOOLEAN", "ALTER TABLE s.t ADD CHECK (c IN (0, 1))"],
    ),
    "check of the old type": (
        {"type_": Integer(), "existing_type": CHECKED},
        ["ALTER TABLE t DROP CONSTRAINT en", "ALTER TABLE t ALTER COLUMN c TYPE INTEGER"],
    ),
    "check of the new type, by the new name": (
        {"type_": CHECKED, "new_column_name": "d"},
        [
            "ALTER TABLE t ALTER COLUMN c TYPE VARCHAR(1)",
            "ALTER TABLE t RENAME c TO d",
            "ALTER TABLE t ADD CONSTRAINT en CHECK (d IN ('a', 'b'))",
        ],
    ),
    "check of a type that stays": (
        {"nullable": True, "existing_type": CHECKED},
        ["ALTER TABLE t ALTER COLUMN c DROP NOT NULL"],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_alter_column(script: Any, changes: dict[str, Any], expected: list[str]) -> None:
    """alter_column() writes a statement for each thing that changes, in order."""
    script.op.alter_column("t", "c", **changes)
    assert script.statements == expected


def test_checks_of_types_are_named_by_the_convention(make_script: Any) -> None:
    """A naming convention names the checks of the old and the new type."""
    metadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})
    script = make_script(target_metadata=metadata)
    old = Boolean(name="bo", create_constraint=True)
    script.op.alter_column("t", "c", type_=CHECKED, existing_type=old)
    assert script.statements == [
        "ALTER TABLE t DROP CONSTRAINT ck_t_bo",
        "ALTER TABLE t ALTER COLUMN c TYPE VARCHAR(1)",
        "ALTER TABLE t ADD CONSTRAINT ck_t_en CHECK (c IN ('a', 'b'))",
    ]


@pytest.mark.parametrize(
    ("new", "old", "message"),
    [
        (Computed("a"), None, 'Adding or removing a "computed" construct, e.g. GENERATED ALWAYS'),
        (None, Computed("a"), 'Adding or removing a "computed"'),
        (Identity(), Computed("a"), 'Adding or removing a "computed"'),
        (Identity(), False, 'Adding, removing or modifying an "identity" construct, e.g. GEN'),
        (None, Identity(), 'Adding, removing or modifying an "identity"'),
        ("x", Identity(), 'Adding, removing or modifying an "identity"'),
    ],
    ids=["computed", "no more computed", "from computed", "identity", "no more", "to default"],
)
def test_what_has_no_common_sql_is_refused(script: Any, new: Any, old: Any, message: str) -> None:
    """A refusal is SQLAlchemy's CompileError too, and comes before anything is written."""
    with pytest.raises(OperationError, match=f"alter_column 'c' on table 't': {message}") as caught:
        script.op.alter_column(
            "t", "c", nullable=True, server_default=new, existing_server_default=old
        )
    assert CompileError in type(caught.value).__mro__
    assert str(caught.value) == caught.value.message
    assert script.text == ""


def test_autoincrement_is_warned_of(script: Any) -> None:
    """A flag that this dialect does not have is ignored with a warning."""
    with pytest.warns(UserWarning, match="change nothing on dialect 'default'"):
        script.op.alter_column("t", "c", nullable=True, autoincrement=True)
    assert script.statements == ["ALTER TABLE t ALTER COLUMN c DROP NOT NULL"]


def test_impl_of_a_dialect_takes_the_documented_arguments(make_script: Any) -> None:
    """An impl that overrides alter_column gets changes and facts by their documented names."""
    seen: dict[str, Any] = {}

    class Own(DefaultImpl):
        def alter_column(self, table_name: str, column_name: str, **kw: Any) -> None:
            seen.update(kw)

    make_script(Own).op.alter_column(
        "t", "c", new_column_name="d", existing_nullable=True, mysql_option=1
    )
    assert seen == {
        "schema": None,
        "nullable": None,
        "server_default": False,
        "name": "d",
        "type_": None,
        "comment": False,
        "existing_type": None,
        "existing_nullable": True,
        "existing_server_default": False,
        "existing_comment": None,
        "mysql_option": 1,
    }


BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "type by name": (
        {"type_": "INTEGER"},
        TypeError,
        "alter_column 'c' on table 't': a SQLAlchemy type is expected as type_, got 'INTEGER'",
    ),
    "existing type by name": ({"existing_type": 5}, TypeError, "expected as existing_type, got 5"),
    "type without SQL": ({"type_": NullType()}, OperationError, "alter_column 'c' on table 't'"),
    "default as a number": (
        {"server_default": 5},
        TypeError,
        "expected as server_default, got 5; write a value as text, such as '5'",
    ),
    "default that the database makes": ({"server_default": FetchedValue()}, TypeError, "Fetched"),
    "parameter": (
        {"server_default": text("':x'")},
        OperationError,
        "server_default has a parameter ':x' without a value",
    ),
    "comment as a number": ({"comment": 5}, TypeError, "text or None is expected as comment"),
    "argument of the impl": ({"name": "x"}, TypeError, "unknown argument 'name'"),
    "check without a name": (
        {"type_": Integer(), "existing_type": Boolean(create_constraint=True)},
        OperationError,
        "without a name cannot be dropped .table 't', CheckConstraint",
    ),
}


@pytest.mark.parametrize(("changes", "error", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_names_operation_and_table(
    script: Any, changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    """A wrong argument raises an OperationError with a standard base class, and writes nothing."""
    with pytest.raises(error, match=message) as caught:
        script.op.alter_column("t", "c", **changes)
    assert isinstance(caught.value, OperationError)
    assert script.text == ""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nullabe": True}, "the argument 'nullabe' is unknown and changes .* mean 'nullable'?"),
        ({"on_update": "x"}, "'c' on table 't': the argument 'on_update' is unknown and changes"),
    ],
    ids=["misspelt", "no such argument"],
)
def test_an_unknown_argument_is_told_and_ignored(
    script: Any, changes: dict[str, Any], message: str
) -> None:
    """Published histories have misspelt arguments, and run again as they ran."""
    with pytest.warns(UserWarning, match=message):
        script.op.alter_column("t", "c", new_column_name="d", **changes)
    assert script.text == "ALTER TABLE t RENAME c TO d;\n\n"


def test_a_column_stands_for_its_name(script: Any) -> None:
    """Published revisions hand over the column itself."""
    script.op.alter_column("t", Column("c", Integer), new_column_name="d")

    assert script.text == "ALTER TABLE t RENAME c TO d;\n\n"


def test_column_is_a_name(script: Any) -> None:
    """Anything but a name is rejected."""
    with pytest.raises(TypeError, match="a column's name is expected as column_name, got None"):
        script.op.alter_column("t", None, nullable=True)


FULL: dict[str, Any] = {
    "existing_type": Integer(),
    "existing_nullable": True,
    "existing_server_default": "1",
    "existing_comment": "old",
    "modify_type": String(),
    "modify_nullable": False,
    "modify_server_default": "2",
    "modify_comment": "new",
    "modify_name": "d",
    "existing_autoincrement": True,
    "modify_autoincrement": False,
    "autoincrement": True,
}


def test_reverse_exchanges_old_and_new() -> None:
    """What is modified becomes what exists, the name too; twice is the same again."""
    operation = ops.AlterColumnOp("t", "c", schema="s", **FULL)
    back = operation.reverse()
    assert (back.table_name, back.schema, back.column_name, back.modify_name) == (
        "t",
        "s",
        "d",
        "c",
    )
    assert (back.modify_type, back.existing_type) == (FULL["existing_type"], FULL["modify_type"])
    assert (back.modify_nullable, back.existing_nullable) == (True, False)
    assert (back.modify_server_default, back.existing_server_default) == ("1", "2")
    assert (back.modify_comment, back.existing_comment) == ("old", "new")
    assert back.kw == {
        **operation.kw,
        "existing_autoincrement": False,
        "modify_autoincrement": True,
    }
    assert vars(back.reverse()) == vars(operation)


def test_reverse_leaves_what_does_not_change() -> None:
    """Facts that are only known stay known."""
    operation = ops.AlterColumnOp("t", "c", existing_type=Integer(), existing_nullable=False)
    assert vars(operation.reverse()) == vars(operation)


def test_reverse_needs_what_was_before() -> None:
    """A change without the existing value has no reverse; the error is also a ValueError."""
    with pytest.raises(ValueError, match="not reversible; existing_own is not given"):
        ops.AlterColumnOp("t", "c", modify_own=1).reverse()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"existing_type": Integer(), "autoincrement": True}, False),
        *(({name: FULL[name]}, True) for name in FULL if name.startswith("modify_")),
        ({"modify_server_default": None}, True),
        ({"modify_comment": None}, True),
    ],
)
def test_has_changes(changes: dict[str, Any], expected: bool) -> None:
    """Anything modified is a change, None among it where None removes something."""
    assert ops.AlterColumnOp("t", "c", **changes).has_changes() is expected


def test_diff_tuples() -> None:
    """Each change is a tuple with what else is known, the value before and the one after."""
    before = {name: value for name, value in FULL.items() if name.startswith("existing_")}
    del before["existing_autoincrement"]

    def known(without: str) -> dict[str, Any]:
        return {name: value for name, value in before.items() if name != without}

    place = ("s", "t", "c")
    assert ops.AlterColumnOp("t", "c", schema="s", **FULL).to_diff_tuple() == [
        ("modify_type", *place, known("existing_type"), FULL["existing_type"], FULL["modify_type"]),
        ("modify_nullable", *place, known("existing_nullable"), True, False),
        ("modify_default", *place, known("existing_server_default"), "1", "2"),
        ("modify_comment", *place, known("existing_comment"), "old", "new"),
        ("modify_name", *place, before, "c", "d"),
    ]
