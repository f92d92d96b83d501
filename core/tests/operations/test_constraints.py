"""Constraints added and dropped, as directives and as objects."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    func,
)
from sqlalchemy.sql import column, table, text
from sqlalchemy.sql.elements import quoted_name

from idiolect.ddl.impl import DefaultImpl
from idiolect.errors import OperationError
from idiolect.operations import ops
from idiolect.operations.schemaobj import SchemaObjects

ADDED: dict[str, tuple[Any, str]] = {
    "primary key": (
        lambda op: op.create_primary_key("pk", "t", ["a", "B"], schema="s"),
        'ALTER TABLE s.t ADD CONSTRAINT pk PRIMARY KEY (a, "B")',
    ),
    "primary key without a name": (
        lambda op: op.create_primary_key(None, "t", "ab"),
        "ALTER TABLE t ADD PRIMARY KEY (ab)",
    ),
    "unique": (
        lambda op: op.create_unique_constraint(
            "uq", "t", ["a", "b"], deferrable=True, initially="DEFERRED", schema="a.b"
        ),
        'ALTER TABLE "a.b".t ADD CONSTRAINT uq UNIQUE (a, b) DEFERRABLE INITIALLY DEFERRED',
    ),
    "check as an expression": (
        lambda op: op.create_check_constraint("ck", "t", func.len(column("name")) > 5),
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (len(name) > 5)",
    ),
    "check of another table's column": (
        lambda op: op.create_check_constraint(
            "ck",
            "t",
            Table("o", MetaData(), Column("a", Integer)).c.a > table("p", column("b")).c.b,
        ),
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > b)",
    ),
    "check as text": (
        lambda op: op.create_check_constraint(
            "ck", "t", r"a = '\:x' OR 1 % 2 = 1", schema=quoted_name("a.b", quote=True)
        ),
        "ALTER TABLE \"a.b\".t ADD CONSTRAINT ck CHECK (a = ':x' OR 1 % 2 = 1)",
    ),
    "foreign key": (
        lambda op: op.create_foreign_key("fk", "t", "u", ["a", "b"], ["c", "D"]),
        'ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(a, b) REFERENCES u (c, "D")',
    ),
    "foreign key with every option": (
        lambda op: op.create_foreign_key(
            "fk",
            "t",
            "t",
            ["a"],
            ["b"],
            onupdate="CASCADE",
            ondelete="SET NULL",
            deferrable=False,
            initially="IMMEDIATE",
            match="FULL",
            source_schema="s",
            referent_schema="r",
            postgresql_not_valid=True,
        ),
        (
            "ALTER TABLE s.t ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES r.t (b) MATCH FULL "
            "ON DELETE SET NULL ON UPDATE CASCADE NOT DEFERRABLE INITIALLY IMMEDIATE"
        ),
    ),
    "foreign key to itself, crosswise": (
        lambda op: op.create_foreign_key(None, "t", "t", ["a", "b"], ["b", "a"]),
        "ALTER TABLE t ADD FOREIGN KEY(a, b) REFERENCES t (b, a)",
    ),
    "foreign key to names with dots": (
        lambda op: op.create_foreign_key("fk", "t", "u.v", ["a"], ["b.c"]),
        'ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES "u.v" ("b.c")',
    ),
    "drop": (
        lambda op: op.drop_constraint("Ck", "t", "check", schema="s", if_exists=True),
        'ALTER TABLE s.t DROP CONSTRAINT IF EXISTS "Ck"',
    ),
    "drop of a kind that has no name": (
        lambda op: op.drop_constraint("x", "t"),
        "ALTER TABLE t DROP CONSTRAINT x",
    ),
}


@pytest.mark.parametrize(("use", "expected"), ADDED.values(), ids=ADDED.keys())
def test_directives(script: Any, use: Any, expected: str) -> None:
    """Each directive writes one statement."""
    use(script.op)
    assert script.statements == [expected]


CONVENTION = {
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
NAMED: dict[str, tuple[Any, str]] = {
    "pk": (lambda op: op.create_primary_key(None, "t", ["a"]), "pk_t"),
    "uq": (lambda op: op.create_unique_constraint(None, "t", ["a"]), "uq_t_a"),
    "fk": (lambda op: op.create_foreign_key(None, "t", "u", ["a"], ["b"]), "fk_t_a_u"),
    "ck": (lambda op: op.create_check_constraint("x", "t", "a > 1"), "ck_t_x"),
    "final": (lambda op: op.create_check_constraint(op.f("x"), "t", "a > 1"), "x"),
    "drop ck": (lambda op: op.drop_constraint("x", "t", type_="check"), "ck_t_x"),
    "drop final": (lambda op: op.drop_constraint(op.f("x"), "t", type_="check"), "x"),
    "drop pk": (lambda op: op.drop_constraint(None, "t", type_="primary"), "pk_t"),
}


@pytest.mark.parametrize(("use", "expected"), NAMED.values(), ids=NAMED.keys())
def test_naming_convention(make_script: Any, use: Any, expected: str) -> None:
    """The target metadata's convention names what has no name, and every check not final."""
    script = make_script(target_metadata=MetaData(naming_convention=CONVENTION))
    use(script.op)
    (statement,) = script.statements
    assert f" CONSTRAINT {expected}" in f"{statement} "


