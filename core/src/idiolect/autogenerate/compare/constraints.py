"""Compares CHECK constraints by name: an opt-in set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint
from sqlalchemy.sql.elements import conv

from idiolect.autogenerate.compare.columns import compare_nullable, note
from idiolect.autogenerate.compare.inspection import is_reflected
from idiolect.ddl.impl import is_wanted
from idiolect.ddl.signatures import final_name
from idiolect.operations.ops.constraints import (
    AddConstraintOp,
    CreateCheckConstraintOp,
    DropConstraintOp,
)
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from sqlalchemy import Column, Table

    from idiolect.autogenerate.compare.values import ModelTable
    from idiolect.autogenerate.context import AutogenContext
    from idiolect.hooks.reflected import TableSignature
    from idiolect.operations.ops.altercolumn import AlterColumnOp

log = Log("autogenerate.compare.constraints")
_KIND = "check_constraint"


def compare_checks(
    autogen_context: AutogenContext,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> list[Any]:
    """Return operations that make the named checks match the model."""
    if conn_table is None or metadata_table is None:
        return []
    if not is_reflected(autogen_context, "check_constraints", conn_table.schema, conn_table.name):
        return []
    impl = autogen_context.migration_context.impl
    parents = {"table_name": tname, "schema_name": schema}
    before = {
        name: check
        for name, check in named_checks(autogen_context, conn_table).items()
        if autogen_context.run_name_filters(name, _KIND, parents)
    }
    after = named_checks(autogen_context, metadata_table, conn_table)
    found: list[Any] = []
    for name, check in before.items():
        model = after.get(name)
        if model is None:
            if autogen_context.run_object_filters(check, name, _KIND, True, None):
                log.info("Detected removed check constraint %r on %r", name, tname)
                found.append(DropConstraintOp.from_constraint(check))
            continue
        outcome = impl.compare_check_constraint(model, check)
        if outcome.is_different and autogen_context.run_object_filters(
            model, name, _KIND, False, check
        ):
            log.info("Detected changed check constraint %r on %r: %s", name, tname, outcome.message)
            found.append(DropConstraintOp.from_constraint(check))
            found.append(create_check(model, name, metadata_table))
    for name, check in after.items():
        if name not in before and autogen_context.run_object_filters(
            check, name, _KIND, False, None
        ):
            log.info("Detected added check constraint %r on %r", name, tname)
            found.append(create_check(check, name, metadata_table))
    return found


def proves_equal(signature: TableSignature, model: ModelTable) -> bool:
    """Return whether neither side has checks."""
    return not signature.checks and not model.checks


def named_checks(
    autogen_context: AutogenContext, table: Table, there: Table | None = None
) -> dict[str, CheckConstraint]:
    """Return the named checks of a table and its columns, by name.

    Args:
        autogen_context: the comparison.
        table: of the database or of the models.
        there: the database's table; a column that it lacks is added with its checks.
    """
    context = autogen_context.migration_context
    of_columns = (
        constraint
        for column in table.c
        if there is None or column.name in there.c
        for constraint in column.constraints
    )
    checks = [
        constraint
        for constraint in (*table.constraints, *of_columns)
        if isinstance(constraint, CheckConstraint) and is_wanted(constraint, context.impl)
    ]
    named = {final_name(check, context.dialect): check for check in checks}
    return {name: named[name] for name in sorted(filter(None, named))}


def create_check(check: CheckConstraint, name: str, table: Table) -> AddConstraintOp:
    """Return the operation that adds a check of the table or of one of its columns."""
    if check in table.constraints:
        return AddConstraintOp.from_constraint(check)
    # SQLAlchemy does not set the table of such a check.
    condition: Any = check.sqltext
    return CreateCheckConstraintOp(conv(name), table.name, condition, schema=table.schema)


def _compare_nullable(  # noqa: PLR0917 - as published tests call it
    autogen_context: AutogenContext,
    alter_column_op: AlterColumnOp,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> None:
    """Let an operation change whether a column allows NULL if that differs."""
    place = (schema, tname, cname)
    note(alter_column_op, compare_nullable(autogen_context, *place, conn_col, metadata_col))
