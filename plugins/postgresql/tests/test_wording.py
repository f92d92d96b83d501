"""Expressions are normalised by PostgreSQL, and no temporary objects are left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.hooks import Expression
from idiolect_postgresql.wording import worded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

pytestmark = pytest.mark.postgresql
GIVEN: list[tuple[str, str, str, str | None]] = [
    ("server_default", "f", "random()*2", "(random() * (2)::double precision)"),
    ("server_default", "s", "'$idiolect$ 50%' || E'\\n'", "('$idiolect$ 50%'::text || '\n'::text)"),
    ("computed", "a", "a IS NOT NULL", None),
    ("computed", "b", "a IN (1, 2)", "(a = ANY (ARRAY[1, 2]))"),
    ("index", "", "lower(s)", "lower(s::text)"),
    ("index", "", "a", "a"),
    ("index_where", "", "a>1", "(a > 1)"),
    ("check", "", "a BETWEEN 1 AND 2", "a >= 1 AND a <= 2"),
    ("check", "", "missing > 1", None),
]


@pytest.fixture
def engine(fresh_postgresql: str) -> Iterator[Engine]:
    """An engine of a new database with one table."""
    engine = sa.create_engine(fresh_postgresql)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER, b BOOLEAN, f FLOAT, s VARCHAR(30))")
    yield engine
    engine.dispose()


def expressions(connection: Connection) -> list[Expression]:
    """Return expressions of the table."""
    table = sa.Table("t", sa.MetaData(), autoload_with=connection)
    return [Expression(kind, table, text, column) for kind, column, text, _ in GIVEN]


def test_worded(engine: Engine) -> None:
    """Each expression is as in the catalogue; a rejected one is None."""
    with engine.connect() as connection:
        asked = expressions(connection)
        assert [expected for *_, expected in GIVEN] == worded(connection, asked)
        left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'idiolect%'"
        assert 0 == connection.exec_driver_sql(left, execution_options=PLAIN).scalar()


PLAIN: Any = {"no_parameters": True}


@pytest.mark.parametrize("way", ["autocommit", "read only"])
def test_where_nothing_can_be_made(engine: Engine, way: str) -> None:
    """Nothing can be normalised, and the connection stays usable."""
    with engine.connect() as connection:
        if way == "autocommit":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        else:
            connection.execution_options(postgresql_readonly=True)
        assert [None] * len(GIVEN) == worded(connection, expressions(connection))
        assert 1 == connection.scalar(sa.text("SELECT 1"))
