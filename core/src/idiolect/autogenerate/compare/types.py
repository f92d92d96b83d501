"""Compares the types of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.types import NullType

from idiolect.autogenerate.compare.columns import note
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from sqlalchemy import Column

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.altercolumn import AlterColumnOp

log = Log("autogenerate.compare.types")


def compare_type(  # noqa: PLR0917 - as comparators of columns are called
    autogen_context: AutogenContext,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> dict[str, Any]:
    """Return the column's type, and the model's if it differs."""
    facts: dict[str, Any] = {"existing_type": conn_col.type}
    if isinstance(conn_col.type, NullType):
        log.info("Couldn't determine database type for column '%s.%s'", tname, cname)
        return facts
    if isinstance(metadata_col.type, NullType):
        log.info("Column '%s.%s' has no type within the model; can't compare", tname, cname)
        return facts
    if _differs(autogen_context, conn_col, metadata_col):
        log.info(
            "Detected type change from %r to %r on '%s.%s'",
            conn_col.type,
            metadata_col.type,
            tname,
            cname,
        )
        facts["modify_type"] = metadata_col.type
    return facts


def _differs(
    autogen_context: AutogenContext, conn_col: Column[Any], metadata_col: Column[Any]
) -> bool:
    """Call the user's callable, then the hook."""
    context = autogen_context.migration_context
    wanted = context._user_compare_type  # noqa: SLF001 - its option
    if not wanted:
        return False
    if callable(wanted):
        answer = wanted(context, conn_col, metadata_col, conn_col.type, metadata_col.type)
        if answer is not None:
            return bool(answer)
    return autogen_context.hooks.compare_type(autogen_context, conn_col, metadata_col)


def _dialect_impl_compare_type(  # noqa: PLR0917 - as published tests call it
    autogen_context: AutogenContext,
    alter_column_op: AlterColumnOp,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> None:
    """Let an operation change a column's type if it differs."""
    place = (schema, tname, cname)
    note(alter_column_op, compare_type(autogen_context, *place, conn_col, metadata_col))
