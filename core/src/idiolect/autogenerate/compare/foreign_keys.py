"""Compares foreign keys by their properties; a different name alone is no difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.ddl.signatures import final_name, foreign_key_signature
from idiolect.hooks.compared import TableSide
from idiolect.operations.ops.constraints import DropConstraintOp
from idiolect.operations.ops.foreignkeys import CreateForeignKeyOp
from idiolect.operations.schemaobj import referent_of
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from sqlalchemy import ForeignKeyConstraint, Table

    from idiolect.autogenerate.compare.values import ModelTable
    from idiolect.autogenerate.context import AutogenContext
    from idiolect.hooks.reflected import TableSignature

log = Log("autogenerate.compare.constraints")
_KIND = "foreign_key_constraint"


def compare_foreign_keys(
    autogen_context: AutogenContext,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> list[Any]:
    """Return operations that make the foreign keys match the model; removals first."""
    if conn_table is None or metadata_table is None:
        return []
    context = autogen_context.migration_context
    default = getattr(context.dialect, "default_schema_name", None)
    parents = {"table_name": tname, "schema_name": schema}
    conn_keys = {
        key
        for key in conn_table.foreign_key_constraints
        if autogen_context.run_name_filters(_name(key), _KIND, parents)
    }
    model_keys = set(metadata_table.foreign_key_constraints)
    autogen_context.hooks.adjust_reflected(
        autogen_context,
        TableSide(conn_table, foreign_keys=conn_keys),
        TableSide(metadata_table, foreign_keys=model_keys),
    )
    # The database may have the same key twice, under two names.
    before = [(foreign_key_signature(key, default), key) for key in _sorted(conn_keys)]
    after = {foreign_key_signature(key, default): key for key in _sorted(model_keys)}
    namesakes_before = {_name(key): key for _signature, key in before if key.name}
    namesakes_after = {final_name(key, context.dialect): key for key in after.values() if key.name}
    known = {signature for signature, _key in before}
    found: list[Any] = []
    for signature, key in before:
        other = namesakes_after.get(_name(key))
        if signature not in after and autogen_context.run_object_filters(
            key, key.name, _KIND, True, other
        ):
            log.info("Detected removed foreign key %s", _describe(key, schema, tname))
            found.append(DropConstraintOp.from_constraint(key))
    for signature, key in after.items():
        other = namesakes_before.get(final_name(key, context.dialect))
        if signature not in known and autogen_context.run_object_filters(
            key, key.name, _KIND, False, other
        ):
            log.info("Detected added foreign key %s", _describe(key, schema, tname))
            found.append(CreateForeignKeyOp.from_constraint(key))
    return found


def proves_equal(signature: TableSignature, model: ModelTable) -> bool:
    """Return whether both sides have the same foreign keys, without duplicates."""
    before = {_without_inaction(key, signature) for key in signature.foreign_keys}
    after = {_without_inaction(key, signature) for key in model.foreign_keys}
    return before == after and len(before) == len(signature.foreign_keys)


def _without_inaction(key: tuple[Any, ...], signature: TableSignature) -> tuple[Any, ...]:
    if not signature.inaction:
        return key
    columns, onupdate, ondelete, timing = key
    rules = ("" if rule in signature.inaction else rule for rule in (onupdate, ondelete))
    return (columns, *rules, timing)


def _name(key: ForeignKeyConstraint) -> str | None:
    return None if key.name is None else str(key.name)


def _sorted(keys: set[ForeignKeyConstraint]) -> list[ForeignKeyConstraint]:
    return sorted(keys, key=lambda key: (key.column_keys, str(key.name)))


def _describe(key: ForeignKeyConstraint, schema: str | None, tname: str) -> str:
    remote = ", ".join(str(referent_of(element)[2]) for element in key.elements)
    label = f"{schema}.{tname}" if schema else tname
    return f"({', '.join(key.column_keys)})({remote}) on table {label}"
