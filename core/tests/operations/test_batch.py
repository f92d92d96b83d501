"""Batches on a dialect without plugin: ALTER, or a new table if requested."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from idiolect.errors import CommandError, OperationError
from idiolect.operations.base import BatchOperations
from idiolect.operations.batch import BatchOperationsImpl

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[Any], Any]


def shop(*items: Any, **kw: Any) -> Table:
    """Return the table of most tests: a key, a text and a number."""
    return Table(
        "t",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("a", String(5)),
        Column("b", Integer),
        *items,
        **kw,
    )


ADD = "ALTER TABLE s.t ADD"
ALTERED: dict[str, tuple[Change, list[str]]] = {
    "add_column": (
        lambda batch: batch.add_column(Column("q", Integer, ForeignKey("p.id", name="f"))),
        [
            "ALTER TABLE s.t ADD COLUMN q INTEGER",
            "ALTER TABLE s.t ADD CONSTRAINT f FOREIGN KEY(q) REFERENCES p (id)",
        ],
    ),
    "drop_column": (lambda batch: batch.drop_column("a"), ["ALTER TABLE s.t DROP COLUMN a"]),
    "alter_column": (
        lambda batch: batch.alter_column("a", nullable=False, new_column_name="x"),
        ["ALTER TABLE s.t ALTER COLUMN a SET NOT NULL", "ALTER TABLE s.t RENAME a TO x"],
    ),
    "a place means nothing to ALTER": (
        lambda batch: batch.alter_column("a", nullable=False, insert_after="b"),
        ["ALTER TABLE s.t ALTER COLUMN a SET NOT NULL"],
    ),
    "create_primary_key": (
        lambda batch: batch.create_primary_key("k", ["a"]),
        ["ALTER TABLE s.t ADD CONSTRAINT k PRIMARY KEY (a)"],
    ),
    "create_unique_constraint": (
        lambda batch: batch.create_unique_constraint("u", ["a", "b"]),
        ["ALTER TABLE s.t ADD CONSTRAINT u UNIQUE (a, b)"],
    ),
    "create_check_constraint": (
        lambda batch: batch.create_check_constraint("c", "a > 1"),
        ["ALTER TABLE s.t ADD CONSTRAINT c CHECK (a > 1)"],
    ),
    "create_foreign_key": (
        lambda batch: batch.create_foreign_key(
            "f", "p", ["a"], ["id"], referent_schema="r", ondelete="CASCADE"
        ),
        ["ALTER TABLE s.t ADD CONSTRAINT f FOREIGN KEY(a) REFERENCES r.p (id) ON DELETE CASCADE"],
    ),
    "drop_constraint": (
        lambda batch: batch.drop_constraint("c", type_="check"),
        ["ALTER TABLE s.t DROP CONSTRAINT c"],
    ),
    "create_index": (
        lambda batch: batch.create_index("i", ["a"], unique=True, if_not_exists=True),
        ["CREATE UNIQUE INDEX IF NOT EXISTS i ON s.t (a)"],
    ),
    "drop_index": (lambda batch: batch.drop_index("i"), ["DROP INDEX s.i"]),
    "execute": (lambda batch: batch.execute("SELECT 1"), ["SELECT 1"]),
}


@pytest.mark.parametrize(("change", "expected"), ALTERED.values(), ids=ALTERED.keys())
def test_a_batch_alters_where_the_database_can(
    script: Any, change: Change, expected: list[str]
) -> None:
    """Directives of a batch are those without, on the table that the batch names."""
    with script.op.batch_alter_table("t", schema="s") as batch:
        change(batch)

    assert expected == script.statements


def created(columns: str) -> str:
    """Return the CREATE of a new table."""
    return f"CREATE TABLE _alembic_tmp_t ( {columns} )"


def copied(names: str, values: str | None = None) -> list[str]:
    """Return what follows it: the rows are copied, and the new table takes the place."""
    given = values or ", ".join(f"t.{name}" for name in names.split(", "))
    return [
        f"INSERT INTO _alembic_tmp_t ({names}) SELECT {given} FROM t",
        "DROP TABLE t",
        "ALTER TABLE _alembic_tmp_t RENAME TO t",
    ]


ID = "id INTEGER NOT NULL"
REBUILT: dict[str, tuple[Table, Change, list[str]]] = {
    "nothing": (
        shop(),
        lambda _batch: None,
        [created(f"{ID}, a VARCHAR(5), b INTEGER, PRIMARY KEY (id)"), *copied("id, a, b")],
    ),
    "all of a column": (
        shop(),
        lambda batch: batch.alter_column(
            "a", new_column_name="x", type_=Text(), nullable=False, server_default="d"
        ),
        [
            created(f"{ID}, x TEXT DEFAULT 'd' NOT NULL, b INTEGER, PRIMARY KEY (id)"),
            *copied("id, x, b", "t.id, t.a, t.b"),
        ],
    ),
    "a column under its new name": (
        shop(),
        lambda batch: (
            batch.alter_column("a", new_column_name="x"),
            batch.alter_column("x", nullable=False),
            batch.create_unique_constraint("u", ["x"]),
            batch.create_index("i", ["x"]),
        ),
        [
            created(
                f"{ID}, x VARCHAR(5) NOT NULL, b INTEGER, PRIMARY KEY (id), CONSTRAINT u UNIQUE (x)"
            ),
            *copied("id, x, b", "t.id, t.a, t.b"),
            "CREATE INDEX i ON t (x)",
        ],
    ),
    "what names a column follows its renaming": (
        shop(
            UniqueConstraint("b", name="u"),
            ForeignKeyConstraint(["b"], ["p.id"], name="f", ondelete="CASCADE"),
            Index("i", "b"),
        ),
        lambda batch: batch.alter_column("b", new_column_name="x"),
        [
            created(
                f"{ID}, a VARCHAR(5), x INTEGER, PRIMARY KEY (id), CONSTRAINT u UNIQUE (x), "
                "CONSTRAINT f FOREIGN KEY(x) REFERENCES p (id) ON DELETE CASCADE"
            ),
            *copied("id, a, x", "t.id, t.a, t.b"),
            "CREATE INDEX i ON t (x)",
        ],
    ),
    "a table that refers to itself": (
        shop(ForeignKeyConstraint(["b"], ["t.id"])),
        lambda batch: batch.alter_column("id", new_column_name="k"),
        [
            created(
                "k INTEGER NOT NULL, a VARCHAR(5), b INTEGER, PRIMARY KEY (k), "
                "FOREIGN KEY(b) REFERENCES t (k)"
            ),
            *copied("k, a, b", "t.id, t.a, t.b"),
        ],
    ),
    "a dropped column takes its constraints along": (
        shop(UniqueConstraint("a", "b", name="u"), ForeignKeyConstraint(["b"], ["p.id"])),
        lambda batch: batch.drop_column("b"),
        [created(f"{ID}, a VARCHAR(5), PRIMARY KEY (id)"), *copied("id, a")],
    ),
    "a column of the key is dropped": (
        Table(
            "t",
            MetaData(),
            Column("a", Integer),
            Column("b", Integer),
            PrimaryKeyConstraint("a", "b", name="k"),
        ),
        lambda batch: batch.drop_column("b"),
        [created("a INTEGER NOT NULL, CONSTRAINT k PRIMARY KEY (a)"), *copied("a")],
    ),
    "a new key in place of the old": (
        shop(),
        lambda batch: batch.create_primary_key("k", ["b", "a"]),
        [
            created(
                f"{ID}, a VARCHAR(5) NOT NULL, b INTEGER NOT NULL, CONSTRAINT k PRIMARY KEY (b, a)"
            ),
            *copied("id, a, b"),
        ],
    ),
    "a column added in the midst": (
        shop(),
        lambda batch: (
            batch.add_column(Column("x", Integer), insert_after="id"),
            batch.add_column(Column("y", Integer), insert_after="id"),
            batch.add_column(Column("z", Integer), insert_before="id"),
        ),
        [
            created(
                f"z INTEGER, {ID}, x INTEGER, y INTEGER, a VARCHAR(5), b INTEGER, PRIMARY KEY (id)"
            ),
            *copied("id, a, b"),
        ],
    ),
    "a column moved": (
        shop(),
        lambda batch: batch.alter_column("b", insert_after="id"),
        [created(f"{ID}, b INTEGER, a VARCHAR(5), PRIMARY KEY (id)"), *copied("id, b, a")],
    ),
    "a computed column is not copied": (
        shop(Column("c", Integer, Computed("b + 1"))),
        lambda batch: batch.alter_column("a", nullable=False),
        [
            created(
                f"{ID}, a VARCHAR(5) NOT NULL, b INTEGER, c INTEGER GENERATED ALWAYS AS (b + 1), "
                "PRIMARY KEY (id)"
            ),
            *copied("id, a, b"),
        ],
    ),
    "constraints by name": (
        shop(CheckConstraint("b > 1", name="c"), UniqueConstraint("a", name="u")),
        lambda batch: (
            batch.drop_constraint("c", type_="check"),
            batch.drop_constraint("u", type_="unique"),
            batch.create_check_constraint("d", "b > 2"),
        ),
        [
            created(f"{ID}, a VARCHAR(5), b INTEGER, PRIMARY KEY (id), CONSTRAINT d CHECK (b > 2)"),
            *copied("id, a, b"),
        ],
    ),
    "indexes": (
        shop(Index("i", "a"), Index("j", "b", unique=True)),
        lambda batch: (
            batch.drop_index("i"),
            batch.create_index("k", [text("lower(a)"), "b"]),
        ),
        [
            created(f"{ID}, a VARCHAR(5), b INTEGER, PRIMARY KEY (id)"),
            *copied("id, a, b"),
            "CREATE UNIQUE INDEX j ON t (b)",
            "CREATE INDEX k ON t (lower(a), b)",
        ],
    ),
    "the check of a type follows its column": (
        shop(Column("f", Boolean(create_constraint=True, name="c"))),
        lambda batch: batch.alter_column("f", new_column_name="g"),
        [
            created(
                f"{ID}, a VARCHAR(5), b INTEGER, g BOOLEAN, PRIMARY KEY (id), "
                "CONSTRAINT c CHECK (g IN (0, 1))"
            ),
            *copied("id, a, b, g", "t.id, t.a, t.b, t.f"),
        ],
    ),
    "the check of a type goes with the type": (
        shop(Column("f", Boolean(create_constraint=True, name="c"))),
        lambda batch: batch.alter_column(
            "f", type_=Integer(), existing_type=Boolean(create_constraint=True, name="c")
        ),
        [
            created(f"{ID}, a VARCHAR(5), b INTEGER, f INTEGER, PRIMARY KEY (id)"),
            *copied("id, a, b, f", "t.id, t.a, t.b, CAST(t.f AS INTEGER) AS f"),
        ],
    ),
    "the check of a new type": (
        shop(),
        lambda batch: batch.alter_column("b", type_=Boolean(create_constraint=True, name="c")),
        [
            created(
                f"{ID}, a VARCHAR(5), b BOOLEAN, PRIMARY KEY (id), CONSTRAINT c CHECK (b IN (0, 1))"
            ),
            *copied("id, a, b", "t.id, t.a, CAST(t.b AS BOOLEAN) AS b"),
        ],
    ),
}


@pytest.mark.parametrize(("table", "change", "expected"), REBUILT.values(), ids=REBUILT.keys())
def test_a_new_table_takes_the_place(
    script: Any, table: Table, change: Change, expected: list[str]
) -> None:
    """The new table has existing and added items; the rows are copied at once."""
    with script.op.batch_alter_table("t", copy_from=table, recreate="always") as batch:
        change(batch)

    assert expected == script.statements


def test_a_model_without_its_constraints_keeps_its_key(script: Any) -> None:
    """Published revisions empty ``constraints``; the columns still say what the key is."""
    table = shop()
    table.constraints = set()
    with script.op.batch_alter_table("t", copy_from=table, recreate="always"):
        pass

    assert "PRIMARY KEY (id)" in script.statements[0]
    assert "UNIQUE" not in script.statements[0]


def test_an_index_that_comes_with_its_column_is_not_created(script: Any) -> None:
    """Reflection marks indexes that a database creates implicitly, such as SpatiaLite's."""
    table = Table("t", MetaData(), Column("a", Integer), Column("b", Integer))
    Index("made", table.c.a, _column_flag=True)
    Index("plain", table.c.b)
    with script.op.batch_alter_table("t", copy_from=table, recreate="always") as batch:
        batch.drop_column("a")

    assert ["CREATE INDEX plain ON t (b)"] == [sql for sql in script.statements if "INDEX" in sql]


