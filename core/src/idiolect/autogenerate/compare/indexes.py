"""Compares indexes and unique constraints, which not all databases distinguish."""

from __future__ import annotations

from itertools import chain, starmap
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.sql.elements import conv

from idiolect.autogenerate.compare.inspection import is_reflected
from idiolect.ddl.signatures import column_names, final_name
from idiolect.hooks.compared import TableSide
from idiolect.operations.ops.constraints import (
    AddConstraintOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
)
from idiolect.operations.ops.indexes import CreateIndexOp, DropIndexOp
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Table

    from idiolect.autogenerate.compare.values import ModelTable
    from idiolect.autogenerate.context import AutogenContext
    from idiolect.hooks.reflected import TableSignature

    Item = Index | UniqueConstraint

log = Log("autogenerate.compare.constraints")


def _side(table: Table | None) -> TableSide:
    if table is None:
        return TableSide(None)
    uniques = {item for item in table.constraints if isinstance(item, UniqueConstraint)}
    return TableSide(table, uniques, set(table.indexes))


def compare_indexes_and_uniques(
    autogen_context: AutogenContext,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> list[Any]:
    """Return operations that make indexes and unique constraints match the model.

    The constraints of an added or removed table are added and removed with it.
    """
    before, after = _side(conn_table), _side(metadata_table)
    parents = {"table_name": tname, "schema_name": schema}
    for items in (before.uniques, before.indexes):
        items.difference_update(
            [
                item
                for item in items
                if not autogen_context.run_name_filters(_text(item.name), _kind(item), parents)
            ]
        )
    if conn_table is not None:
        autogen_context.hooks.adjust_reflected(autogen_context, before, after)
    if conn_table is not None and metadata_table is not None and (after.uniques or before.indexes):
        place = (conn_table.schema, conn_table.name)
        if not is_reflected(autogen_context, "unique_constraints", *place):
            _leave_to_the_database(before, after)
    if conn_table is None or metadata_table is None:
        before.uniques.clear()
        after.uniques.clear()
    comparison = _Comparison(autogen_context, f"{schema}.{tname}" if schema else tname)
    return [
        *comparison.operations([*before.indexes, *before.uniques], [*after.indexes, *after.uniques])
    ]


def proves_equal(signature: TableSignature, model: ModelTable) -> bool:
    """Return whether a comparison would find nothing, by names and columns only."""
    there = dict(signature.indexes)
    uniques = dict(signature.uniques)
    if model.indexes.keys() & model.uniques.keys():
        return False
    if any(there.pop(name, None) != index for name, index in model.indexes.items()):
        return False
    for name, columns in model.uniques.items():
        if not _take_unique(signature, name, columns, uniques, there):
            return False
    for columns in model.unnamed_uniques:
        named = {name for name, other in uniques.items() if other == columns}
        if signature.has_unique_indexes:
            named |= {name for name, index in there.items() if index == (columns, True)}
        if not named and columns not in signature.unnamed_uniques:
            return False
        for name in named:
            uniques.pop(name, None)
            there.pop(name, None)
    return not uniques and there.keys() <= set(signature.implied)


def _take_unique(
    signature: TableSignature,
    name: str,
    columns: tuple[str, ...],
    uniques: dict[str, tuple[str, ...]],
    indexes: dict[str, tuple[tuple[str, ...], bool]],
) -> bool:
    """Remove the constraint from what is left; return False if there is no equal one."""
    if uniques.get(name) == columns:
        del uniques[name]
        return True
    if signature.has_unique_indexes and indexes.get(name) == (columns, True):
        del indexes[name]
        return True
    return False


def _leave_to_the_database(before: TableSide, after: TableSide) -> None:
    """Remove what cannot be distinguished if unique constraints are not reflected."""
    wanted = {_text(index.name) for index in after.indexes}
    before.uniques.clear()
    after.uniques.clear()
    before.indexes.difference_update(
        [item for item in before.indexes if item.unique and _text(item.name) not in wanted]
    )


class _Comparison:
    """A comparison of one table's indexes and unique constraints."""

    def __init__(self, autogen_context: AutogenContext, label: str) -> None:
        self.context = autogen_context
        self.impl = autogen_context.migration_context.impl
        self.dialect = autogen_context.migration_context.dialect
        self.label = label

    def operations(self, before: list[Item], after: list[Item]) -> list[Any]:
        """Return removals, then changes, then additions, each sorted by name."""
        there = self._by_name(before)
        wanted = self._by_name(after)
        unnamed = self._unmatched([item for item in after if self._name(item) is None], there)
        taken = {name for names in unnamed.values() for name in names}
        gone = [item for name, item in there.items() if name not in wanted.keys() | taken]
        both = [(there[name], item) for name, item in wanted.items() if name in there]
        # Their columns are equal, but options may differ.
        both += [
            (there[names[0]], item)
            for item, names in unnamed.items()
            if names and isinstance(item, UniqueConstraint)
        ]
        new = [item for name, item in wanted.items() if name not in there]
        new += [
            item
            for item, names in unnamed.items()
            if not names and not self._is_among_unnamed(item, before)
        ]
        return [
            *chain.from_iterable(map(self._removed, gone)),
            *chain.from_iterable(starmap(self._changed, both)),
            *chain.from_iterable(map(self._added, new)),
        ]

    def _name(self, item: Item) -> str | None:
        return final_name(item, self.dialect)

    def _by_name(self, items: Iterable[Item]) -> dict[str, Item]:
        named = {self._name(item): item for item in items}
        return {name: named[name] for name in sorted(filter(None, named))}

    def _unmatched(self, items: list[Item], there: dict[str, Item]) -> dict[Item, list[str]]:
        """Return unnamed items with the names of the database's constraints on the same columns.

        There may be several, as after a constraint without a name was created twice.
        """
        return {
            item: [
                name
                for name, other in there.items()
                if isinstance(other, UniqueConstraint) and column_names(other) == column_names(item)
            ]
            for item in sorted(items, key=column_names)
        }

    def _is_among_unnamed(self, item: Item, before: list[Item]) -> bool:
        return any(
            self._name(other) is None and column_names(other) == column_names(item)
            for other in before
        )

    def _removed(self, item: Item) -> list[Any]:
        if not self.context.run_object_filters(item, item.name, _kind(item), True, None):
            return []
        log.info("Detected removed %s %r on %r", _word(item), _text(item.name), self.label)
        return [drop_of(item)]

    def _added(self, item: Item) -> list[Any]:
        if not self.context.run_object_filters(item, item.name, _kind(item), False, None):
            return []
        names = tuple(column_names(item))
        log.info("Detected added %s %r on '%s'", _word(item), self._name(item), names)
        return [create_of(item)]

    def _changed(self, old: Item, new: Item) -> list[Any]:
        if isinstance(new, Index) and isinstance(old, Index):
            outcome = self.impl.compare_indexes(new, old)
        elif isinstance(new, UniqueConstraint) and isinstance(old, UniqueConstraint):
            outcome = self.impl.compare_unique_constraint(new, old)
        else:
            return [*self._removed(old), *self._added(new)]
        if outcome.is_skip:
            log.warning(
                "Cannot compare %s %r, assuming equal and skipping. %s",
                _word(new),
                self._name(new),
                outcome.message,
            )
        if not outcome.is_different:
            return []
        if not self.context.run_object_filters(new, new.name, _kind(new), False, old):
            return []
        log.info(
            "Detected changed %s %r on %r: %s",
            _word(new),
            self._name(new) or self._name(old),
            self.label,
            outcome.message,
        )
        create = create_of(new)
        if new.name is None and isinstance(create, CreateUniqueConstraintOp):
            # The database would choose this name, and the downgrade needs one.
            create.constraint_name = conv(str(old.name))
        return [drop_of(old), create]


def _kind(item: Item) -> str:
    return "index" if isinstance(item, Index) else "unique_constraint"


def _word(item: Item) -> str:
    return _kind(item).replace("_", " ")


def _text(name: Any) -> str | None:
    return None if name is None else str(name)


def drop_of(item: Item) -> DropIndexOp | DropConstraintOp:
    """Return the operation that drops an index or a unique constraint."""
    if isinstance(item, Index):
        return DropIndexOp.from_index(item)
    return DropConstraintOp.from_constraint(item)


def create_of(item: Item) -> CreateIndexOp | AddConstraintOp:
    """Return the operation that creates an index or a unique constraint."""
    if isinstance(item, Index):
        return CreateIndexOp.from_index(item)
    return AddConstraintOp.from_constraint(item)
