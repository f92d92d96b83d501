"""The table of current heads: one row a head, its revision id in ``version_num``.

The migration context comes in to read heads and to make the table; rows change in
:mod:`idiolect.runtime.heads` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select

from idiolect.errors import VersionTableError
from idiolect.hooks.records import VERSION_TABLE, VersionTableSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection


def requested_table(opts: Mapping[str, Any]) -> VersionTableSpec:
    """Return what ``configure()`` asked of the version table."""
    return VersionTableSpec(
        name=opts.get("version_table", VERSION_TABLE),
        schema=opts.get("version_table_schema"),
        primary_key=opts.get("version_table_pk", True),
    )


def exists(connection: Connection, table: Table) -> bool:
    """Return whether the database has the table."""
    return bool(inspect(connection).has_table(table.name, schema=table.schema))


def read_heads(connection: Connection, table: Table) -> tuple[str, ...]:
    """Return the ids in the table, in the order in which the database gives them.

    Raises:
        VersionTableError: a row holds no id.
    """
    heads = tuple(connection.execute(select(table.c.version_num)).scalars())
    if not all(heads):
        raise VersionTableError(
            f"The version table {table.name!r} has a row without a revision id (NULL or empty). "
            "Delete that row, or write the table anew with 'stamp --purge'."
        )
    return heads