def test_what_the_new_table_gets_besides(script: Any) -> None:
    """table_args, table_kwargs and partial_reordering are about the new table."""
    with script.op.batch_alter_table(
        "t",
        copy_from=shop(),
        recreate="always",
        table_args=(CheckConstraint("b > 0", name="c"),),
        table_kwargs={"prefixes": ["TEMPORARY"]},
        partial_reordering=[("b", "id")],
    ):
        pass

    assert [
        created(
            f"a VARCHAR(5), b INTEGER, {ID}, PRIMARY KEY (id), CONSTRAINT c CHECK (b > 0)"
        ).replace("TABLE", "TEMPORARY TABLE"),
        *copied("a, b, id"),
    ] == script.statements


def test_the_name_of_the_new_table_is_short(script: Any) -> None:
    """It has at most 50 characters, which every database takes."""
    table = Table("n" * 60, MetaData(), Column("a", Integer))
    with script.op.batch_alter_table(table.name, copy_from=table, recreate="always"):
        pass

    assert f"CREATE TABLE _alembic_tmp_{'n' * 37} ( a INTEGER )" == script.statements[0]


BAD: dict[str, tuple[Change, dict[str, Any], type[Exception], str]] = {
    "unknown column": (
        lambda batch: batch.alter_column("aa", nullable=True),
        {},
        KeyError,
        "Table 't' has no column 'aa'; did you mean 'a'. .it has 'id', 'a', 'b'",
    ),
    "unknown dropped column": (
        lambda batch: batch.drop_column("zz"),
        {},
        KeyError,
        "Table 't' has no column 'zz'",
    ),
    "unknown place": (
        lambda batch: batch.add_column(Column("x", Integer), insert_after="zz"),
        {},
        KeyError,
        "no column 'zz'",
    ),
    "column that is there": (
        lambda batch: batch.add_column(Column("a", Integer)),
        {},
        OperationError,
        "has a column 'a' already",
    ),
    "unknown constraint": (
        lambda batch: batch.drop_constraint("nope"),
        {},
        ValueError,
        "No such constraint: 'nope'. Table 't' has 'u'",
    ),
    "constraint without a name": (
        lambda batch: batch.create_unique_constraint(None, ["a"]),
        {},
        ValueError,
        "Constraint must have a name: UniqueConstraint on table 't'",
    ),
    "constraint to drop without a name": (
        lambda batch: batch.drop_constraint(None, type_="foreignkey"),
        {},
        ValueError,
        "Constraint must have a name: .* by batch_alter_table.naming_convention",
    ),
    "unknown index": (
        lambda batch: batch.drop_index("nope"),
        {},
        ValueError,
        "No such index: 'nope'. Table 't' has 'i'",
    ),
    "index of a dropped column": (
        lambda batch: batch.drop_column("b"),
        {},
        OperationError,
        "Index 'i' of table 't' has the column 'b', which is dropped: drop the index in the same",
    ),
    "contradiction": (
        lambda _batch: None,
        {"partial_reordering": [("a", "b"), ("b", "a")]},
        OperationError,
        "partial_reordering of table 't' contradicts itself",
    ),
    "recreate": (
        lambda _batch: None,
        {"recreate": "sometimes"},
        ValueError,
        "recreate may be one of 'auto', 'always', or 'never'. .* on table 't' got 'sometimes'",
    ),
    "place with ALTER": (
        lambda batch: batch.add_column(Column("x", Integer), insert_after="id"),
        {"recreate": "auto"},
        CommandError,
        "Can't specify insert_before or insert_after when using ALTER; .*recreate='always'",
    ),
    "reflection in a script": (
        lambda batch: batch.drop_column("a"),
        {"copy_from": None},
        CommandError,
        "This operation cannot proceed in --sql mode; batch mode with dialect default requires",
    ),
}


