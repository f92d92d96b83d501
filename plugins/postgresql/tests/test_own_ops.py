"""Operations on types and sequences: their statements, their code, and what undoes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.autogenerate import render_python_code
from idiolect.migration import MigrationContext
from idiolect.operations import ops
from idiolect_postgresql.catalogue import TypeColumn
from idiolect_postgresql.own_ops import ChangeEnumOp, CreateSequenceOp

if TYPE_CHECKING:
    import io

    from idiolect.operations import MigrateOperation, Operations

USED = (
    TypeColumn(None, "t", "mood", False, "'a'::mood"),
    TypeColumn("other", "Big", "moods", True, None),
)

CHANGES: dict[str, tuple[ChangeEnumOp, list[str]]] = {
    "made": (
        ChangeEnumOp("mood", None, ("a", "it's")),
        ["CREATE TYPE mood AS ENUM ('a', 'it''s')"],
    ),
    "made-with-a-table": (ChangeEnumOp("mood", None, ("a",), with_table=True), []),
    "dropped": (ChangeEnumOp("Mood", ("a",), None, schema="s"), ['DROP TYPE s."Mood"']),
    "first": (
        ChangeEnumOp("mood", ("b",), ("a", "b")),
        ["ALTER TYPE mood ADD VALUE 'a' BEFORE 'b'"],
    ),
    "several": (
        ChangeEnumOp("mood", ("b",), ("a", "b", "c", "d"), schema="s"),
        [
            "ALTER TYPE s.mood ADD VALUE 'a' BEFORE 'b'",
            "ALTER TYPE s.mood ADD VALUE 'c' AFTER 'b'",
            "ALTER TYPE s.mood ADD VALUE 'd' AFTER 'c'",
        ],
    ),
    "among-values-in-another-order": (
        ChangeEnumOp("mood", ("c", "a"), ("a", "b", "c")),
        ["ALTER TYPE mood ADD VALUE 'b' AFTER 'a'"],
    ),
    "reordered": (
        ChangeEnumOp("mood", ("c", "a"), ("a", "c")),
        [
            "ALTER TYPE mood RENAME TO mood_old",
            "CREATE TYPE mood AS ENUM ('a', 'c')",
            "DROP TYPE mood_old",
        ],
    ),
    "taken-away": (
        ChangeEnumOp("mood", ("a", "b"), ("a",), columns=USED),
        [
            "ALTER TYPE mood RENAME TO mood_old",
            "CREATE TYPE mood AS ENUM ('a')",
            "ALTER TABLE t ALTER COLUMN mood DROP DEFAULT",
            "ALTER TABLE t ALTER COLUMN mood TYPE mood USING mood::text::mood",
            "ALTER TABLE t ALTER COLUMN mood SET DEFAULT 'a'::mood",
            'ALTER TABLE other."Big" ALTER COLUMN moods TYPE mood[] USING moods::text[]::mood[]',
            "DROP TYPE mood_old",
        ],
    ),
}


def rendered(*operations: MigrateOperation) -> list[str]:
    """Return the code of operations, line by line."""
    context = MigrationContext.configure(dialect_name="postgresql")
    code = render_python_code(ops.UpgradeOps(list(operations)), migration_context=context)
    return [line.removeprefix("    ") for line in code.splitlines()[1:-1]]


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_statements_of_a_type(change: ChangeEnumOp, expected: list[str]) -> None:
    """A type is created, extended in place, dropped, or else replaced."""
    assert expected == change.statements()
    assert (change.after, change.before) == (change.reverse().before, change.reverse().after)


def test_statements_are_sent(offline: Operations, buffer: io.StringIO) -> None:
    """A program that invokes the operation sends them; a colon is no parameter."""
    offline.invoke(ChangeEnumOp("mood", ("a",), ("a", ":b", "c")))

    assert [
        "ALTER TYPE mood ADD VALUE ':b' AFTER 'a';",
        "ALTER TYPE mood ADD VALUE 'c' AFTER ':b';",
    ] == [line for line in buffer.getvalue().splitlines() if line]


def test_a_value_that_has_to_be_committed(offline: Operations, buffer: io.StringIO) -> None:
    """It is outside of the transaction, in a script and in code; other changes are not."""
    change = ChangeEnumOp("mood", ("a",), ("a", "b"), autocommit=True)
    offline.get_context().impl.emit_begin()
    with offline.get_context().begin_transaction(_per_migration=True):
        offline.invoke(change)

    script = buffer.getvalue()
    assert script.index("COMMIT") < script.index("ADD VALUE") < script.rindex("BEGIN")
    assert [
        "with op.get_context().autocommit_block():",
        "    op.execute(\"ALTER TYPE mood ADD VALUE 'b' AFTER 'a'\")",
    ] == rendered(change)
    assert not change.reverse().needs_autocommit


SEQUENCES: dict[str, tuple[sa.Sequence, str]] = {
    "plain": (sa.Sequence("counter"), "'counter'"),
    "options": (
        sa.Sequence("counter", start=5, increment=-1, cycle=True, schema="s"),
        "'counter', start=5, increment=-1, cycle=True, schema='s'",
    ),
    "type": (
        sa.Sequence("counter", data_type=sa.SmallInteger()),
        "'counter', data_type=sa.SmallInteger()",
    ),
}


@pytest.mark.parametrize(("sequence", "arguments"), SEQUENCES.values(), ids=SEQUENCES)
def test_code_of_a_sequence(sequence: sa.Sequence, arguments: str) -> None:
    """It is created and dropped through the documented API only."""
    create = CreateSequenceOp(sequence)
    schema = f", schema={sequence.schema!r}" if sequence.schema else ""

    assert [
        f"op.execute(sa.schema.CreateSequence(sa.Sequence({arguments})))",
        f"op.execute(sa.schema.DropSequence(sa.Sequence('counter'{schema})))",
    ] == rendered(create, create.reverse())


def test_what_is_told(offline: Operations, buffer: io.StringIO) -> None:
    """Tuples name what is done; a program may invoke the operations."""
    create: Any = CreateSequenceOp(sa.Sequence("counter"))
    offline.invoke(create)
    offline.invoke(create.reverse())

    assert "CREATE SEQUENCE counter" in buffer.getvalue()
    assert "DROP SEQUENCE counter" in buffer.getvalue()
    assert ["add_sequence", "remove_sequence"] == [
        each.to_diff_tuple()[0] for each in (create, create.reverse())
    ]
    assert [
        ("add_enum_type", None, "m", ("a",)),
        ("remove_enum_type", None, "m", ("a",)),
        ("change_enum_type", None, "m", ("a",), ("b",)),
    ] == [
        ChangeEnumOp("m", before, after).to_diff_tuple()
        for before, after in ((None, ("a",)), (("a",), None), (("a",), ("b",)))
    ]
