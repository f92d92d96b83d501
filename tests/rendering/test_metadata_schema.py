"""Models of a MetaData with a schema, whose foreign keys omit it in the names of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.engine import make_url

from tests.rendering.revision import differences, run, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

OPTIONS: dict[str, Any] = {"include_schemas": True, "compare_server_default": True}


@pytest.fixture
def connection(fresh_postgresql: str) -> Iterator[Connection]:
    """A connection to an empty database, with a schema ``other``."""
    engine = sa.create_engine(make_url(fresh_postgresql).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA other")
        connection.commit()
        yield connection
    engine.dispose()


def models(schema: str | None, *, grown: bool = False) -> sa.MetaData:
    """Return a table that refers to itself by a key; grown, also tables that form a cycle."""
    metadata = sa.MetaData(schema=schema)
    Table(
        "node",
        metadata,
        Column("node id", Integer, key="id", primary_key=True),
        Column("parent", Integer, ForeignKey("node.id", name="fk_parent")),
    )
    if grown:
        Table(
            "first",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("second", Integer, ForeignKey("second.id", name="fk_second")),
            Column("kind", String(9), sa.CheckConstraint("kind <> 'a:b 5%'", name="ck_kind")),
        )
        Table(
            "second",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("first", Integer, ForeignKey("first.id", name="fk_first"), index=True),
            Column("node", Integer, ForeignKey("node.id", name="fk_node")),
        )
    return metadata


@pytest.mark.postgresql
@pytest.mark.parametrize("schema", ["other", "public", None])
def test_nothing_differs_and_a_revision_goes_both_ways(
    connection: Connection, schema: str | None
) -> None:
    """What was created does not differ; a revision adds a cycle of tables, and removes it."""
    models(schema).create_all(connection)
    assert [] == differences(connection, models(schema), **OPTIONS)

    revision = write(connection, models(schema, grown=True), **OPTIONS)
    run(connection, revision, "upgrade")
    assert [] == differences(connection, models(schema, grown=True), **OPTIONS)
    run(connection, revision, "downgrade")
    assert [] == differences(connection, models(schema), **OPTIONS)


@pytest.mark.postgresql
def test_all_of_it_is_made_by_a_revision(connection: Connection) -> None:
    """The revision for an empty database creates all tables, and drops them."""
    revision = write(connection, models("other", grown=True), **OPTIONS)
    run(connection, revision, "upgrade")
    assert [] == differences(connection, models("other", grown=True), **OPTIONS)
    run(connection, revision, "downgrade")
    assert [] == sa.inspect(connection).get_table_names("other")
