"""Partitions that no model has are part of their table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table

from idiolect.autogenerate import compare_metadata, produce_migrations
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

pytestmark = pytest.mark.postgresql
THERE = (
    "CREATE SCHEMA archive",
    "CREATE TABLE event (id bigint NOT NULL, day integer NOT NULL) PARTITION BY RANGE (day)",
    "CREATE INDEX ix_event_day ON event (day)",
    "CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (1) TO (2)",
    "CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM (2) TO (9) PARTITION BY LIST (day)",
    "CREATE TABLE event_2_a PARTITION OF event_2 DEFAULT",
    "CREATE TABLE archive.event_0 PARTITION OF event FOR VALUES FROM (0) TO (1)",
    "CREATE TABLE event_old (id bigint)",
    "CREATE TABLE heir (more integer) INHERITS (event_old)",
)


@pytest.fixture
def filled(connection: Connection) -> Connection:
    """A connection to a database with a table that has partitions."""
    for statement in THERE:
        connection.exec_driver_sql(statement)
    return connection


def models(*, event: bool = True) -> MetaData:
    """Return a model of the table, or an empty one."""
    metadata = MetaData()
    if event:
        Table(
            "event",
            metadata,
            Column("id", BigInteger, nullable=False),
            Column("day", Integer, nullable=False, index=True),
        )
    return metadata


def test_partitions_stay_with_their_table(filled: Connection) -> None:
    """Only what is no partition of a table of the models is dropped, in either direction."""
    opts = {"include_schemas": True}
    context = MigrationContext.configure(filled, opts=opts)
    script = produce_migrations(context, models())
    assert script.upgrade_ops is not None
    assert script.downgrade_ops is not None
    there, back = (
        sorted((one[0], one[1].name) for one in container.as_diffs())
        for container in (script.upgrade_ops, script.downgrade_ops)
    )
    assert [("remove_table", "event_old"), ("remove_table", "heir")] == there
    assert [("add_table", "event_old"), ("add_table", "heir")] == back


def test_partitions_of_a_table_that_goes(filled: Connection) -> None:
    """They go with it, as far as autogenerate is concerned: each is a table of its own."""
    context = MigrationContext.configure(filled)
    names = {one[1].name for one in compare_metadata(context, models(event=False))}
    assert {"event", "event_1", "event_2", "event_2_a"} <= names
