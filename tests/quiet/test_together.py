"""Columns of the corpus in one database: knowledge of one table is not applied to others.

Here tables are skipped by signature, and many expressions are sent in one query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import DOMAIN

from tests.quiet.corpus import DIALECTS
from tests.quiet.places import found, place
from tests.quiet.schema import Schema
from tests.quiet.themes import computed, defaults, indexes, types

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

pytestmark = pytest.mark.filterwarnings(
    "ignore:Could not instantiate type",
    "ignore:autogenerate skipping metadata-specified expression-based index",
    "ignore:Skipped unsupported reflection of expression-based index",
)

THEMES = (types, defaults, computed, indexes)


def _schemas(dialect: str) -> list[Schema]:
    """Return every fourth schema of one table, without a type or check of a name."""
    given = [schema for theme in THEMES for schema in theme.schemas(dialect)]
    return [schema for schema in given[::4] if not _has_names(schema)]


def _has_names(schema: Schema) -> bool:
    """Tell whether another table cannot have the same columns in the same database."""
    return any(
        isinstance(getattr(column.type, "item_type", column.type), (sa.Enum, DOMAIN))
        or getattr(column.type, "create_constraint", False)
        for table in schema.metadata().tables.values()
        for column in table.c
    )


def _together(dialect: str, changed: str = "", repeat: int = 2) -> sa.MetaData:
    """Return a table for each schema, ``repeat`` times over; in the last round one is changed."""
    together = sa.MetaData()
    for number in range(repeat):
        for place_, schema in enumerate(_schemas(dialect)):
            is_changed = number == repeat - 1 and schema.name == changed
            (table,) = schema.metadata(change=is_changed).tables.values()
            name = f"t{number}_{place_}"
            copy = table.to_metadata(together, name=name)
            for index in copy.indexes:
                index.name = sa.quoted_name(f"{name} {index.name}"[:60], quote=None)
    return together


@pytest.fixture
def engine(request: pytest.FixtureRequest, dialect: str) -> Engine:
    """The engine of the case's database."""
    given: Engine = request.getfixturevalue(dialect)
    return given


MARKS = {"postgresql": [pytest.mark.postgresql], "mariadb": [pytest.mark.mariadb], "sqlite": []}
ON_EACH = [pytest.param(dialect, id=dialect, marks=MARKS[dialect]) for dialect in DIALECTS]


@pytest.mark.parametrize("dialect", ON_EACH)
def test_one_change_among_many_tables(engine: Engine, dialect: str) -> None:
    """Nothing differs, in either way of comparing; where one table is changed, that one does."""
    changes = {schema.name: schema.seen for schema in _schemas(dialect) if schema.changed}
    with place(engine, Schema("together", _nothing)) as (connection, others):
        if dialect == "mariadb":
            connection.exec_driver_sql("SET default_storage_engine = Aria")
        _together(dialect).create_all(connection, checkfirst=False)
        assert [] == found(connection, _together(dialect), others)
        assert [] == found(connection, _together(dialect), others, include_object=_everything)
        for name in list(changes)[::20]:
            differences = found(connection, _together(dialect, name), others)
            assert (name, changes[name]) == (name, tuple(sorted({one[0] for one in differences})))


def _everything(*_args: Any) -> bool:
    return True


def _nothing(_metadata: sa.MetaData) -> None:
    pass


@pytest.mark.parametrize(
    "dialect",
    [
        pytest.param("sqlite", id="sqlite"),
        pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgresql),
    ],
)
def test_expressions_are_asked_about_together(engine: Engine, dialect: str) -> None:
    """Twice as many tables need no more queries, except one that selects among many."""
    counts = []
    for repeat in (1, 2):
        with place(engine, Schema("together", _nothing)) as (connection, others):
            model = _together(dialect, repeat=repeat)
            model.create_all(connection)
            counts.append(_queries(connection, model, others))
    assert counts[1] - counts[0] <= 1


def _queries(connection: Connection, model: sa.MetaData, others: list[str]) -> int:
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        found(connection, model, others, include_object=_everything)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return len(sent)
