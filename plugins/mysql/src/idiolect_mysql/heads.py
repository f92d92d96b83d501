"""Whether a revision's id fits into the version table, asked while nothing has happened.

Elsewhere a rollback takes back what a revision did before its id was refused; here it stays. The
plugin comes in before each step. Nothing is asked of the database unless an id is long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

from idiolect.errors import VersionTableError

if TYPE_CHECKING:
    from sqlalchemy import Table

    from idiolect.migration import MigrationContext


def check_length(context: MigrationContext, revision: str) -> None:
    """Refuse an id that is longer than the column it is to be written into.

    Args:
        context: whose version table it is.
        revision: the id that a step writes.

    Raises:
        VersionTableError: the server would refuse it.
    """
    table = context._version
    size = getattr(table.c.version_num.type, "length", None)
    # A script may be for a database whose column is wider.
    if context.as_sql or size is None or len(revision) <= size:
        return
    size = _size_in_database(context, table)
    if size is None or len(revision) <= size:
        return
    raise VersionTableError(
        f"The id {revision!r} has {len(revision)} characters, and 'version_num' of the version "
        f"table {table.name!r} takes {size}: it would be refused after the revision's changes, "
        f"which cannot be rolled back here. Run ALTER TABLE {table.fullname} MODIFY version_num "
        f"VARCHAR({len(revision)}) NOT NULL first, or choose a shorter id."
    )


def _size_in_database(context: MigrationContext, table: Table) -> int | None:
    """Return the width that the column has by now: projects widen it."""
    columns = inspect(context.bind).get_columns(table.name, schema=table.schema)
    found = (one["type"] for one in columns if one["name"] == "version_num")
    size = getattr(next(found, None), "length", None)
    return size if isinstance(size, int) else None
