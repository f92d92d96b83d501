"""Compares comments of tables and columns; an empty one equals none, as in databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.operations.ops.comments import CreateTableCommentOp, DropTableCommentOp
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from sqlalchemy import Column, Table

    from idiolect.autogenerate.compare.values import ModelTable
    from idiolect.autogenerate.context import AutogenContext
    from idiolect.hooks.reflected import TableSignature

log = Log("autogenerate.compare.comments")


def compare_table_comment(
    autogen_context: AutogenContext,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> list[CreateTableCommentOp | DropTableCommentOp]:
    """Return the operation that makes the table's comment match the model."""
    if conn_table is None or metadata_table is None or not _has_comments(autogen_context):
        return []
    before, after = conn_table.comment or None, metadata_table.comment or None
    if before == after:
        return []
    label = f"{schema}.{tname}" if schema else tname
    if after is None:
        log.info("Detected removed comment on table %r", label)
        return [DropTableCommentOp(tname, existing_comment=before, schema=schema)]
    log.info("Detected comment on table %r", label)
    return [CreateTableCommentOp(tname, after, existing_comment=before, schema=schema)]


def proves_equal(signature: TableSignature, model: ModelTable) -> bool:
    """Return True: comments are compared before the proofs, and equal ones get here."""
    del signature, model
    return True


def compare_column_comment(  # noqa: PLR0917 - as comparators of columns are called
    autogen_context: AutogenContext,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> dict[str, Any]:
    """Return the column's comment, and the model's if it differs."""
    if not _has_comments(autogen_context):
        return {}
    before, after = conn_col.comment or None, metadata_col.comment or None
    facts: dict[str, Any] = {"existing_comment": before}
    if before != after:
        label = f"{schema}.{tname}" if schema else tname
        log.info("Detected column comment '%s.%s'", label, cname)
        facts["modify_comment"] = after
    return facts


def _has_comments(autogen_context: AutogenContext) -> bool:
    return bool(autogen_context.migration_context.dialect.supports_comments)
