"""Compares the columns of a table, and whether they allow NULL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Computed, Identity
from sqlalchemy.sql.schema import SchemaConst

from idiolect.autogenerate.compare.blame import blaming
from idiolect.operations.ops.altercolumn import AlterColumnOp
from idiolect.operations.ops.columns import AddColumnOp, DropColumnOp
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Column, Table

    from idiolect.autogenerate.context import AutogenContext

log = Log("autogenerate.compare.tables")
constraint_log = Log("autogenerate.compare.constraints")


@dataclass(frozen=True, slots=True)
class ColumnOps:
    """The operations on the columns of a table; removals have to come last."""

    added: list[AddColumnOp]
    changed: list[AlterColumnOp]
    removed: list[DropColumnOp]


def compare_columns(
    autogen_context: AutogenContext,
    schema: str | None,
    tname: str,
    conn_table: Table,
    metadata_table: Table,
) -> ColumnOps:
    """Return operations that make the columns match the model."""
    label = f"{schema}.{tname}" if schema else tname
    model = {column.name: column for column in metadata_table.c if not column.system}
    parents = {"table_name": tname, "schema_name": schema}
    reflected = {
        column.name: column
        for column in conn_table.c
        if autogen_context.run_name_filters(column.name, "column", parents)
    }
    system = {column.name for column in metadata_table.c if column.system}
    found = ColumnOps([], [], [])
    for name, column in model.items():
        if name not in reflected and autogen_context.run_object_filters(
            column, name, "column", False, None
        ):
            log.info("Detected added column '%s.%s'", label, name)
            found.added.append(AddColumnOp.from_column_and_tablename(schema, tname, column))
    for name, column in model.items():
        if name in reflected and autogen_context.run_object_filters(
            column, name, "column", False, reflected[name]
        ):
            operation = AlterColumnOp(tname, name, schema=schema)
            _dispatch(autogen_context, operation, reflected[name], column)
            if operation.has_changes():
                found.changed.append(operation)
    for name, column in reflected.items():
        if (
            name not in model
            and name not in system
            and autogen_context.run_object_filters(column, name, "column", True, None)
        ):
            log.info("Detected removed column '%s.%s'", label, name)
            found.removed.append(DropColumnOp.from_column_and_tablename(schema, tname, column))
    # A computed column depends on others: it is added after and dropped before them.
    found.added.sort(key=lambda one: one.column.computed is not None)
    found.removed.sort(key=lambda one: one.to_column().computed is None)
    return found


def _dispatch(
    autogen_context: AutogenContext,
    operation: AlterColumnOp,
    reflected: Column[Any],
    model: Column[Any],
) -> None:
    dialect = autogen_context.migration_context.dialect.name
    compare = autogen_context.comparators.dispatch("column", qualifier=dialect)
    place = (operation.schema, operation.table_name, operation.column_name)
    with blaming(f"column {operation.column_name!r} of table {str(operation.table_name)!r}"):
        compare(autogen_context, operation, *place, reflected, model)


def note(operation: AlterColumnOp, facts: Mapping[str, Any]) -> None:
    """Set the result of a column comparator on the operation."""
    for name, value in facts.items():
        if hasattr(operation, name):
            setattr(operation, name, value)
        else:
            operation.kw[name] = value


def compare_nullable(  # noqa: PLR0917 - as comparators of columns are called
    autogen_context: AutogenContext,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Column[Any],
    metadata_col: Column[Any],
) -> dict[str, Any]:
    """Return whether the column allows NULL, and the model's setting if it differs."""
    facts: dict[str, Any] = {"existing_nullable": conn_col.nullable}
    if metadata_col.nullable is conn_col.nullable:
        return facts
    if metadata_col.primary_key and conn_col.primary_key:
        return facts
    given = metadata_col._user_defined_nullable  # noqa: SLF001 - not available in public
    generated = isinstance(metadata_col.server_default, (Computed, Identity))
    # An identity column cannot be nullable until its identity is dropped, which is optional.
    ceases = conn_col.identity is not None and metadata_col.identity is None
    if ceases or (generated and given is SchemaConst.NULL_UNSPECIFIED):
        constraint_log.info("Ignoring nullable change on identity column '%s.%s'", tname, cname)
        return facts
    constraint_log.info(
        "Detected %s on column '%s.%s'",
        "NULL" if metadata_col.nullable else "NOT NULL",
        tname,
        cname,
    )
    return {**facts, "modify_nullable": metadata_col.nullable}
