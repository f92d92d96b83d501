"""Compares the conditions of checks and partial indexes, normalised by the database: opt-in sets.

Conditions that cannot be normalised are considered equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Index

from idiolect.autogenerate.compare.constraints import create_check, named_checks
from idiolect.autogenerate.compare.pairs import pairs_of_indexes
from idiolect.ddl.signatures import final_name
from idiolect.ddl.wording import Pair
from idiolect.operations.ops.constraints import AddConstraintOp, DropConstraintOp
from idiolect.operations.ops.indexes import CreateIndexOp, DropIndexOp
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.containers import ModifyTableOps

log = Log("autogenerate.compare.conditions")
_CHECK, _INDEX = "check_constraint", "index"


def compare_conditions_of_checks(  # noqa: PLR0917 - as comparators of tables are called
    autogen_context: AutogenContext,
    modify_ops: ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> None:
    """Make named checks match the model, by their conditions."""
    if conn_table is None or metadata_table is None:
        return
    parents = {"table_name": tname, "schema_name": schema}
    before = {
        name: check
        for name, check in named_checks(autogen_context, conn_table).items()
        if autogen_context.run_name_filters(name, _CHECK, parents)
    }
    after = named_checks(autogen_context, metadata_table, conn_table)
    for name in before.keys() - after.keys():
        if _is_kept(autogen_context, before[name], conn_table, metadata_table):
            del before[name]
    done = {str(name) for name in _names(modify_ops)}
    for name in sorted((before.keys() | after.keys()) - done):
        old, new = before.get(name), after.get(name)
        if old is not None and new is not None and _is_same(autogen_context, conn_table, new, old):
            continue
        item, is_reflected, other = (old, True, None) if new is None else (new, False, old)
        if autogen_context.run_object_filters(item, name, _CHECK, is_reflected, other):
            log.info("Detected different check constraint %r on %r", name, tname)
            modify_ops.ops += [DropConstraintOp.from_constraint(old)] if old is not None else []
            modify_ops.ops += [create_check(new, name, metadata_table)] if new is not None else []


def _is_same(
    autogen_context: AutogenContext, table: Table, model: CheckConstraint, other: CheckConstraint
) -> bool:
    impl = autogen_context.migration_context.impl
    return impl.wording.same(impl.check_pair(table, model, other)) is not False


def _is_kept(
    autogen_context: AutogenContext, check: CheckConstraint, conn_table: Table, model: Table
) -> bool:
    """Return whether a column type of the model, or an unnamed check, creates an equal check."""
    impl = autogen_context.migration_context.impl
    others = [
        one
        for one in (*model.constraints, *(one for column in model.c for one in column.constraints))
        if isinstance(one, CheckConstraint)
    ]
    named = {final_name(one, autogen_context.dialect): one for one in others}
    if getattr(named.get(str(check.name)), "_type_bound", False):
        return True
    unnamed = [one for one in others if final_name(one, autogen_context.dialect) is None]
    return any(impl.wording.same(impl.check_pair(conn_table, one, check)) for one in unnamed)


def _names(modify_ops: ModifyTableOps) -> Iterator[Any]:
    """Yield the names of constraints for which another comparator found a difference."""
    for one in modify_ops.ops:
        if isinstance(one, (AddConstraintOp, DropConstraintOp)):
            yield getattr(one, "constraint_name", None)


def compare_conditions_of_indexes(  # noqa: PLR0917 - as above
    autogen_context: AutogenContext,
    modify_ops: ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> None:
    """Drop and create an index whose WHERE differs from the model's."""
    if conn_table is None or metadata_table is None:
        return
    tables = (conn_table, metadata_table)
    for name, model, index in pairs_of_indexes(autogen_context.dialect, modify_ops, *tables):
        if not _is_elsewhere(autogen_context, model, index):
            continue
        if autogen_context.run_object_filters(model, name, _INDEX, False, index):
            log.info("Detected changed WHERE of index %r on %r", name, tname)
            modify_ops.ops += [DropIndexOp.from_index(index), CreateIndexOp.from_index(model)]


def _is_elsewhere(autogen_context: AutogenContext, model: Index, reflected: Index) -> bool:
    """Return whether the WHERE clauses of two indexes differ."""
    impl = autogen_context.migration_context.impl
    after, before = (
        one.dialect_options[autogen_context.dialect.name].get("where") for one in (model, reflected)
    )
    if after is None or before is None:
        return after is not before
    table: Any = reflected.table
    conditions = [
        one if isinstance(one, str) else impl.render_ddl_sql_expr(one) for one in (after, before)
    ]
    return impl.wording.same(Pair("index_where", table, "", *conditions)) is False


def proves_equal(_signature: object, _model: object) -> bool:
    """Return True: a table with a signature has no partial index."""
    return True
