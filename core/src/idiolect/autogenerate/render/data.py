"""Renders operations that execute statements or insert rows."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy.types import NullType

from idiolect.autogenerate.render.expressions import ident, value_text
from idiolect.autogenerate.render.imports import directive_prefix, sqlalchemy_prefix
from idiolect.autogenerate.render.types import repr_type

if TYPE_CHECKING:
    from sqlalchemy import Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.data import BulkInsertOp, ExecuteSQLOp

_OF_DATETIME = (dt.date, dt.time, dt.timedelta, dt.tzinfo)


def execute_sql(autogen_context: AutogenContext, op: ExecuteSQLOp) -> str:
    """Return the code that executes a statement.

    Raises:
        NotImplementedError: the statement is not a plain string.
    """
    if not isinstance(op.sqltext, str):
        raise NotImplementedError(
            "Autogenerate rendering of SQL Expression language constructs not supported here; "
            f"please use a plain SQL string; got {op.sqltext!r}"
        )
    return f"{directive_prefix(autogen_context)}execute({op.sqltext!r})"


def bulk_insert(autogen_context: AutogenContext, op: BulkInsertOp) -> str:
    """Return the code that inserts rows, one per line; a batch has no such directive."""
    rows = "".join(f"    {_row(row, autogen_context)},\n" for row in op.rows)
    arguments = [_table(op.table, autogen_context), f"[\n{rows}]"]
    if not op.multiinsert:
        arguments.append("multiinsert=False")
    prefix = directive_prefix(autogen_context, in_batch=False)
    return f"{prefix}bulk_insert({', '.join(arguments)})"


def _table(table: Table | Any, autogen_context: AutogenContext) -> str:
    prefix = sqlalchemy_prefix(autogen_context)
    arguments = [repr(ident(table.name))]
    for column in table.columns:
        parts = [repr(ident(column.name))]
        if not isinstance(column.type, NullType):
            parts.append(repr_type(column.type, autogen_context))
        arguments.append(f"{prefix}column({', '.join(parts)})")
    if table.schema:
        arguments.append(f"schema={ident(table.schema)!r}")
    return f"{prefix}table({', '.join(arguments)})"


def _row(row: dict[str, Any], autogen_context: AutogenContext) -> str:
    pairs = [f"{ident(name)!r}: {_value(value, autogen_context)}" for name, value in row.items()]
    return f"{{{', '.join(pairs)}}}"


def _value(value: Any, autogen_context: AutogenContext) -> str:
    """Return the code of a value in a row, adding the import that its ``repr()`` needs."""
    if isinstance(value, _OF_DATETIME):
        autogen_context.imports.add("import datetime")
        return repr(value)
    if isinstance(value, decimal.Decimal):
        autogen_context.imports.add("import decimal")
        return f"decimal.{value!r}"
    if isinstance(value, uuid.UUID):
        autogen_context.imports.add("import uuid")
        return f"uuid.{value!r}"
    return value_text(value, autogen_context)
