"""A table with a row for each step that was applied to the database, up or down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, String, Table

from idiolect.autogenerate.rewriter import Rewriter
from idiolect.operations import ops
from idiolect_applied.facts import columns

if TYPE_CHECKING:
    from idiolect.migration import MigrationContext
    from idiolect.runtime.steps import MigrationInfo
    from idiolect_applied.facts import Facts

_SUFFIX = "_history"


def history_table(context: MigrationContext) -> Table:
    """Return the table, next to the version table."""
    return Table(
        f"{context.version_table}{_SUFFIX}",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("from_revisions", String(1000), nullable=False),
        Column("to_revisions", String(1000), nullable=False),
        Column("kind", String(10), nullable=False),
        *columns(),
        schema=context.version_table_schema,
    )


def write(context: MigrationContext, step: MigrationInfo, facts: Facts) -> None:
    """Record a step, inside its transaction; the first one creates the table."""
    table = history_table(context)
    table.create(context.connection, checkfirst=True)
    context.execute(
        table.insert().values(
            from_revisions=" ".join(step.source_revision_ids),
            to_revisions=" ".join(step.destination_revision_ids),
            kind=_kind(step),
            **facts.as_row(),
        )
    )


def _kind(step: MigrationInfo) -> str:
    if step.is_stamp:
        return "stamp"
    return "upgrade" if step.is_upgrade else "downgrade"


#: Otherwise autogenerate would drop a table that is in no model.
leave_out = Rewriter()


@leave_out.rewrites([ops.DropTableOp, ops.CreateTableOp])
def _without_history(context: MigrationContext, _revision: Any, op: Any) -> Any:
    return None if op.table_name == f"{context.version_table}{_SUFFIX}" else op
