"""Adapts the result of a comparison to indexes that foreign keys require.

MySQL creates an index for a foreign key if none fits, keeps it when the key is dropped, and refuses
to drop the last index that a key can use. So keys are dropped before their indexes, and an index
that MySQL created is dropped with its key. Called by the impl when upgrade and downgrade are
complete; sends no queries.

Source: "FOREIGN KEY Constraints" in MySQL's reference manual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint

from idiolect.ddl.signatures import column_names, final_name, unordered
from idiolect.operations.ops import (
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    ModifyTableOps,
)
from idiolect_mysql.freeing import free_columns
from idiolect_mysql.own_ops import DropKeyOp

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from sqlalchemy import Table
    from sqlalchemy.engine import Dialect

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import DowngradeOps, MigrateOperation, UpgradeOps

    Columns = tuple[str, ...]
    Tables = tuple[Table, Table]
    Indexes = Mapping[str, Columns]


def arrange_keys(
    autogen_context: AutogenContext,
    upgrade_ops: UpgradeOps,
    downgrade_ops: DowngradeOps,
    *,
    if_exists: bool | None,
) -> None:
    """Arrange operations on indexes and foreign keys so that the database accepts them.

    Args:
        autogen_context: the comparison.
        upgrade_ops: the upgrade; changed in place.
        downgrade_ops: the downgrade; changed in place.
        if_exists: the ``if_exists`` of dropping an index that MySQL created; None if the database
            does not support it.
    """
    tables_of = _tables(autogen_context)
    pairs = zip(_parts(upgrade_ops.ops), reversed(_parts(downgrade_ops.ops)), strict=False)
    for forth, undo in pairs:
        tables = tables_of(forth)
        if tables is None:
            continue
        _drop_with_keys(autogen_context, tables, forth.ops, undo.ops)
        change = _Change(*tables, autogen_context.dialect)
        change.arrange(forth.ops, change.before)
        change.arrange(undo.ops, change.after)
        undo.ops[:] = list(change.with_implied(undo.ops, forth.ops, if_exists=if_exists))
    keys = [
        key
        for part in _parts(upgrade_ops.ops)
        if (tables := tables_of(part)) is not None
        for key in _keys(tables[0])
    ]
    for container in (upgrade_ops, downgrade_ops):
        free_columns(container.ops, keys)


def _parts(operations: Iterable[MigrateOperation]) -> list[ModifyTableOps]:
    return [one for one in operations if isinstance(one, ModifyTableOps)]


def _tables(autogen_context: AutogenContext) -> Callable[[ModifyTableOps], Tables | None]:
    """Return a function that returns a reflected table and its model; None for a new table."""
    reflection = autogen_context.reflection
    there = set() if reflection is None else set(reflection.keys)
    models = autogen_context.model_tables

    def find(part: ModifyTableOps) -> Tables | None:
        key = (autogen_context.schema_key(part.schema), part.table_name)
        if reflection is None or key not in models or key not in there:
            return None
        return reflection.tables([key])[key], models[key]

    return find


def _drop_with_keys(
    autogen_context: AutogenContext,
    tables: Tables,
    forth: list[MigrateOperation],
    undo: list[MigrateOperation],
) -> None:
    """Drop an index named like a foreign key together with the key.

    It is kept if the key is only renamed, its rules change, or its columns are dropped.
    """
    reflected, model = tables
    columns_gone = _dropped_columns(forth)
    known = {final_name(index, autogen_context.dialect) for index in model.indexes}
    staying = {tuple(column.name for column in key.columns) for key in _keys(model)}
    for key in _keys(reflected):
        columns = tuple(key.column_keys)
        place = next((n for n, one in enumerate(forth) if _drops_key(one, key.name)), None)
        index = next((one for one in reflected.indexes if str(one.name) == str(key.name)), None)
        if place is None or index is None or index.unique or index.name in known:
            continue
        if (
            columns in staying
            or columns_gone.issuperset(columns)
            or columns != _leading(index, autogen_context.dialect)
        ):
            continue
        if not autogen_context.run_object_filters(index, index.name, "index", True, None):
            continue
        drop: Any = forth[place]
        forth[place] = DropKeyOp(drop, DropIndexOp.from_index(index))
        again = next(n for n, one in enumerate(undo) if _adds_key(one, key.name))
        undo.insert(again, CreateIndexOp.from_index(index))


@dataclass(slots=True, init=False)
class _Change:
    """The indexes of one table, before and after the upgrade.

    Attributes:
        before: columns by index name, in the database.
        after: columns by index name, in the model.
    """

    before: Indexes
    after: Indexes
    _keys: list[ForeignKeyConstraint]
    _dialect: Dialect

    def __init__(self, reflected: Table, model: Table, dialect: Dialect) -> None:
        self.before = _indexes(reflected, dialect)
        self.after = _indexes(model, dialect)
        self._keys = _keys(reflected)
        self._dialect = dialect

    def arrange(self, operations: list[MigrateOperation], indexes: Indexes) -> None:
        """Reorder operations so that no index is dropped while a foreign key requires it.

        Args:
            operations: on the table; changed in place.
            indexes: the indexes that exist before them.
        """
        dropped = {name for one in operations if (name := _dropped_index(one))}
        if not dropped:
            return
        operations.sort(key=_turn)
        gone = {getattr(one, "constraint_name", None) for one in operations if _drops_key(one)}
        for key in self._keys:
            columns = tuple(key.column_keys)
            usable = {name for name, other in indexes.items() if _begins(other, columns)}
            if key.name in gone or not usable or not usable <= dropped:
                continue
            place = next(n for n, one in enumerate(operations) if _dropped_index(one) in usable)
            serving = (one for one in operations if self._serves(one, columns, indexes))
            other = next(serving, None)
            if other is None:
                operations.insert(0, DropConstraintOp.from_constraint(key))
                operations.append(CreateForeignKeyOp.from_constraint(key))
            elif operations.index(other) > place:
                operations.remove(other)
                operations.insert(place, other)

    def _serves(self, operation: Any, columns: Columns, there: Container[str]) -> bool:
        """Return whether an operation creates an index on these columns under an unused name."""
        if isinstance(operation, CreateIndexOp):
            return operation.index_name not in there and _begins(
                _up_to_expressions(operation.columns, self._dialect), columns
            )
        if isinstance(operation, CreateUniqueConstraintOp):
            return operation.constraint_name not in there and _begins(
                tuple(map(str, operation.columns)), columns
            )
        return False

    def with_implied(
        self,
        downgrade: Iterable[MigrateOperation],
        upgrade: Iterable[MigrateOperation],
        *,
        if_exists: bool | None,
    ) -> Iterable[MigrateOperation]:
        """Yield a downgrade that also drops the indexes that MySQL creates for new foreign keys.

        The index of an unnamed key is named like its column, and is not reported as a difference.
        """
        downgrade = list(downgrade)
        columns_gone = _dropped_columns(downgrade)
        dropped = {_dropped_index(one) for one in upgrade}
        there = {name: found for name, found in self.before.items() if name not in dropped}
        known = [*there.values(), *self.after.values()]
        made = {
            one.constraint_name: one
            for one in upgrade
            if isinstance(one, CreateForeignKeyOp)
            and not columns_gone.issuperset(one.local_cols)
            and not any(_begins(other, tuple(one.local_cols)) for other in known)
        }
        for one in downgrade:
            yield one
            key = made.get(getattr(one, "constraint_name", None)) if _drops_key(one) else None
            if key is not None and key.constraint_name is not None:
                created = CreateIndexOp(
                    key.constraint_name, key.source_table, key.local_cols, schema=_schema(key)
                )
                drop = DropIndexOp.from_index(created.to_index())
                drop.if_exists = if_exists
                yield drop


def _schema(key: CreateForeignKeyOp) -> str | None:
    schema: str | None = key.kw.get("source_schema")
    return schema


def _indexes(table: Table, dialect: Dialect) -> dict[str, Columns]:
    """Return the columns of each index that a foreign key can use, by index name."""
    uniques = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    found: dict[str, Columns] = {}
    for item in (*table.indexes, *uniques):
        name = final_name(item, dialect)
        # MySQL names an unnamed unique constraint after its first column.
        columns = _leading(item, dialect)
        if columns:
            found[name or columns[0]] = columns
    key = tuple(column.name for column in table.primary_key)
    return {**found, "PRIMARY": key} if key else found


def _leading(item: Any, dialect: Dialect) -> Columns:
    parts = getattr(item, "expressions", None)
    return column_names(item) if parts is None else _up_to_expressions(parts, dialect)


def _up_to_expressions(parts: Iterable[Any], dialect: Dialect) -> Columns:
    """Return the leading columns that a foreign key can use: on MySQL, only ascending ones.

    Source: observed on MariaDB 10.11 and MySQL 9.7.
    """
    found: list[str] = []
    for part in parts:
        column = unordered(part) if getattr(dialect, "is_mariadb", False) else part
        name = part if isinstance(part, str) else getattr(column, "name", None)
        if name is None:
            break
        found.append(str(name))
    return tuple(found)


def _begins(index: Columns, columns: Columns) -> bool:
    return index[: len(columns)] == columns


def _drops_key(operation: Any, name: Any = None) -> bool:
    if not isinstance(operation, DropConstraintOp) or operation.constraint_type != "foreignkey":
        return False
    return name is None or operation.constraint_name == name


def _turn(operation: Any) -> int:
    """Return the sort key of an operation: an index is dropped after all keys that can use it."""
    if isinstance(operation, DropKeyOp):
        return 1
    if _drops_key(operation):
        return 0
    return 3 if _adds_key(operation) else 2


def _adds_key(operation: Any, name: Any = None) -> bool:
    return isinstance(operation, CreateForeignKeyOp) and (
        name is None or operation.constraint_name == name
    )


def _dropped_columns(operations: Iterable[MigrateOperation]) -> set[str]:
    return {one.column_name for one in operations if isinstance(one, DropColumnOp)}


def _keys(table: Table) -> list[ForeignKeyConstraint]:
    return sorted(table.foreign_key_constraints, key=lambda key: str(key.name))


def _dropped_index(operation: Any) -> str | None:
    if isinstance(operation, DropKeyOp):
        return str(operation.index.index_name)
    if isinstance(operation, DropIndexOp):
        return str(operation.index_name)
    if isinstance(operation, DropConstraintOp) and operation.constraint_type == "unique":
        return str(operation.constraint_name)
    return None