@pytest.mark.parametrize(("change", "options", "error", "message"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_is_refused_before_anything_is_sent(
    script: Any, change: Change, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    """The error names the table and the problem, and nothing is written."""
    table = shop(UniqueConstraint("a", name="u"), Index("i", "b"))
    given = {"copy_from": table, "recreate": "always", **options}

    with (
        pytest.raises(error, match=message) as caught,
        script.op.batch_alter_table("t", **given) as batch,
    ):
        change(batch)

    assert isinstance(caught.value, OperationError)
    assert script.text == ""


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        (
            lambda batch: batch.create_unique_constraint("n", ["a", "bb"]),
            "UniqueConstraint 'n' is left out. Table 't' has no column 'bb'; did you mean 'b'",
        ),
        (
            lambda batch: batch.create_foreign_key("n", "t2", ["zz"], ["id"]),
            "ForeignKeyConstraint 'n' is left out. Table 't' has no column 'zz'",
        ),
        (
            lambda batch: batch.create_primary_key("n", ["zz"]),
            "PrimaryKeyConstraint 'n' is left out. Table 't' has no column 'zz'",
        ),
    ],
    ids=["unique", "foreign key", "primary key"],
)
def test_a_new_constraint_of_an_unknown_column_is_left_out(
    script: Any, change: Change, warning: str
) -> None:
    """Published revisions rely on that; a warning names the constraint and the column."""
    with (
        pytest.warns(UserWarning, match=warning),
        script.op.batch_alter_table("t", copy_from=shop(), recreate="always") as batch,
    ):
        change(batch)

    assert [
        created(f"{ID}, a VARCHAR(5), b INTEGER, PRIMARY KEY (id)"),
        *copied("id, a, b"),
    ] == script.statements


def test_an_index_that_a_column_declares_goes_with_it(script: Any) -> None:
    """``index=True`` in a table that is passed as copy_from; the index of another column stays."""
    columns = [Column(name, Integer, index=True) for name in ("a", "b")]
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), *columns)
    with script.op.batch_alter_table("t", copy_from=table, recreate="always") as batch:
        batch.drop_column("a")

    assert [
        created(f"{ID}, b INTEGER, PRIMARY KEY (id)"),
        *copied("id, b"),
        "CREATE INDEX ix_t_b ON t (b)",
    ] == script.statements


