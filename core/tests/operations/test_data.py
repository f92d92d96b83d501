"""Rows inserted and statements executed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    column,
    func,
    select,
    table,
    text,
)
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.schema import CreateSchema

from idiolect.errors import OperationError
from idiolect.operations import Operations, ops

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

ACCOUNT = table("account", column("id", Integer), column("name", String), column("since", Date))


def _written(script: Any, rows: list[dict[str, Any]]) -> list[str]:
    script.op.bulk_insert(ACCOUNT, rows)
    statements: list[str] = script.statements
    return statements


def test_script_holds_one_insert_a_row(script: Any) -> None:
    """Each row is a statement with its own columns and its values written out."""
    assert _written(
        script,
        [
            {"id": 1, "name": "it's 5% :x", "since": dt.date(2020, 1, 2)},
            {"id": 2, "name": None},
            {"since": script.op.inline_literal("2020-01-02"), "id": func.max(3)},
        ],
    ) == [
        "INSERT INTO account (id, name, since) VALUES (1, 'it''s 5% :x', '2020-01-02')",
        "INSERT INTO account (id, name) VALUES (2, NULL)",
        "INSERT INTO account (id, since) VALUES (max(3), '2020-01-02')",
    ]


def test_values_of_columns_without_a_type_are_written(script: Any) -> None:
    """As online, the type is derived from the value."""
    untyped = table("t", column("a"), column("b"), column("c"))
    script.op.bulk_insert(untyped, [{"a": 1, "b": "it's", "c": dt.date(2020, 1, 2)}, {"a": None}])
    assert script.statements == [
        "INSERT INTO t (a, b, c) VALUES (1, 'it''s', '2020-01-02')",
        "INSERT INTO t (a) VALUES (NULL)",
    ]


def test_no_rows_write_nothing(script: Any) -> None:
    """An empty list is no statement."""
    assert _written(script, []) == []


def test_scalar_default_of_python_is_written(script: Any) -> None:
    """A column left out gets the value that SQLAlchemy would send online."""
    target = Table("t", MetaData(), Column("id", Integer), Column("n", String, default="x'y"))
    script.op.bulk_insert(target, [{"id": 1}, {"id": 2, "n": "z"}])
    assert script.statements == [
        "INSERT INTO t (id, n) VALUES (1, 'x''y')",
        "INSERT INTO t (id, n) VALUES (2, 'z')",
    ]


WITH_DEFAULTS = Table(
    "t",
    MetaData(),
    Column("id", Integer),
    Column("n", String, default="x'y", onupdate="z"),
    Column("since", DateTime, default=func.now()),
)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            WITH_DEFAULTS.insert().values(id=1),
            "INSERT INTO t (id, n, since) VALUES (1, 'x''y', now())",
        ),
        (
            WITH_DEFAULTS.insert().values(id=1, n=None, since=None),
            "INSERT INTO t (id, n, since) VALUES (1, NULL, NULL)",
        ),
        (WITH_DEFAULTS.update().values(id=1), "UPDATE t SET id=1, n='z'"),
    ],
    ids=["insert", "given", "update"],
)
def test_scalar_defaults_of_statements_are_written(
    make_script: Any, statement: Any, expected: str
) -> None:
    """They were NULL: SQLAlchemy computes them when it executes."""
    script = make_script(literal_binds=True)
    script.op.execute(statement)
    assert [expected] == script.statements


@pytest.mark.parametrize(
    ("statement", "column"),
    [
        (
            Table("t", MetaData(), Column("n", Integer, default=lambda: 1), Column("m", Integer))
            .insert()
            .values(m=1),
            "n",
        ),
        (WITH_DEFAULTS.insert().values([{"id": 1, "since": None}, {"id": 2, "since": None}]), "n"),
        (WITH_DEFAULTS.insert().from_select(["id"], select(column("i"))), "n"),
    ],
    ids=["a function", "several rows", "of a SELECT"],
)
def test_defaults_that_a_script_cannot_have(make_script: Any, statement: Any, column: str) -> None:
    """They are refused instead of written as NULL."""
    dialect = DefaultDialect()
    dialect.supports_multivalues_insert = True
    script = make_script(dialect=dialect, literal_binds=True)
    with pytest.raises(OperationError, match=f"column '{column}' of table 't' has a default"):
        script.op.execute(statement)
    assert "" == script.text


WITH_CALL = Table("t", MetaData(), Column("id", Integer), Column("n", Integer, default=lambda: 1))

BAD_ROWS: dict[str, tuple[Any, Any, type[Exception], str]] = {
    "no list": (ACCOUNT, {"id": 1}, TypeError, "'account': List expected, got dict"),
    "no dicts": (ACCOUNT, [(1,)], TypeError, "List of dictionaries expected, got one with tuple"),
    "unknown column": (
        ACCOUNT,
        [{"id": 1}, {"nope": 1}],
        OperationError,
        "'account': it has no column 'nope'; it has 'id', 'name', 'since'",
    ),
    "no table": ("account", [{"id": 1}], TypeError, "a Table or a table.. construct .*'account'"),
    "value without a literal form": (
        table("t", column("j", JSON)),
        [{"j": {"a": 1}}],
        OperationError,
        "'t': the value of column 'j' cannot be written into a script as JSON",
    ),
    "default that only Python computes": (
        WITH_CALL,
        [{"id": 1}],
        OperationError,
        "'t': column 'n' has a default that only Python can compute",
    ),
}


@pytest.mark.parametrize(
    ("target", "rows", "error", "message"), BAD_ROWS.values(), ids=BAD_ROWS.keys()
)
def test_bad_rows_name_table_and_column(
    script: Any, target: Any, rows: Any, error: type[Exception], message: str
) -> None:
    """Invalid rows raise one OperationError, and nothing is written."""
    with pytest.raises(error, match=message) as caught:
        script.op.bulk_insert(target, rows)
    assert isinstance(caught.value, OperationError)
    assert script.text == ""


@pytest.fixture
def target(online: Operations) -> Table:
    """A table online."""
    made: Table = online.create_table(
        "t", Column("id", Integer, primary_key=True), Column("n", String)
    )
    return made


@pytest.mark.parametrize("multiinsert", [True, False])
def test_rows_of_different_keys_lose_nothing(
    online: Operations, connection: Connection, target: Table, multiinsert: bool
) -> None:
    """Online, each row keeps its columns, whatever the first row has."""
    rows: list[dict[str, Any]] = [{"id": 1}, {"id": 2, "n": "b"}, {"id": 3, "n": "c"}, {"id": 4}]
    online.bulk_insert(target, rows, multiinsert=multiinsert)
    expected = [(1, None), (2, "b"), (3, "c"), (4, None)]
    assert [tuple(row) for row in connection.execute(select(target))] == expected


def test_inline_literals_need_a_statement_a_row(
    online: Operations, connection: Connection, target: Table
) -> None:
    """With multiinsert off, a row may hold inline literals and SQL expressions."""
    literal = online.inline_literal
    rows: list[dict[str, Any]] = [
        {"id": 1, "n": literal("a%")},
        {"id": 2, "n": literal("other")},
        {"id": 3, "n": func.upper("b")},
    ]
    online.bulk_insert(target, rows, multiinsert=False)
    expected = [(1, "a%"), (2, "other"), (3, "B")]
    assert [tuple(row) for row in connection.execute(select(target))] == expected


def test_inline_literals_of_like_statements_stay_apart(
    online: Operations, connection: Connection, target: Table
) -> None:
    """Statements that differ only in an inline literal are different statements."""
    for name in ("a", "b"):
        online.execute(target.insert().values(n=online.inline_literal(name)))
    for name in ("a", "c"):
        online.execute(target.delete().where(target.c.n == online.inline_literal(name)))
    assert connection.execute(select(target.c.n)).scalars().all() == ["b"]


EXECUTED: dict[str, tuple[Any, str]] = {
    "percent": ("select '100%'", "select '100%';\n\n"),
    "escaped colon": (r"select '\:x'", "select ':x';\n\n"),
    "cast": ("select 1::int", "select 1::int;\n\n"),
    "outer white space": ("  \n select 1 \n", "select 1;\n\n"),
    "tabs": ("a\n\tb", "a\n    b;\n\n"),
    "tab in a literal": ("select 'a\tb'", "select 'a\tb';\n\n"),
    "empty": ("", ";\n\n"),
    "text()": (text("select 1"), "select 1;\n\n"),
    "parameter": (text("select :a"), "select :a;\n\n"),
    "delete": (
        ACCOUNT.delete().where(ACCOUNT.c.name == "x"),
        "DELETE FROM account WHERE account.name = :name_1;\n\n",
    ),
    "DDL": (CreateSchema("s"), "CREATE SCHEMA s;\n\n"),
}


@pytest.mark.parametrize(("statement", "expected"), EXECUTED.values(), ids=EXECUTED.keys())
def test_execute_writes_text_and_constructs(script: Any, statement: Any, expected: str) -> None:
    """execute() writes a statement as the dialect compiles it."""
    script.op.execute(statement)
    assert script.text == expected


@pytest.mark.parametrize(
    "statement",
    ["UPDATE t SET a = ':x'", text("SELECT :x"), text("SELECT :y, :x").bindparams(y=None)],
    ids=["in quotes", "alone", "beside NULL"],
)
def test_a_parameter_without_a_value_is_refused(make_script: Any, statement: Any) -> None:
    """Otherwise a script would contain NULL without notice."""
    script = make_script(literal_binds=True)
    with pytest.raises(OperationError, match=r"parameter 'x' without a value.*where a colon"):
        script.op.execute(statement)
    script.op.execute(text("SELECT :x").bindparams(x=None))
    assert ["SELECT NULL"] == script.statements


def test_literal_binds_writes_values_out(make_script: Any) -> None:
    """With literal_binds, bound values are rendered as literals; DDL is unchanged."""
    script = make_script(literal_binds=True)
    script.op.execute(ACCOUNT.update().where(ACCOUNT.c.id == 1).values(name="it's"))
    script.op.execute(text("select :a").bindparams(a="b"))
    script.op.create_table("t", Column("a", Integer))
    assert script.statements == [
        "UPDATE account SET name='it''s' WHERE account.id = 1",
        "select 'b'",
        "CREATE TABLE t ( a INTEGER )",
    ]


def test_literal_that_cannot_be_written_is_refused(make_script: Any) -> None:
    """A value without a literal form raises an OperationError, and nothing is written."""
    script = make_script(literal_binds=True)
    with pytest.raises(OperationError, match="execute: No literal value renderer"):
        script.op.execute(table("t", column("j", JSON)).insert().values(j={"a": 1}))
    assert script.text == ""


def test_inline_literal_is_written_by_its_type(script: Any) -> None:
    """An inline literal is written out without literal_binds."""
    literal = script.op.inline_literal
    script.op.execute(
        ACCOUNT.update().where(ACCOUNT.c.id == literal(1)).values(name=literal("it's", String()))
    )
    assert script.statements == ["UPDATE account SET name='it''s' WHERE account.id = 1"]


@pytest.mark.parametrize("statement", [5, None], ids=["number", "nothing"])
def test_execute_refuses_what_is_no_statement(script: Any, statement: Any) -> None:
    """Something that is neither text nor a construct is an OperationError."""
    with pytest.raises(OperationError, match=f"a statement is expected.*got {statement}"):
        script.op.execute(statement)


def test_execute_says_what_to_do_with_a_t_string(script: Any) -> None:
    """Python 3.14's templates need SQLAlchemy's function; their values are not shown."""
    template = type("Template", (), {"__module__": "string.templatelib", "values": ("secret",)})()
    with pytest.raises(OperationError, match=r"wrap it in sqlalchemy\.tstring\(\)\.$"):
        script.op.execute(template)


def test_execute_gives_no_result(online: Operations, connection: Connection) -> None:
    """execute() runs the statement and returns nothing."""
    online.execute("create table t (a)")
    result: object = online.execute("insert into t values ('5%')")  # type: ignore[func-returns-value]
    assert result is None
    assert connection.execute(text("select * from t")).scalars().all() == ["5%"]


def test_execute_has_a_tuple_and_no_reverse() -> None:
    """A statement has a diff tuple, but no reverse."""
    operation = ops.ExecuteSQLOp("select 1", execution_options={"a": 1})
    assert operation.to_diff_tuple() == ("execute", "select 1")
    with pytest.raises(NotImplementedError, match="execute has no reverse"):
        operation.reverse()
    with pytest.raises(NotImplementedError, match="bulk_insert on table 'account'"):
        ops.BulkInsertOp(ACCOUNT, []).to_diff_tuple()