def test_check_on_a_model_is_named_by_it(make_script: Any) -> None:
    """The convention of the model's metadata is applied first, and the model is not changed."""
    models = MetaData(naming_convention={"ck": "model_%(table_name)s_%(constraint_name)s"})
    model = Table("t", models, Column("a", Integer))
    before = set(model.constraints)
    script = make_script(target_metadata=MetaData(naming_convention=CONVENTION))
    script.op.create_check_constraint("x", "t", model.c.a > 1)
    script.op.create_check_constraint(script.op.f("y"), "u", model.c.a > 1)
    assert script.statements == [
        "ALTER TABLE t ADD CONSTRAINT model_t_x CHECK (a > 1)",
        "ALTER TABLE u ADD CONSTRAINT y CHECK (a > 1)",
    ]
    assert before == model.constraints


def _table() -> Table:
    return Table(
        "t",
        MetaData(),
        Column("a", Integer),
        Column("b", Integer),
        PrimaryKeyConstraint("a", name="pk"),
        UniqueConstraint("a", "b", name="uq", deferrable=True, sqlite_on_conflict="IGNORE"),
        CheckConstraint("a > 1", name="ck", initially="DEFERRED"),
        ForeignKeyConstraint(
            ["a"], ["r.u.id"], name="fk", onupdate="CASCADE", match="FULL", use_alter=True
        ),
        schema="s",
    )


KINDS = {
    "pk": ("primarykey", "primary", "add_constraint", "remove_constraint"),
    "uq": ("unique", "unique", "add_constraint", "remove_constraint"),
    "ck": ("check", "check", "add_constraint", "remove_constraint"),
    "fk": ("foreignkey", "foreignkey", "add_fk", "remove_fk"),
}


@pytest.mark.parametrize(("name", "words"), KINDS.items(), ids=KINDS.keys())
def test_objects_made_from_constraints_reverse(
    script: Any, name: str, words: tuple[str, str, str, str]
) -> None:
    """An operation from a constraint is complete, and so is the reverse of its reverse."""
    (constraint,) = (each for each in _table().constraints if each.name == name)
    added = ops.AddConstraintOp.from_constraint(constraint)
    dropped = added.reverse()
    assert words == (
        added.constraint_type,
        dropped.constraint_type,
        added.to_diff_tuple()[0],
        dropped.to_diff_tuple()[0],
    )
    assert (dropped.constraint_name, dropped.table_name, dropped.schema) == (name, "t", "s")
    assert added.to_constraint() is not constraint

    script.op.invoke(added)
    script.op.invoke(dropped.reverse())
    script.op.invoke(dropped)

    first, second, third = script.statements
    assert first == second
    assert third == f"ALTER TABLE s.t DROP CONSTRAINT {name}"


def test_foreign_key_keeps_its_facts() -> None:
    """The options of a foreign key are kept in the operation."""
    (constraint,) = (each for each in _table().constraints if each.name == "fk")
    operation = ops.CreateForeignKeyOp.from_constraint(constraint)
    assert (operation.source_table, operation.referent_table) == ("t", "u")
    assert (operation.local_cols, operation.remote_cols) == (["a"], ["id"])
    assert operation.kw == {
        "onupdate": "CASCADE",
        "use_alter": True,
        "match": "FULL",
        "source_schema": "s",
        "referent_schema": "r",
    }


def test_dropping_follows_what_was_changed_of_it() -> None:
    """A name set on the operation later applies to the constraint and to the reverse."""
    constraint = SchemaObjects().unique_constraint("uq", "t", ["a"])
    operation = ops.DropConstraintOp.from_constraint(constraint)
    operation.constraint_name, operation.schema = "other", "s"
    assert operation.to_constraint().name == "other"
    assert operation.to_constraint().table.schema == "s"
    again = operation.reverse()
    assert isinstance(again, ops.CreateUniqueConstraintOp)
    assert (again.constraint_name, again.schema, again.columns) == ("other", "s", ["a"])