def _create_then_add(batch: Any) -> None:
    batch.create_primary_key("n", ["c"])
    batch.add_column(Column("c", Integer))


def _create_then_replace(batch: Any) -> None:
    batch.create_primary_key("n", ["id"])
    batch.drop_column("id")
    batch.add_column(Column("id", String(9), nullable=False))


def _create_then_drop(batch: Any) -> None:
    batch.create_primary_key("n", ["a"])
    batch.drop_constraint("n", type_="primary")


@pytest.mark.parametrize(
    ("change", "expected", "kept"),
    [
        (
            _create_then_add,
            f"{ID}, a VARCHAR(5), b INTEGER, c INTEGER NOT NULL, CONSTRAINT n PRIMARY KEY (c)",
            "id, a, b",
        ),
        (
            _create_then_replace,
            "a VARCHAR(5), b INTEGER, id VARCHAR(9) NOT NULL, CONSTRAINT n PRIMARY KEY (id)",
            "a, b",
        ),
        (_create_then_drop, f"{ID}, a VARCHAR(5), b INTEGER", "id, a, b"),
    ],
    ids=["added after", "replaced after", "dropped after"],
)
def test_a_primary_key_is_created_whatever_the_order(
    script: Any, change: Change, expected: str, kept: str
) -> None:
    """Its columns may be added or replaced after it."""
    with script.op.batch_alter_table("t", copy_from=shop(), recreate="always") as batch:
        change(batch)

    assert [created(expected), *copied(kept)] == script.statements


