"""Compares the columns of primary keys: an opt-in set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.sql.elements import conv

from idiolect.ddl.signatures import final_name
from idiolect.operations.ops.constraints import CreatePrimaryKeyOp, DropConstraintOp
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from sqlalchemy import Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.containers import ModifyTableOps

log = Log("autogenerate.compare.constraints")
_KIND = "primary_key_constraint"


def compare_primary_keys(  # noqa: PLR0917 - as comparators of tables are called
    autogen_context: AutogenContext,
    modify_ops: ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> None:
    """Make the columns of the primary key, and their order, match the model.

    The old key is dropped before columns change, the new one is created after. A different name
    alone is no difference. A key without a known name, as on SQLite, is dropped by the model's
    name.
    """
    if conn_table is None or metadata_table is None:
        return
    before, after = _columns(conn_table), _columns(metadata_table)
    if before == after:
        return
    model, reflected = metadata_table.primary_key, conn_table.primary_key
    if not autogen_context.run_object_filters(model, model.name, _KIND, False, reflected):
        return
    log.info("Detected changed primary key on %r: %r to %r", tname, before, after)
    # Without a name it could not be dropped.
    there = None if reflected.name is None else str(reflected.name)
    name = final_name(model, autogen_context.dialect) or there or f"pk_{tname}"
    if before:
        former = there or name
        old = CreatePrimaryKeyOp(conv(former), tname, before, schema=schema)
        drop = DropConstraintOp(conv(former), tname, "primary", schema=schema, _reverse=old)
        modify_ops.ops.insert(0, drop)
    if after:
        new = CreatePrimaryKeyOp(conv(name), tname, after, schema=schema)
        modify_ops.ops.insert(_after_columns(modify_ops), new)


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.primary_key.columns]


def _after_columns(modify_ops: ModifyTableOps) -> int:
    """Return the index after all operations on columns: foreign keys may refer to the key."""
    places = [
        place
        for place, one in enumerate(modify_ops.ops)
        if hasattr(one, "column") or hasattr(one, "column_name")
    ]
    return max(places, default=len(modify_ops.ops) - 1) + 1
