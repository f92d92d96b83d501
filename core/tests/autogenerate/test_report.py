"""The differences found by a comparison are described, object by object."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    DefaultClause,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from idiolect.autogenerate.report import Difference, differences, diffs_of, report_lines
from idiolect.operations import MigrateOperation
from idiolect.operations.ops import (
    AddColumnOp,
    AlterColumnOp,
    CreateTableCommentOp,
    ModifyTableOps,
    UpgradeOps,
)

PARENT = Table("parent", MetaData(), Column("id", Integer, primary_key=True))
CHILD = Table(
    "child",
    PARENT.metadata,
    Column("id", Integer, primary_key=True),
    Column("parent_id", ForeignKey("parent.id")),
    Column("name", String(10)),
    Column("twice", Integer, Computed("id * 2")),
    UniqueConstraint("name", name="uq"),
    CheckConstraint("id > 0", name="ck"),
    Index("ix", "name"),
    schema=None,
)
KEY = next(iter(CHILD.foreign_key_constraints))
UNIQUE, CHECK = (
    next(one for one in CHILD.constraints if one.name == name) for name in ("uq", "ck")
)
INDEX = next(iter(CHILD.indexes))


class Unspeakable(UserDefinedType[Any]):
    """A type without SQL."""

    def __repr__(self) -> str:
        return "Unspeakable()"


class Untold(MigrateOperation):
    """An operation of a program's own."""


def column(word: str, before: Any, after: Any) -> list[tuple[Any, ...]]:
    """Return the description of a changed column."""
    return [(word, "s", "t", "c", {}, before, after)]


@pytest.mark.parametrize(
    ("diff", "expected"),
    [
        pytest.param(
            ("add_table", CHILD),
            "table: missing in the database; the models have (id, parent_id, name, twice)",
            id="table-added",
        ),
        pytest.param(
            ("remove_table", PARENT),
            "table: not in the models; the database has (id)",
            id="table-removed",
        ),
        pytest.param(
            ("add_column", "s", "t", CHILD.c.twice),
            "column twice: missing in the database; the models have INTEGER GENERATED ALWAYS AS "
            "(id * 2)",
            id="column-added",
        ),
        pytest.param(
            ("remove_column", None, "t", Column("c", String(3), nullable=False)),
            "column c: not in the models; the database has VARCHAR(3) NOT NULL",
            id="column-removed",
        ),
        pytest.param(
            column("modify_type", String(3), Integer()),
            "column c type: VARCHAR(3) in the database, INTEGER in the models",
            id="type",
        ),
        pytest.param(
            column("modify_type", Unspeakable(), Integer()),
            "column c type: Unspeakable() in the database, INTEGER in the models",
            id="type-without-sql",
        ),
        pytest.param(
            column("modify_nullable", True, False),
            "column c nullable: NULL allowed in the database, NOT NULL in the models",
            id="nullable",
        ),
        pytest.param(
            column("modify_default", None, DefaultClause(text("now()\n + 1"))),
            "column c server default: nothing in the database, now() + 1 in the models",
            id="default",
        ),
        pytest.param(
            column("modify_comment", "old", None),
            "column c comment: old in the database, nothing in the models",
            id="comment",
        ),
        pytest.param(
            CreateTableCommentOp("t", "new", existing_comment="old").to_diff_tuple(),
            "comment: old in the database, new in the models",
            id="table-comment",
        ),
        pytest.param(
            ("add_index", INDEX),
            "index ix: missing in the database; the models have CREATE INDEX ix ON child (name)",
            id="index",
        ),
        pytest.param(
            ("remove_constraint", UNIQUE),
            "unique constraint uq: not in the models; the database has CONSTRAINT uq UNIQUE (name)",
            id="unique",
        ),
        pytest.param(
            ("add_constraint", CHECK),
            "check constraint ck: missing in the database; the models have CONSTRAINT ck CHECK "
            "(id > 0)",
            id="check",
        ),
        pytest.param(
            ("add_fk", KEY),
            "foreign key: missing in the database; the models have FOREIGN KEY(parent_id) "
            "REFERENCES parent (id)",
            id="foreign-key",
        ),
        pytest.param(
            ("add_view", "s", "v", "SELECT 1"),
            "view: missing in the database; the models have SELECT 1",
            id="of-a-plugin",
        ),
        pytest.param(
            ("change_view", "s", "v", "SELECT 1", "SELECT 2"),
            "view: SELECT 1 in the database, SELECT 2 in the models",
            id="of-a-plugin-changed",
        ),
        pytest.param(
            ("change_enum_type", None, "mood", ("a",), ("a", "b")),
            "enum type: (a) in the database, (a, b) in the models",
            id="values",
        ),
        pytest.param(
            ("add_sequence", Sequence("n", start=5)),
            "sequence: missing in the database; the models have CREATE SEQUENCE n START WITH 5",
            id="sequence",
        ),
        pytest.param(("odd",), "odd: it", id="of-no-form"),
        pytest.param(("execute", "SELECT 1", None), "execute: SELECT 1", id="statement"),
    ],
)
def test_each_kind_is_told(diff: Any, expected: str) -> None:
    """A sentence names the object and what both sides have."""
    assert [expected] == [one.sentence for one in differences([diff])]