def test_a_table_cannot_be_made_inside_a_batch(script: Any) -> None:
    """The impl of a batch is about one table."""
    impl = BatchOperationsImpl(script.op, "t", None, "auto", None, (), {}, (), {}, None, None)

    for call in (impl.create_table, impl.drop_table):
        with pytest.raises(OperationError, match="outside of it"):
            call(shop())
    with pytest.raises(OperationError, match="rename the table outside of it"):
        impl.rename_table("t", "u")


def test_an_error_inside_the_block_carries_nothing_out(script: Any) -> None:
    """The recorded operations of a block that raises are discarded."""
    with (
        contextlib.suppress(ZeroDivisionError),
        script.op.batch_alter_table("t") as batch,
    ):
        batch.drop_column("a")
        _ = 1 / 0

    assert script.text == ""


def test_custom_operations_of_batches(script: Any) -> None:
    """A class registered with BatchOperations is a directive of batches."""

    @BatchOperations.register_operation("touch_rows", "batch_touch_rows")
    class TouchRowsOp:
        @classmethod
        def batch_touch_rows(cls, operations: BatchOperations, value: int) -> None:
            operations.execute(f"UPDATE {operations.impl.table_name} SET a={value}")

    try:
        with script.op.batch_alter_table("t") as batch:
            batch.touch_rows(5)
    finally:
        BatchOperations._directives.remove("touch_rows")
        delattr(BatchOperations, "touch_rows")

    assert ["UPDATE t SET a=5"] == script.statements


