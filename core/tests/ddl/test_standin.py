"""The mock connection of a script: parameters become values; unsupported calls raise errors."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Integer, String, bindparam, column, inspect, select, table, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import NoInspectionAvailable

from idiolect.ddl.offline import statement_text
from idiolect.ddl.standin import (
    ScriptParameterError,
    StandInConnection,
    StandInConnectionError,
)

ACCOUNT = table("account", column("id", Integer), column("name", String))
RENAME = ACCOUNT.update().values(name=bindparam("new")).where(ACCOUNT.c.id == bindparam("who"))


def connect(written: list[str], **kw: Any) -> StandInConnection:
    """Return a connection that writes texts into a list."""
    dialect = DefaultDialect(paramstyle="named")

    def write(statement: Any) -> None:
        written.append(" ".join(statement_text(statement, dialect, literal_binds=True).split()))

    return StandInConnection(dialect, write, **kw)


CASES: dict[str, tuple[Any, Any, list[str]]] = {
    "none": (text("SELECT 1"), None, ["SELECT 1"]),
    "a text's": (text("DELETE FROM a WHERE id = :i"), {"i": 2}, ["DELETE FROM a WHERE id = 2"]),
    "a quote": (text("UPDATE a SET x = :x"), {"x": "it's :y"}, ["UPDATE a SET x = 'it''s :y'"]),
    "NULL": (text("UPDATE a SET x = :x"), {"x": None}, ["UPDATE a SET x = NULL"]),
    "one more than needed": (text("SELECT :a"), {"a": 1, "b": 2}, ["SELECT 1"]),
    "a list": (
        text("DELETE FROM a WHERE id IN :ids").bindparams(bindparam("ids", expanding=True)),
        {"ids": [1, 2]},
        ["DELETE FROM a WHERE id IN (1, 2)"],
    ),
    "several sets": (
        text("INSERT INTO a VALUES (:v)"),
        [{"v": 1}, {"v": 2}],
        ["INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (2)"],
    ),
    "columns of an insert": (
        ACCOUNT.insert(),
        [{"name": "Ann"}, {"id": 2, "name": "Bob"}],
        [
            "INSERT INTO account (name) VALUES ('Ann')",
            "INSERT INTO account (id, name) VALUES (2, 'Bob')",
        ],
    ),
    "columns of an update": (
        ACCOUNT.update().where(ACCOUNT.c.id == 1),
        {"name": "Ann"},
        ["UPDATE account SET name='Ann' WHERE account.id = 1"],
    ),
    "parameters of an update": (
        RENAME,
        [{"new": "Ann", "who": 1}],
        ["UPDATE account SET name='Ann' WHERE account.id = 1"],
    ),
    "parameters of a select": (
        select(ACCOUNT.c.id).where(ACCOUNT.c.name == bindparam("n")),
        {"n": "Ann"},
        ["SELECT account.id FROM account WHERE account.name = 'Ann'"],
    ),
}


@pytest.mark.parametrize(("statement", "parameters", "expected"), CASES.values(), ids=CASES)
def test_parameters_are_written_as_values(
    statement: Any, parameters: Any, expected: list[str]
) -> None:
    """Each set of parameters results in a statement with its values."""
    written: list[str] = []
    assert connect(written).execute(statement, parameters) is None
    assert expected == written


def test_a_statement_can_be_executed_again_with_other_values() -> None:
    """The values of one execution do not stay in the statement."""
    written: list[str] = []
    connection = connect(written)
    for who in (1, 2):
        connection.execute(RENAME, {"new": "Ann", "who": who})
    assert [f"UPDATE account SET name='Ann' WHERE account.id = {who}" for who in (1, 2)] == written


@pytest.mark.parametrize(
    "statement",
    ["SELECT ':a', x::int, '12:30'", "SELECT x ~ '[[:alpha:]]'", r"SELECT 'C:\:a', '\\:b'"],
    ids=["parameters, casts and times", "a class of characters", "after a backslash"],
)
def test_a_string_for_the_driver_is_written_as_it_is(statement: str) -> None:
    """A colon in it is no parameter, and no backslash is added or removed."""
    written: list[str] = []
    connect(written).exec_driver_sql(statement)
    assert [statement] == written


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda connection: connection.execute(text("SELECT :a"), (1, 2)),
            ScriptParameterError,
            "a dict or a list of dicts, got tuple: 'SELECT :a'",
        ),
        (
            lambda connection: connection.exec_driver_sql("SELECT ?", (1,)),
            ScriptParameterError,
            "'SELECT ?'. Execute text() with parameters",
        ),
        (
            lambda connection: connection.begin_nested(),
            StandInConnectionError,
            "has no 'begin_nested': there is no database",
        ),
        (inspect, NoInspectionAvailable, "No inspection system"),
    ],
    ids=["a tuple", "the driver's", "a savepoint", "an inspector"],
)
def test_what_cannot_be_written(call: Any, error: type[Exception], message: str) -> None:
    """The error says what to do instead."""
    written: list[str] = []
    with pytest.raises(error, match=re.escape(message)):
        call(connect(written))
    assert [] == written


def test_results_are_of_whom_makes_them() -> None:
    """In a plan, using a result raises an error; in a script there is no result."""
    written: list[str] = []
    assert "answer" == connect(written, answer=lambda: "answer").execute(text("SELECT 1"))
    with pytest.raises(AttributeError):
        connect(written).scalar(text("SELECT 2"))
    assert ["SELECT 1", "SELECT 2"] == written
