"""Partitions that no model has: as long as their table stays, they are part of it.

Used by the impl when upgrade and downgrade are complete. Their rows would go with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from idiolect.operations.ops import CreateTableOp, DropTableOp, ModifyTableOps
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import DowngradeOps, UpgradeOps

    Key = tuple[str | None, str]

log = Log("autogenerate.compare.tables")
#: The first version with partitions. Source: its release notes.
_FIRST_VERSION = (10,)
_PARTITIONS = text(
    """
    SELECT cn.nspname, c.relname, pn.nspname, p.relname
    FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relispartition
    JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f')
    """
)


def keep_partitions(
    autogen_context: AutogenContext, upgrade_ops: UpgradeOps, downgrade_ops: DowngradeOps
) -> None:
    """Drop no partition of a table that stays.

    Args:
        autogen_context: the comparison.
        upgrade_ops: what was found; changed in place.
        downgrade_ops: what undoes it; changed in place.
    """
    connection: Any = autogen_context.connection
    version = connection.dialect.server_version_info or ()
    dropped = {
        (one.schema, str(one.table_name)) for one in upgrade_ops.ops if isinstance(one, DropTableOp)
    }
    if not dropped or version < _FIRST_VERSION:
        return
    tables = _tables_of_partitions(connection)

    def stays(key: Key) -> bool:
        table = tables.get(key)
        return table is not None and (table not in dropped or stays(table))

    kept = {key for key in dropped if stays(key)}
    for schema, name in sorted(kept, key=lambda key: (key[0] or "", key[1])):
        log.info("Keeping %r, a partition of %r", name, tables[schema, name][1])
    for container in (upgrade_ops, downgrade_ops):
        container.ops[:] = [
            one
            for one in container.ops
            if not isinstance(one, (CreateTableOp, DropTableOp, ModifyTableOps))
            or (one.schema, str(one.table_name)) not in kept
        ]


def _tables_of_partitions(connection: Connection) -> dict[Key, Key]:
    """Return the table of each partition, which may be a partition as well."""
    default = connection.dialect.default_schema_name

    def key(schema: str, name: str) -> Key:
        return (None if schema == default else schema, name)

    return {key(*row[:2]): key(*row[2:]) for row in connection.execute(_PARTITIONS)}
