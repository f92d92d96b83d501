"""Helpers with which plugins reflect tables: stand-in connection, lazy and batched data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, event, inspect

from idiolect.hooks import Batches, LazyFacts, StandIn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection


@pytest.fixture
def connection() -> Iterator[Connection]:
    """Return a connection to a database with three tables."""
    with create_engine("sqlite://").connect() as connection:
        for name in ("one", "two", "three"):
            connection.exec_driver_sql(f"CREATE TABLE {name} (a INTEGER)")
        yield connection


def test_stand_in_answers_what_it_knows(connection: Connection) -> None:
    """Known statements get the known rows, others go to the database."""
    stand_in = StandIn(connection, lambda statement, _: [(7,)] if "known" in statement else None)
    told = stand_in.exec_driver_sql("known")
    assert (7, [(7,)], (7,)) == (told.scalar(), told.fetchall(), told.first())
    assert 3 == stand_in.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    assert stand_in is stand_in.execution_options(anything=True)


def test_facts_are_found_out_once() -> None:
    """A table's data is loaded on first access, and once."""
    asked: list[Any] = []

    def look(key: Any) -> int:
        asked.append(key)
        return len(asked)

    facts = LazyFacts([(None, "one"), (None, "two")], look)
    assert [] == asked
    assert (1, 1) == (facts[None, "one"], facts[None, "one"])
    assert [(None, "one")] == asked
    assert (None, "three") not in facts
    assert facts.get((None, "three")) is None
    assert {(None, "one"): 1, (None, "two"): 2} == dict(facts)


def test_batches_read_what_is_foreseen_then_the_rest(connection: Connection) -> None:
    """The first time the tables that are named are read, the second time all that are left."""
    inspector = inspect(connection)
    read: list[str] = []

    @event.listens_for(connection, "before_cursor_execute")
    def note(_conn: Any, _cursor: Any, statement: str, *_given: Any) -> None:
        if "table_xinfo" in statement and "main." in statement:
            read.append(statement.partition('"')[2].strip('")'))

    batches = Batches(inspector, {None: ["one", "three", "two", "gone"]})
    columns = batches.facts("columns")
    assert [] == read
    batches.prefetch([(None, "two")])
    assert ["a"] == [column["name"] for column in columns[None, "two"]]
    assert {"two"} == set(read)
    read.clear()
    assert ["a"] == [column["name"] for column in columns[None, "one"]]
    assert {"one", "three"} == set(read)
    assert columns.get((None, "gone")) is None


def test_batches_tell_what_a_dialect_cannot(connection: Connection) -> None:
    """What the inspector cannot read is an error here too."""
    batches = Batches(inspect(connection), {None: ["one"]})
    with pytest.raises(NotImplementedError, match="sqlite does not reflect table_comment"):
        batches.facts("table_comment").get((None, "one"))
