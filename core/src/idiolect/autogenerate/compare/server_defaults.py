"""Compares server defaults, computed columns and identities."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import Computed, DefaultClause, Identity

from idiolect.autogenerate.compare.columns import note
from idiolect.ddl.comparing import default_as_sql
from idiolect.ddl.percents import single_percents
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.engine import Dialect

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.altercolumn import AlterColumnOp

log = Log("autogenerate.compare.server_defaults")


def compare_server_default(  # noqa: PLR0917 - as comparators of columns are called
    autogen_context: AutogenContext,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> dict[str, Any]:
    """Return the column's default, and the model's if it differs.

    Only if the option ``compare_server_default`` is set, except for a warning that a computed
    column cannot be changed.
    """
    before, after = conn_col.server_default, metadata_col.server_default
    if isinstance(after, Identity) and not autogen_context.dialect.supports_identity_columns:
        after = None  # SQLAlchemy omits it in CREATE TABLE in this case
    if before is None and after is None:
        return _autoincrement(metadata_col)
    facts: dict[str, Any] = {"existing_server_default": before}
    if not autogen_context.migration_context._user_compare_server_default:  # noqa: SLF001 - its option
        return facts
    if isinstance(before, Computed) or isinstance(after, Computed):
        if _computed_differs(autogen_context, conn_col, metadata_col):
            # Looked up at its documented path, where programs may replace it.
            importlib.import_module("idiolect.util").warn(
                f"Computed default on {tname}.{cname} cannot be modified"
            )
        return facts
    if isinstance(before, Identity) or isinstance(after, Identity):
        differs = autogen_context.migration_context.impl.compare_identity(after, before)
    else:
        differs = _differs(autogen_context, conn_col, metadata_col)
    if differs:
        log.info("Detected server default on column '%s.%s'", tname, cname)
        return {"existing_server_default": before, "modify_server_default": after}
    return facts


def is_disabled(
    autogen_context: AutogenContext, conn_col: Column[Any], metadata_col: Column[Any]
) -> bool:
    """Return whether there are defaults, but the options do not enable comparing them."""
    wanted = autogen_context.migration_context._user_compare_server_default  # noqa: SLF001 - its option
    has_any = conn_col.server_default is not None or metadata_col.server_default is not None
    return has_any and not wanted


def is_computed(
    _autogen_context: AutogenContext, conn_col: Column[Any], metadata_col: Column[Any]
) -> bool:
    """Return whether one side is computed."""
    return conn_col.computed is not None or metadata_col.computed is not None


def _autoincrement(metadata_col: Column[Any]) -> dict[str, Any]:
    """Return the value of autoincrement, which some databases need to preserve it."""
    if metadata_col.table._autoincrement_column is metadata_col:  # noqa: SLF001 - nowhere public
        return {"autoincrement": True}
    if metadata_col.autoincrement is True:
        return {"autoincrement": True}
    if metadata_col.autoincrement is False:
        return {"autoincrement": False}
    return {}


def _computed_differs(
    autogen_context: AutogenContext, conn_col: Column[Any], metadata_col: Column[Any]
) -> bool:
    both = (conn_col.server_default, metadata_col.server_default)
    if not all(isinstance(one, Computed) for one in both):
        return True
    return autogen_context.migration_context.impl.compare_computed(conn_col, metadata_col)


def _differs(
    autogen_context: AutogenContext, conn_col: Column[Any], metadata_col: Column[Any]
) -> bool:
    """Call the user's callable, then the hook."""
    context = autogen_context.migration_context
    wanted = context._user_compare_server_default  # noqa: SLF001 - its option
    before = rendered_default(conn_col, context.dialect)
    after = rendered_default(metadata_col, context.dialect)
    if callable(wanted):
        given = as_given(metadata_col, after)
        answer = wanted(context, conn_col, metadata_col, before, metadata_col.server_default, given)
        if answer is not None:
            return bool(answer)
    columns = (conn_col, metadata_col)
    return autogen_context.hooks.compare_server_default(autogen_context, *columns, after, before)


def _dialect_impl_compare_server_default(  # noqa: PLR0917 - as published tests call it
    autogen_context: AutogenContext,
    alter_column_op: AlterColumnOp,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> None:
    """Let an operation change a column's default if the impl reports a difference."""
    alter_column_op.existing_server_default = conn_col.server_default
    if _differs(autogen_context, conn_col, metadata_col):
        alter_column_op.modify_server_default = metadata_col.server_default


def _user_compare_server_default(  # noqa: PLR0917 - as published tests call it
    autogen_context: AutogenContext,
    alter_column_op: AlterColumnOp,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> None:
    """Set a column's existing default on an operation, and the new one if it differs."""
    place = (schema, tname, cname)
    note(alter_column_op, compare_server_default(autogen_context, *place, conn_col, metadata_col))


def _render_server_default_for_compare(
    metadata_default: Any, autogen_context: AutogenContext
) -> str | None:
    """Return a default as the model gives it, or as SQL; None if it has no text."""
    column: Column[Any] | None = getattr(metadata_default, "column", None)
    if column is None:
        return None
    return as_given(column, rendered_default(column, autogen_context.dialect))


def rendered_default(column: Column[Any], dialect: Dialect) -> str | None:
    """Return a column's default as SQL; None if it has none with a text."""
    default = column.server_default
    if not isinstance(default, DefaultClause):
        return None
    given: Any = default.arg
    return default_as_sql(column, given) if isinstance(given, str) else _sql(given, dialect)


def as_given(column: Column[Any], rendered: str | None) -> str | None:
    """Return the text of a column's default without added quotes, as Alembic passes it on.

    Args:
        column: the column of a model.
        rendered: its default as SQL, returned if the model does not give a string.
    """
    given: Any = getattr(column.server_default, "arg", None)
    return given if isinstance(given, str) else rendered


def _sql(expression: Any, dialect: Dialect) -> str:
    sql = str(expression.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    # SQLAlchemy doubles percent signs for drivers that format statements.
    return single_percents(sql, dialect)