def test_options_added_to_an_operation_reach_its_reverse() -> None:
    """Dialect options can be added to an existing operation."""
    operation = ops.AddConstraintOp.from_constraint(
        SchemaObjects().unique_constraint("uq", "t", ["a"])
    )
    assert isinstance(operation, ops.CreateUniqueConstraintOp)
    operation.kw["sqlite_on_conflict"] = "IGNORE"
    for made in (operation.to_constraint(), operation.reverse().to_constraint()):
        assert made.dialect_kwargs["sqlite_on_conflict"] == "IGNORE"


def test_further_kind_of_constraint_can_be_registered() -> None:
    """A class registered for a kind creates the operations of that kind."""

    class Odd(UniqueConstraint):
        __visit_name__ = "odd_constraint"

    class AddOdd(ops.AddConstraintOp):
        constraint_type = "odd"

        @classmethod
        def from_constraint(cls, constraint: Any) -> AddOdd:  # noqa: ARG003 - as documented
            return cls()

    with pytest.raises(ValueError, match="odd_constraint"):
        ops.AddConstraintOp.from_constraint(Odd("a"))
    assert ops.AddConstraintOp.register_add_constraint("odd_constraint")(AddOdd) is AddOdd
    assert isinstance(ops.AddConstraintOp.from_constraint(Odd("a")), AddOdd)
    with pytest.raises(NotImplementedError, match="AddOdd has no to_constraint"):
        AddOdd().to_constraint()
    with pytest.raises(NotImplementedError, match="AddConstraintOp does not define"):
        _ = ops.AddConstraintOp().constraint_type


BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "no column": (
        lambda op: op.create_unique_constraint("uq", "t", []),
        TypeError,
        "create_unique_constraint 'uq' on table 't': columns names no column",
    ),
    "column object": (
        lambda op: op.create_primary_key("pk", "t", [Column("a", Integer)]),
        TypeError,
        "create_primary_key 'pk' on table 't': names of columns are expected as columns",
    ),
    "columns that do not match": (
        lambda op: op.create_foreign_key("fk", "t", "u", ["a"], ["b", "c"]),
        OperationError,
        "create_foreign_key 'fk' on table 't': .*must match the number",
    ),
    "no referent": (
        lambda op: op.create_foreign_key("fk", "t", None, ["a"], ["b"]),
        TypeError,
        "a table's name is expected as referent_table, got None",
    ),
    "unknown argument": (
        lambda op: op.create_foreign_key("fk", "t", "u", ["a"], ["b"], on_delete="CASCADE"),
        TypeError,
        "create_foreign_key 'fk' on table 't': unknown argument 'on_delete'. Did you mean",
    ),
    "no condition": (
        lambda op: op.create_check_constraint("ck", "t", 5),
        OperationError,
        "create_check_constraint 'ck' on table 't': .*got 5",
    ),
    "parameter": (
        lambda op: op.create_check_constraint("ck", "t", text("a = ':x'")),
        OperationError,
        r"create_check_constraint 'ck' on table 't': the condition has a parameter ':x'",
    ),
    "unknown kind": (
        lambda op: op.drop_constraint("x", "t", "primarykey"),
        TypeError,
        "drop_constraint 'x' on table 't': 'type' can be one of 'check', .*got 'primarykey'",
    ),
    "drop without a name": (
        lambda op: op.drop_constraint(None, "t", "unique"),
        OperationError,
        r"without a name cannot be dropped \(table 't', UniqueConstraint\)",
    ),
}


@pytest.mark.parametrize(("use", "error", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_names_operation_and_table(
    script: Any, use: Any, error: type[Exception], message: str
) -> None:
    """A wrong argument raises an OperationError with a standard base class, and writes nothing."""
    with pytest.raises(error, match=message) as caught:
        use(script.op)
    assert isinstance(caught.value, OperationError)
    assert script.text == ""


def test_constraint_dropped_by_name_cannot_be_added_back() -> None:
    """A constraint known by name only has no reverse; the error is a ValueError too."""
    operation = ops.DropConstraintOp("x", "t", type_="unique")
    for use in (operation.reverse, operation.to_constraint, operation.to_diff_tuple):
        with pytest.raises(ValueError, match=r"constraint cannot be produced.*'x' on table 't'"):
            use()


def test_impl_gets_only_options_that_were_given(make_script: Any) -> None:
    """An impl that predates ``if_exists`` works as long as it is not used."""

    class Old(DefaultImpl):
        def drop_constraint(self, const: Any) -> None:  # type: ignore[override]
            self.static_output(f"old {const.name}")

    script = make_script(Old)
    script.op.drop_constraint("x", "t")
    assert script.statements == ["old x"]
