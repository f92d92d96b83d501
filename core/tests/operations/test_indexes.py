"""Indexes created and dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, column, func, inspect, text

from idiolect.errors import OperationError
from idiolect.operations import Operations, ops
from idiolect.operations.schemaobj import SchemaObjects

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

ELSEWHERE = Table("elsewhere", MetaData(), Column("id", Integer), Column("n", String, unique=True))

CREATED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "columns": (["a", "b"], {}, "CREATE INDEX i ON t (a, b)"),
    "one name": ("foo", {}, "CREATE INDEX i ON t (foo)"),
    "unique": (["a"], {"unique": True}, "CREATE UNIQUE INDEX i ON t (a)"),
    "schema": (["a"], {"schema": "s"}, "CREATE INDEX i ON s.t (a)"),
    "if not exists": (["a"], {"if_not_exists": True}, "CREATE INDEX IF NOT EXISTS i ON t (a)"),
    "quote": (["a"], {"quote": True}, 'CREATE INDEX "i" ON t (a)'),
    "quoted column": (["Mixed"], {}, 'CREATE INDEX i ON t ("Mixed")'),
    "text": ([text("lower(a)")], {}, "CREATE INDEX i ON t (lower(a))"),
    "text after a name": (["b", text("a DESC")], {}, "CREATE INDEX i ON t (b, a DESC)"),
    "function": ([func.foo(column("Q"), 5)], {}, 'CREATE INDEX i ON t (foo("Q", 5))'),
    "column object": ([Column("a", Integer)], {}, "CREATE INDEX i ON t (a)"),
    "columns of another table": (
        [ELSEWHERE.c.n, ELSEWHERE.c.id.desc(), func.lower(ELSEWHERE.c.n)],
        {},
        "CREATE INDEX i ON t (n, id DESC, lower(n))",
    ),
    "option of another dialect": (["a"], {"mysql_length": 5}, "CREATE INDEX i ON t (a)"),
}


@pytest.mark.parametrize(("columns", "options", "expected"), CREATED.values(), ids=CREATED.keys())
def test_create_index(script: Any, columns: Any, options: dict[str, Any], expected: str) -> None:
    """create_index() writes one statement, whatever the types of the columns argument."""
    script.op.create_index("i", "t", columns, **options)
    assert script.statements == [expected]


@pytest.mark.parametrize(
    ("convention", "columns", "expected"),
    [
        (None, ["a"], "ix_t_a"),
        ({"ix": "%(table_name)s_%(column_0_N_name)s_idx"}, ["a", "b"], "t_a_b_idx"),
        ({"ix": "ix_%(column_0_N_name)s"}, ["a", text("x+1")], '"ix_a_x+1"'),
    ],
    ids=["SQLAlchemy's own", "of the target metadata", "text counts as a column"],
)
def test_index_without_a_name(
    make_script: Any, convention: Any, columns: Any, expected: str
) -> None:
    """An index without a name is named by the convention."""
    opts = {"target_metadata": MetaData(naming_convention=convention)} if convention else {}
    script = make_script(**opts)
    script.op.create_index(None, "t", columns)
    assert script.statements[0].split()[2] == expected


@pytest.mark.parametrize(
    ("given", "options", "expected"),
    [
        (("i",), {}, "DROP INDEX i"),
        (("i", "t"), {}, "DROP INDEX i"),
        (("i",), {"table_name": "t", "schema": "s"}, "DROP INDEX s.i"),
        (("i",), {"if_exists": True}, "DROP INDEX IF EXISTS i"),
    ],
    ids=["name", "table by position", "table and schema", "if exists"],
)
def test_drop_index(
    script: Any, given: tuple[str, ...], options: dict[str, Any], expected: str
) -> None:
    """drop_index() writes one statement."""
    script.op.drop_index(*given, **options)
    assert script.statements == [expected]


def test_round_trip_on_a_database(online: Operations, connection: Connection) -> None:
    """An index created online exists, and is removed when it is dropped."""
    online.create_table("t", Column("a", Integer))
    online.create_index("i", "t", ["a"], unique=True)
    assert [(i["name"], i["unique"]) for i in inspect(connection).get_indexes("t")] == [("i", 1)]
    online.drop_index("i", "t")
    assert inspect(connection).get_indexes("t") == []


BAD: dict[str, tuple[Any, str]] = {
    "no columns": (lambda op: op.create_index("i", "t", []), "needs at least one column"),
    "no expression": (lambda op: op.create_index("i", "t", [1]), "String or text.. .*; got 1"),
    "no table": (lambda op: op.create_index("i", None, ["a"]), "create_index: a table's name"),
    "unknown argument": (lambda op: op.create_index("i", "t", ["a"], nope=1), "'nope'"),
    "unknown option": (lambda op: op.create_index("i", "t", ["a"], sqlite_no=1), "'sqlite_no'"),
    "unknown argument of drop": (
        lambda op: op.drop_index("i", "t", nope=1),
        "drop_index 'i'.*nope",
    ),
}


@pytest.mark.parametrize(("use", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_clear_error(script: Any, use: Any, message: str) -> None:
    """A wrong argument raises an OperationError, and nothing is written."""
    with pytest.raises(OperationError, match=message):
        use(script.op)
    assert script.text == ""


def test_index_survives_conversion() -> None:
    """An index converted to an operation, reversed and back keeps columns, table and options."""
    table = Table("t", MetaData(), Column("a", String), schema="s")
    index = Index("i", table.c.a, func.lower(table.c.a), unique=True, sqlite_where=text("a > 1"))
    back = ops.DropIndexOp.from_index(index).reverse().to_index()
    assert back is not index
    assert (back.name, back.unique) == ("i", True)
    assert back.table is not None
    assert (back.table.name, back.table.schema) == ("t", "s")
    assert [str(e) for e in back.expressions] == ["t.a", "lower(a)"]
    assert isinstance(back.columns[0].type, String)
    assert str(back.dialect_kwargs["sqlite_where"]) == "a > 1"


def test_options_added_to_an_operation_count_both_ways() -> None:
    """Options put into ``kw`` after the fact reach the index and the reverse's."""
    made = ops.CreateIndexOp.from_index(SchemaObjects().index("x", "y", ["z"]))
    made.kw["postgresql_concurrently"] = True
    for index in (made.to_index(), made.reverse().to_index()):
        assert index.dialect_kwargs["postgresql_concurrently"] is True


def test_index_dropped_by_name_is_known_by_name() -> None:
    """An index known only by name can be converted to an Index."""
    operation = ops.DropIndexOp("i")
    removed, index = operation.to_diff_tuple()
    assert (removed, index.name) == ("remove_index", "i")
    added, index = operation.reverse().to_diff_tuple()
    assert (added, index.name) == ("add_index", "i")


def test_index_of_no_table_makes_no_operation() -> None:
    """An index that belongs to no table cannot become an operation."""
    with pytest.raises(ValueError, match="'i' belongs to no table"):
        ops.CreateIndexOp.from_index(Index("i"))
