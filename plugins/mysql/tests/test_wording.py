"""Defaults are read completely, and expressions normalised without leaving objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from idiolect.hooks import Expression
from idiolect_mysql import defaults
from idiolect_mysql.wording import default_in, defaults_of, worded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param("int(11) NOT NULL,", None, id="none"),
        pytest.param("int(11) DEFAULT NULL,", "NULL", id="NULL"),
        pytest.param("varchar(9) DEFAULT 'a, COMMENT' COMMENT 'x',", "'a, COMMENT'", id="literal"),
        pytest.param("varchar(9) DEFAULT 'it''s' CHECK (a)", "'it''s'", id="quote"),
        pytest.param("enum('DEFAULT','b') DEFAULT 'b'", "'b'", id="values"),
        pytest.param("double DEFAULT (rand() * 2),", "(rand() * 2)", id="brackets"),
        pytest.param("double DEFAULT rand() * 2 COMMENT 'a',", "rand() * 2", id="sum"),
        pytest.param(
            "timestamp DEFAULT current_timestamp() ON UPDATE current_timestamp(),",
            "current_timestamp() ON UPDATE current_timestamp()",
            id="on update",
        ),
        pytest.param(
            "datetime DEFAULT (now() + interval 1 day) /*!80023 INVISIBLE */,",
            "(now() + interval 1 day)",
            id="invisible",
        ),
    ],
)
def test_default_in(definition: str, expected: str | None) -> None:
    """The default is the text between DEFAULT and the next clause."""
    assert expected == default_in(definition)


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("'rand()'", False),
        ("current_timestamp()", False),
        ("current_timestamp(3)", False),
        ("5", False),
        ("rand()", True),
        ("current_timestamp() ON UPDATE current_timestamp()", True),
    ],
)
def test_may_go_on(default: str, expected: bool) -> None:
    """SQLAlchemy may have read a part of a default that calls a function."""
    assert expected is defaults.may_go_on(default)


@pytest.fixture
def connection(fresh_mariadb: str) -> Iterator[Connection]:
    """A connection to a new database with one table."""
    engine = sa.create_engine(fresh_mariadb)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INT, s VARCHAR(9) DEFAULT (lower('A')))")
        yield connection
    engine.dispose()


@pytest.mark.mariadb
def test_worded(connection: Connection, is_mysql: bool) -> None:
    """Each expression is normalised by the server, a rejected one is None, and nothing is left."""
    table = sa.Table("t", sa.MetaData(), autoload_with=connection)
    given = [
        ("server_default", "a", "(1+2)", "((1 + 2))" if is_mysql else "(1 + 2)"),
        ("server_default", "a", "-5", "(-(5))" if is_mysql else "-5"),
        ("server_default", "s", "upper('x')", "(upper(_utf8mb4'x'))" if is_mysql else "ucase('x')"),
        ("computed", "a", "A+1", "((`a` + 1))" if is_mysql else "(`a` + 1)"),
        ("check", "", "a IN (1,2)", "(`a` in (1,2))" if is_mysql else "`a` in (1,2)"),
        ("check", "", "missing > 1", None),
        ("index", "", "a", None),
    ]
    connection.exec_driver_sql("INSERT INTO t (a) VALUES (1)")
    expressions = [Expression(kind, table, text, column) for kind, column, text, _ in given]
    assert [expected for *_, expected in given] == worded(connection, expressions)
    connection.rollback()
    assert 0 == connection.scalar(sa.text("SELECT count(*) FROM t"))
    with pytest.raises(sa.exc.SQLAlchemyError, match="doesn't exist"):
        connection.exec_driver_sql("SELECT * FROM idiolect_wording")


@pytest.mark.mariadb
def test_defaults_of(connection: Connection, is_mysql: bool) -> None:
    """All are included, also NULL."""
    expression = "(lower(_utf8mb4'A'))" if is_mysql else "lcase('A')"
    assert {"a": "NULL", "s": expression} == defaults_of(connection, "t")
