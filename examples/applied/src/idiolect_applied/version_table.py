"""The version table with additional columns, and the upgrade of an existing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table, inspect

from idiolect.operations import Operations
from idiolect_applied.facts import columns

if TYPE_CHECKING:
    from idiolect.hooks import VersionTableSpec
    from idiolect.migration import MigrationContext

#: Long enough for ids such as "2026_11_21_0941_add_the_address_of_the_customer".
ID_LENGTH = 128
_DOCUMENTED_LENGTH = 32


def wide_table(spec: VersionTableSpec) -> Table:
    """Return the version table for a new database."""
    table = Table(
        spec.name,
        MetaData(),
        Column("version_num", String(ID_LENGTH), nullable=False),
        *columns(),
        schema=spec.schema,
    )
    if spec.primary_key:
        table.append_constraint(PrimaryKeyConstraint("version_num", name=f"{spec.name}_pkc"))
    return table


def widen(context: MigrationContext) -> None:
    """Add the additional columns to a standard version table, and widen its ids.

    Call it on a connection, before a row is written.
    """
    name, schema = context.version_table, context.version_table_schema
    there = {each["name"] for each in inspect(context.connection).get_columns(name, schema=schema)}
    missing = [column for column in columns() if column.name not in there]
    if not missing:
        return
    # In batch mode because SQLite cannot change types; on other databases it is plain ALTER.
    with Operations(context).batch_alter_table(name, schema=schema) as batch:
        batch.alter_column(
            "version_num",
            type_=String(ID_LENGTH),
            existing_type=String(_DOCUMENTED_LENGTH),
            existing_nullable=False,
        )
        for column in missing:
            batch.add_column(column)
