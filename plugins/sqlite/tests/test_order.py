"""Descending columns of indexes: they are reflected, compared, and restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.autogenerate import compare_metadata, produce_migrations
from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    Parts = Callable[[Any], list[Any]]


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to an empty database with a second one attached."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("ATTACH ':memory:' AS other")
        yield connection
    engine.dispose()


def model(parts: Parts, schema: str | None) -> sa.MetaData:
    """Return a table with an index."""
    metadata = sa.MetaData()
    columns = [sa.Column(name, sa.Integer) for name in ("a", "b", "descent")]
    table = sa.Table("t", metadata, *columns, schema=schema)
    sa.Index("i", *parts(table.c), _table=table)
    return metadata


def differences(connection: Connection, metadata: sa.MetaData) -> list[str]:
    """Return what each difference does."""
    opts = {"include_schemas": True}
    found = compare_metadata(MigrationContext.configure(connection, opts=opts), metadata)
    return [one[0] for one in found]


def invoke(context: MigrationContext, operation: Any) -> None:
    """Execute an operation, or all of a container."""
    for one in getattr(operation, "ops", ()):
        invoke(context, one)
    if not hasattr(operation, "ops"):
        Operations(context).invoke(operation)


PARTS: dict[str, Parts] = {
    "rising": lambda c: [c.a, c.b],
    "first falls": lambda c: [c.a.desc(), c.b],
    "second falls": lambda c: [c.a, c.b.desc()],
    "both fall": lambda c: [c.a.desc(), sa.text("b DESC")],
}


@pytest.mark.parametrize("schema", [None, "other"])
@pytest.mark.parametrize("after", PARTS)
@pytest.mark.parametrize("before", PARTS)
def test_order(connection: Connection, before: str, after: str, schema: str | None) -> None:
    """Another order is a change, which can be made and undone; the same one is none."""
    there, wanted = (model(PARTS[kind], schema) for kind in (before, after))
    there.create_all(connection)
    expected = [] if before == after else ["remove_index", "add_index"]
    assert expected == differences(connection, wanted)

    context = MigrationContext.configure(connection, opts={"include_schemas": True})
    script = produce_migrations(context, wanted)
    for container, metadata in ((script.upgrade_ops, wanted), (script.downgrade_ops, there)):
        assert container is not None
        invoke(context, container)
        assert [] == differences(connection, metadata)


def test_a_name_is_no_order(connection: Connection) -> None:
    """Words such as ``desc`` in the names of columns and indexes do not count."""
    connection.exec_driver_sql('CREATE TABLE t (a INTEGER, b INTEGER, "desc" INTEGER)')
    connection.exec_driver_sql('CREATE INDEX "i desc" ON t ("desc", a)')
    metadata = sa.MetaData()
    columns = [sa.Column(name, sa.Integer) for name in ("a", "b", "desc")]
    sa.Index("i desc", "desc", "a", _table=sa.Table("t", metadata, *columns))

    assert [] == differences(connection, metadata)
