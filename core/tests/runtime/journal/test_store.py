"""The journal's table: how entries are written."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from idiolect.hooks import JournalSupport
from idiolect.runtime.journal.entries import LONGEST_DEFINITION, Entry
from idiolect.runtime.journal.store import JournalTable


def entry(seq: int, **values: str) -> Entry:
    """Return an entry."""
    return Entry(seq, "a1", "upgrade", "f" * 40, "intent", **values)


@pytest.mark.parametrize("count", [1, 3, 501])
def test_entries_are_read_as_they_were_added(count: int) -> None:
    """One, several, and more than are inserted at once."""
    added = [entry(seq, statement="UPDATE t SET s = '50% :x'") for seq in range(1, count + 1)]
    with create_engine("sqlite://").connect() as connection:
        store = JournalTable(connection, "j", None, JournalSupport())
        store.create()
        store.add(added)

        assert added == store.read()


def test_long_values_are_truncated_except_answers() -> None:
    """The columns have limited widths."""
    long = "x" * (LONGEST_DEFINITION + 1)
    with create_engine("sqlite://").connect() as connection:
        store = JournalTable(connection, "j", None, JournalSupport())
        store.create()
        store.add([entry(1, statement=long, note=long, answers=long)])

        (found,) = store.read()
    assert (300, 500, len(long)) == (len(found.statement), len(found.note), len(found.answers))


def test_entries_go_to_the_schema_of_a_tenant() -> None:
    """Where env.py translates schemas, the table is created, written and read in the same one."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("ATTACH ':memory:' AS tenant")
        connection.execution_options(schema_translate_map={None: "tenant"})
        store = JournalTable(connection, "j", None, JournalSupport())
        store.create()
        store.add([entry(1)])
        store.add([entry(2), entry(3)])

        assert [1, 2, 3] == [one.seq for one in store.read()]
        rows = connection.exec_driver_sql("SELECT seq FROM tenant.j ORDER BY seq")
        assert [1, 2, 3] == list(rows.scalars())