def test_a_missing_column_of_partial_reordering_is_told(script: Any) -> None:
    """It is passed over, with a warning."""
    batch = script.op.batch_alter_table(
        "t", copy_from=shop(), recreate="always", partial_reordering=[("zz", "a")]
    )
    with pytest.warns(UserWarning, match="names the column 'zz', which table 't' does not"), batch:
        pass

    assert copied("id, a, b") == script.statements[1:]


def test_an_error_names_its_directive(script: Any) -> None:
    """Errors occur at the end of the block, where no line shows the directive."""
    batch = script.op.batch_alter_table("t", copy_from=shop(), recreate="always")
    with pytest.raises(OperationError) as caught, batch as op:
        op.drop_column("nosuch")
    assert ["in drop_column 'nosuch' on table 't'"] == caught.value.__notes__


def test_an_index_of_no_column_is_refused(script: Any) -> None:
    """It is rejected before the new table is created; the error lists the columns."""
    batch = script.op.batch_alter_table("t", copy_from=shop(), recreate="always")
    with (
        pytest.raises(OperationError, match=r"no column 'nosuch' \(it has 'id', 'a'"),
        batch as op,
    ):
        op.create_index("i", ["nosuch"])
    assert [] == script.statements


def test_an_index_of_an_expression_is_no_unknown_column(script: Any) -> None:
    """Text of SQL is left to the database, whatever it reads like."""
    with script.op.batch_alter_table("t", copy_from=shop(), recreate="always") as op:
        op.create_index("i", [literal_column("a DESC"), text("lower(b)")])
    assert "CREATE INDEX i ON t (a DESC, lower(b))" == script.statements[-1]
