"""Compares enum types with those of the models: added and removed values, and their order.

The comparators of the sets ``idiolect.postgresql.enums`` and ``idiolect.postgresql.enum_order``,
called after tables have been compared. Their operations precede all others that use a type; the
statements are in ``own_ops.py``. The order is never compared unless it is asked for.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql as pg

from idiolect.autogenerate.compare.server_defaults import rendered_default
from idiolect.util.logs import Log
from idiolect_postgresql.catalogue import ENUM, EnumType, TypeColumn, users_of_enum
from idiolect_postgresql.own_ops import ChangeEnumOp
from idiolect_postgresql.shared import label_of, reuse_types
from idiolect_postgresql.usage import (
    are_all_gone,
    are_of_tables,
    columns_that_go,
    created_by_tables,
    of_models,
    type_key,
    wanted_by_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import UpgradeOps

    Key = tuple[str | None, str]
    Place = tuple[str | None, str, str | None]

log = Log("autogenerate.compare.enums")

#: Third-party packages that compare enum types themselves once they are imported.
OTHERS = ("alembic_postgresql_enum", "alembic_autogenerate_enums", "auto_schema")


@dataclass(slots=True)
class _Model:
    """An enum type of the models.

    Attributes:
        values: its values, in order.
        defaults: the defaults of its columns, as SQL.
        agree: whether all its columns name the same values.
    """

    values: tuple[str, ...]
    defaults: list[str] = field(default_factory=list)
    agree: bool = True


def compare_enums(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
    """Insert operations that create or change types first, and those that drop them last.

    A type that no model uses is dropped with its last column; other types are ignored. Nothing is
    done if a third-party package written for Alembic does the same.
    """
    if _are_left_to_another():
        return
    models = _of_models(autogen_context)
    gone = columns_that_go(upgrade_ops.ops)
    if not models and not gone:
        return
    reflected = _reflected(autogen_context)
    found = [
        change
        for key in sorted(models, key=lambda key: (key[0] or "", key[1]))
        for change in _changes(autogen_context, upgrade_ops, key, models[key], reflected.get(key))
    ]
    last = [
        ChangeEnumOp(
            name, known.values, None, schema=schema, with_table=are_of_tables(known.columns, gone)
        )
        for (schema, name), known in reflected.items()
        if (schema, name) not in models and are_all_gone(autogen_context, known.columns, gone)
    ]
    # What precedes such a statement is committed with it.
    found.sort(key=lambda one: not one.needs_autocommit)
    late = [one for one in found if _is_default_in_the_way(one, models)]
    for change in late:
        found.remove(change)
        change.columns = _with_new_defaults(autogen_context, change)
        # In the downgrade, the default is a value added in the same transaction.
        change.autocommit = True
    made_first = {one.place for one in found if one.before is None and not one.with_table}
    made_again = {one.place for one in last if one.with_table}
    reuse_types(
        upgrade_ops.ops,
        autogen_context.dialect,
        before=reflected.keys() | made_first,
        on_the_way_back=reflected.keys() - made_again,
    )
    upgrade_ops.ops[:] = [*found, *upgrade_ops.ops, *late, *last]


def compare_enum_order(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
    """Insert operations that create types again whose values differ in nothing but their order."""
    models = {} if _are_left_to_another() else _of_models(autogen_context)
    if not models:
        return
    reflected = _reflected(autogen_context)
    found: list[ChangeEnumOp] = []
    for key in sorted(models, key=lambda key: (key[0] or "", key[1])):
        model, known = models[key], reflected.get(key)
        if known is None or not model.agree or not _is_reordered(known, model):
            continue
        log.info("Detected changed order of the values of the type %r", label_of(key))
        found.append(_change(autogen_context, key, model, known))
    upgrade_ops.ops[:0] = found


def _are_left_to_another() -> bool:
    other = next((name for name in OTHERS if name in sys.modules), None)
    if other is None:
        return False
    log.info("Enumerated types are compared by %s", other)
    return True


def _reflected(autogen_context: AutogenContext) -> dict[Key, EnumType]:
    return {(one.schema, one.name): one.definition for one in autogen_context.schema_objects(ENUM)}


def _is_reordered(known: EnumType, model: _Model) -> bool:
    """Return whether nothing but the order of the values differs.

    ``ALTER TYPE ... ADD VALUE``, written by hand, usually appends, wherever the model has the new
    value. To reorder the values, all tables that use the type have to be written again.
    """
    return known.values != model.values and sorted(known.values) == sorted(model.values)


def _is_default_in_the_way(change: ChangeEnumOp, models: Mapping[Key, _Model]) -> bool:
    """Return whether a default must change before the type, as it is a value to be removed.

    If the new default is a value to be added, the type must change first.
    """
    before, after = set(change.before or ()), set(change.after or ())
    if not before or not after:
        return False
    told = models[change.place].defaults
    goes = _name_one(before - after, (one.default or "" for one in change.columns))
    return goes and not _name_one(after - before, told)


def _name_one(values: Iterable[str], defaults: Iterable[str]) -> bool:
    texts = list(defaults)
    return any(f"'{value}'" in text for value in values for text in texts)


def _with_new_defaults(autogen_context: AutogenContext, change: ChangeEnumOp) -> list[TypeColumn]:
    """Return the columns of a type with the defaults of the models."""
    dialect = autogen_context.dialect
    wanted: dict[Place, str | None] = {
        (*key, column.name): rendered_default(column, dialect)
        for key, table in autogen_context.model_tables.items()
        for column in table.c
    }
    return [
        replace(one, default=wanted.get((one.schema, one.table, one.name), one.default))
        for one in change.columns
    ]


def _changes(
    autogen_context: AutogenContext,
    upgrade_ops: UpgradeOps,
    key: Key,
    model: _Model,
    known: EnumType | None,
) -> Iterator[ChangeEnumOp]:
    """Yield the operation that makes one type match the models, if any."""
    if not model.agree:
        log.warning("Columns disagree about the values of the type %r; skipping it", label_of(key))
    elif known is None:
        facts = (upgrade_ops.ops, autogen_context.dialect, pg.ENUM)
        with_table = key in set(created_by_tables(*facts))
        if with_table or key in set(wanted_by_columns(*facts)):
            log.info("Detected added type %r", label_of(key))
            schema, name = key
            yield ChangeEnumOp(name, None, model.values, schema=schema, with_table=with_table)
    elif known.values != model.values and not _is_reordered(known, model):
        log.info("Detected changed values of the type %r", label_of(key))
        yield _change(autogen_context, key, model, known)


def _change(
    autogen_context: AutogenContext, key: Key, model: _Model, known: EnumType
) -> ChangeEnumOp:
    """Return the operation that gives a type the values of the models."""
    schema, name = key
    connection: Any = autogen_context.connection
    return ChangeEnumOp(
        name,
        known.values,
        model.values,
        schema=schema,
        columns=known.columns,
        users=users_of_enum(connection, name, schema),
        autocommit=_has_to_be_committed(autogen_context, known, model),
    )


def _of_models(autogen_context: AutogenContext) -> dict[Key, _Model]:
    found: dict[Key, _Model] = {}
    dialect = autogen_context.dialect
    for column, enum in of_models(autogen_context, pg.ENUM):
        model = found.setdefault(type_key(enum, dialect), _Model(tuple(enum.enums)))
        model.agree &= model.values == tuple(enum.enums)
        default = rendered_default(column, dialect)
        if default is not None:
            model.defaults.append(default)
    return found


def _has_to_be_committed(autogen_context: AutogenContext, known: EnumType, model: _Model) -> bool:
    """Return whether new values have to be committed before the rest of the revision.

    Source: "ALTER TYPE" in PostgreSQL's manual: before version 12 ADD VALUE cannot run in a
    transaction; since then the value cannot be used before the transaction is committed.
    """
    version = getattr(autogen_context.dialect, "server_version_info", None) or (0,)
    added = set(model.values) - set(known.values)
    is_used = any(f"'{value}'" in default for value in added for default in model.defaults)
    return version < (12,) or is_used
