"""Checks privileges on the tables of a run before the run writes anything.

Used by the migration context when there is something to do. The dialect's plugin queries the
database (hook ``missing_privileges``); what a run needs follows from its steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from idiolect.errors import PrivilegeError
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Table

    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep

log = Log("runtime.privileges")

_ALL_WRITES = 3


def check_privileges(
    context: MigrationContext, needed: Collection[str], *, is_there: bool = True
) -> None:
    """Raise if the user lacks privileges that the run needs on the version table.

    Args:
        context: the context whose version table will be written.
        needed: see :func:`needed_by`.
        is_there: whether the version table exists; if not, CREATE is needed as well.

    Raises:
        PrivilegeError: a privilege is missing, or the database is read-only at present.
    """
    wanted = [*([] if is_there else ["CREATE"]), *sorted(needed)]
    told = what_is_missing(context, context._version, wanted)
    if told:
        raise PrivilegeError(f"{told} Nothing was changed.")


def what_is_missing(context: MigrationContext, table: Table, needed: Collection[str]) -> str:
    """Return the privileges the user lacks on a table, as the plugin describes them; may be empty.

    Leaves no transaction open that it began.
    """
    if not needed:
        return ""
    connection = context.connection
    was_open = connection.in_transaction()
    try:
        told = context.hooks.missing_privileges(context.dialect, connection, table, needed)
    except DBAPIError as exc:
        if was_open or exc.connection_invalidated:
            raise
        # A compatible database without this catalogue; the first write will show.
        log.info("Privileges on %r are not known: %s", table.name, type(exc.orig).__name__)
        told = ""
    if not was_open and connection.in_transaction():
        connection.rollback()
    return told


def needed_by(steps: Collection[MigrationStep], heads: Collection[str]) -> set[str]:
    """Return which row changes the steps make in the version table: INSERT, UPDATE, DELETE."""
    now = list(heads)
    needed: set[str] = set()
    for step in steps:
        changes = step.head_changes(now)
        gone, new = list(changes.delete), list(changes.insert)
        if gone:
            needed.add("DELETE")
        if new:
            needed.add("INSERT")
        if changes.update is not None:
            needed.add("UPDATE")
            gone.append(changes.update[0])
            new.append(changes.update[1])
        if len(needed) == _ALL_WRITES:
            break
        now = [head for head in now if head not in gone] + new
    return needed
