"""Changes of indexes and unique constraints beyond what SQLAlchemy reflects: both directions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    collate,
    func,
    text,
)

from plugins.postgresql.tests.roundtrip import diffs, executed, round_trip

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection

    Add = Callable[[Table], Any]

pytestmark = pytest.mark.postgresql


def model(*add: Add) -> MetaData:
    """Return a table with what the functions add to it."""
    metadata = MetaData()
    columns = (Column("a", String(9)), Column("b", String(9, collation="C")), Column("n", Integer))
    table = Table("t", metadata, Column("id", Integer, primary_key=True), *columns)
    for one in add:
        one(table)
    return metadata


def index(*parts: Callable[[Table], Any], **options: Any) -> Add:
    """Return a function that adds an index."""
    return lambda table: Index("i", *[part(table) for part in parts], _table=table, **options)


def unique(name: str | None = "uq", **options: Any) -> Add:
    """Return a function that adds a unique constraint."""
    return lambda table: table.append_constraint(UniqueConstraint("n", name=name, **options))


def definitions(connection: Connection) -> set[str]:
    """Return indexes and unique constraints as PostgreSQL describes them."""
    queries = (
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 't'::regclass",
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass",
    )
    return {row for query in queries for row in connection.scalars(text(query))}


a = index(lambda t: t.c.a)
a_in_c = index(lambda t: collate(t.c.a, "C"))
lower = index(lambda t: func.lower(t.c.a))
NOTHING: Add = lambda _table: None  # noqa: E731 - a case among others

CHANGES: dict[str, tuple[Add, Add]] = {
    "collation added": (a, a_in_c),
    "collation removed": (a_in_c, a),
    "another collation": (a_in_c, index(lambda t: collate(t.c.a, "POSIX"))),
    "collation in text": (a, index(lambda _: text('a COLLATE "C" DESC'))),
    "collation of a column's collation": (
        index(lambda t: t.c.b),
        index(lambda t: collate(t.c.b, "POSIX"), lambda t: t.c.n),
    ),
    "collation of an expression": (lower, index(lambda t: collate(func.lower(t.c.a), "C"))),
    "collated index dropped": (a_in_c, NOTHING),
    "order of an expression": (lower, index(lambda t: func.lower(t.c.a).desc().nulls_last())),
    "ordered index on an expression dropped": (
        index(lambda t: func.lower(t.c.a).desc(), lambda t: t.c.n.desc()),
        NOTHING,
    ),
    "unique: deferrable": (unique(), unique(deferrable=True)),
    "unique: initially deferred": (unique(deferrable=True), unique(initially="DEFERRED")),
    "unique: not deferrable": (unique(deferrable=True, initially="DEFERRED"), unique()),
    "unique: deferrable, without a name": (unique(None), unique(None, deferrable=True)),
    "unique: renamed": (unique(initially="DEFERRED"), unique("other")),
    "unique: nulls, without a name": (
        unique(None),
        unique(None, postgresql_nulls_not_distinct=True),
    ),
}


@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_a_change(connection: Connection, before: Add, after: Add) -> None:
    """It is made by dropping and creating, is found no more, and the downgrade restores it."""
    model(before).create_all(connection)
    there = definitions(connection)
    assert [] == diffs(connection, model(before))

    def restored() -> None:
        assert there == definitions(connection)

    code = round_trip(connection, model(after), restored)

    assert there != definitions(connection)
    assert 1 + (after is not NOTHING) == len(executed(code))


def test_what_the_log_says(connection: Connection, caplog: pytest.LogCaptureFixture) -> None:
    """The elements of both indexes, as they can be read, and both timings."""
    model(a, unique()).create_all(connection)
    caplog.set_level(logging.INFO)

    diffs(connection, model(a_in_c, unique(initially="DEFERRED")))

    assert [
        "Detected changed index 'i' on 't': expression (a) to (a COLLATE \"C\")",
        "Detected changed unique constraint 'uq' on 't': NOT DEFERRABLE to INITIALLY DEFERRED",
    ] == [message for message in caplog.messages if message.startswith("Detected")]


SAME: dict[str, Add] = {
    "own collation": index(lambda t: collate(t.c.b, "C")),
    "default collation": index(lambda t: collate(t.c.a, "default")),
    "expression of a collated column": index(lambda t: func.lower(t.c.b)),
    "operator class in text": index(lambda _: text('a COLLATE "C" varchar_pattern_ops DESC')),
    "initially immediate": unique(initially="IMMEDIATE"),
    "deferrable and immediate": unique(deferrable=True, initially="immediate"),
    "explicitly not deferrable": unique(deferrable=False),
    "without a name": unique(None, initially="DEFERRED"),
}


@pytest.mark.parametrize("add", SAME.values(), ids=SAME)
@pytest.mark.filterwarnings("ignore:.*operator clause:UserWarning")
def test_no_change(connection: Connection, add: Add) -> None:
    """What the database omits, because it is usual, is no difference."""
    model(add).create_all(connection)

    assert [] == diffs(connection, model(add))