def test_removed_and_added_is_changed() -> None:
    """An index that is removed and added under the same name is one difference."""
    wider = Table("child", MetaData(), Column("a", Integer), Column("b", Integer))
    other = Index("ix", wider.c.a, wider.c.b)

    found = differences([("remove_index", INDEX), ("add_index", other)])

    before, after = "CREATE INDEX ix ON child (name)", "CREATE INDEX ix ON child (a, b)"
    assert [Difference("changed", "index", None, "child", "ix", None, before, after)] == found


def test_created_again_unchanged() -> None:
    """An object that is only dropped for the sake of another is not told as different."""
    [found] = differences([("remove_index", INDEX), ("add_index", INDEX)])

    expected = "index ix: dropped and created again, unchanged: CREATE INDEX ix ON child (name)"
    assert expected == found.sentence


def test_nameless_constraints_stay_apart() -> None:
    """Unnamed constraints cannot be matched."""
    found = differences([("remove_fk", KEY), ("add_fk", KEY)])

    assert ["removed", "added"] == [one.change for one in found]


def test_sorted_below_their_tables() -> None:
    """Whatever the order of operations, lines are by schema, table, kind and name."""
    diffs = [
        ("add_view", None, "v", "SELECT 1"),
        ("add_index", INDEX),
        *column("modify_type", String(), Integer()),
        ("add_column", None, "child", Column("z", Integer)),
        ("add_column", None, "child", Column("b", Integer)),
    ]
    said = report_lines(differences(diffs))

    assert said == report_lines(differences(diffs[::-1]))
    assert [
        "5 differences between models and database:",
        "",
        "table child",
        "  column b: missing in the database; the models have INTEGER",
        "  column z: missing in the database; the models have INTEGER",
        "  index ix: missing in the database; the models have CREATE INDEX ix ON child (name)",
        "",
        "table s.t",
        "  column c type: VARCHAR in the database, INTEGER in the models",
        "",
        "view v",
        "  view: missing in the database; the models have SELECT 1",
    ] == said


def test_operations_without_a_tuple_are_named() -> None:
    """An operation added by a program is described by its class."""
    change = AlterColumnOp("t", "c", modify_nullable=False, existing_nullable=True)
    changes = ModifyTableOps("t", [AddColumnOp("t", Column("a", Integer)), change])
    found = diffs_of(UpgradeOps([changes, Untold()]))

    assert ["add_column", "modify_nullable", "Untold"] == [
        (each[0] if isinstance(each, list) else each)[0] for each in found
    ]


def test_types_of_users_are_told_in_sql() -> None:
    """A decorated type is shown as in the database."""

    class Decorated(TypeDecorator[Any]):
        impl: TypeEngine[Any] | type[TypeEngine[Any]] = String(7)
        cache_ok = True

    found = differences([column("modify_type", String(3), Decorated())])

    assert ["VARCHAR(7)"] == [one.models for one in found]


def test_a_renamed_column_is_told_as_one() -> None:
    """The report does not say that the attribute "name" differs."""
    found = Difference("changed", "column", None, "t", "nick", "name", "nick", "name")

    assert "column nick: renamed to name in the models" == found.sentence
