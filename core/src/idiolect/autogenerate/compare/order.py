"""Orders operations: tables are created before foreign keys to them, and dropped after.

Used once per comparison, after all comparators. No operation is lost; foreign keys between tables
that refer to each other become separate operations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.sql.elements import conv

from idiolect.operations.ops.constraints import DropConstraintOp
from idiolect.operations.ops.containers import ModifyTableOps
from idiolect.operations.ops.foreignkeys import CreateForeignKeyOp
from idiolect.operations.ops.indexes import DropIndexOp
from idiolect.operations.ops.tables import CreateTableOp, DropTableOp
from idiolect.operations.schemaobj import referent_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from sqlalchemy.engine import Dialect

    from idiolect.operations.ops.core import MigrateOperation

    Key = tuple[str | None, str | None]


def taken_out(part: ModifyTableOps, operations: Container[MigrateOperation]) -> ModifyTableOps:
    """Remove some of the operations on a table, and return them as operations on that table.

    Args:
        part: the operations on a table; modified in place.
        operations: those to remove.
    """
    taken = [one for one in part.ops if one in operations]
    part.ops[:] = [one for one in part.ops if one not in operations]
    return ModifyTableOps(part.table_name, taken, schema=part.schema)


def drop_referred_tables_last(operations: list[MigrateOperation]) -> None:
    """Move drops of tables after the drops of foreign keys that refer to them.

    Their own order is kept, as they may refer to each other. If no dropped foreign key refers to a
    dropped table, nothing is moved.

    Args:
        operations: the operations of one container; modified in place.
    """
    going: set[Key] = {
        (one.schema, one.table_name) for one in operations if isinstance(one, DropTableOp)
    }
    if any(key in going for one in operations for key in _released(one)):
        operations.sort(key=lambda one: _belongs_to(one, going))


def _released(operation: MigrateOperation) -> Iterator[Key]:
    """Yield the tables that the foreign keys dropped by an operation refer to."""
    if not isinstance(operation, ModifyTableOps):
        return
    for one in operation.ops:
        undoing = one._reverse if isinstance(one, DropConstraintOp) else None  # noqa: SLF001 - ours
        if isinstance(undoing, CreateForeignKeyOp):
            yield undoing.kw.get("referent_schema"), undoing.referent_table


def _belongs_to(operation: Any, keys: set[Key]) -> bool:
    if isinstance(operation, ModifyTableOps):
        # The indexes of a dropped table are dropped by separate operations.
        return bool(operation.ops) and all(_belongs_to(one, keys) for one in operation.ops)
    if isinstance(operation, (DropTableOp, DropIndexOp)):
        return (operation.schema, operation.table_name) in keys
    return False


def drop_indexes_with_tables(operations: list[MigrateOperation]) -> None:
    """Remove drops of indexes on dropped tables: a foreign key may need them.

    Args:
        operations: the operations of one container; modified in place.
    """
    going: set[Key] = {
        (one.schema, one.table_name) for one in operations if isinstance(one, DropTableOp)
    }
    for one in operations:
        if isinstance(one, ModifyTableOps) and (one.schema, one.table_name) in going:
            one.ops[:] = [inner for inner in one.ops if not isinstance(inner, DropIndexOp)]
    operations[:] = without_empty(operations)


def without_empty(operations: Iterable[MigrateOperation]) -> list[MigrateOperation]:
    """Return the operations without containers of a table's changes that have none left."""
    return [one for one in operations if not isinstance(one, ModifyTableOps) or not one.is_empty()]


def separate_key_cycles(operations: list[MigrateOperation], dialect: Dialect) -> None:
    """Separate foreign keys that form a cycle from created and dropped tables.

    New tables are created first, then such keys are added; such keys are dropped first, then the
    tables. Keys that a model marks with ``use_alter`` are added separately as well. A database
    that cannot alter tables accepts keys to tables that do not exist yet.

    Args:
        operations: the operations of one container; modified in place.
        dialect: SQLAlchemy's dialect.
    """
    if not dialect.supports_alter:
        return
    created = [one for one in operations if isinstance(one, CreateTableOp)]
    later: set[Key] = {(one.schema, one.table_name) for one in created}
    added: list[MigrateOperation] = []
    for create in created:
        later.discard((create.schema, create.table_name))
        for key in _extract_keys(create, later, with_alter=True):
            key_op = CreateForeignKeyOp.from_constraint(key)
            if key_op.constraint_name is None:
                # Without a name it could not be dropped.
                name = "_".join(["fk", key.table.name, *key.column_keys])
                key_op.constraint_name = conv(name[: dialect.max_identifier_length])
            added.append(ModifyTableOps(create.table_name, [key_op], schema=create.schema))
    operations[_behind(operations, created) : _behind(operations, created)] = added
    _keys_of_dropped(operations)


def _keys_of_dropped(operations: list[MigrateOperation]) -> None:
    gone: set[Key] = set()
    released: list[MigrateOperation] = []
    dropped = [one for one in operations if isinstance(one, DropTableOp)]
    for drop in dropped:
        memory = drop._reverse  # noqa: SLF001 - ours
        for key in _extract_keys(memory, gone, with_alter=False) if memory is not None else ():
            undo = DropConstraintOp.from_constraint(key)
            released.append(ModifyTableOps(drop.table_name, [undo], schema=drop.schema))
        gone.add((drop.schema, drop.table_name))
    if released:
        first = operations.index(dropped[0])
        operations[first:first] = released


def _extract_keys(
    create: CreateTableOp, others: set[Key], *, with_alter: bool
) -> list[ForeignKeyConstraint]:
    """Remove the foreign keys to certain tables from an operation, and return them."""
    keys = [one for one in create.columns if isinstance(one, ForeignKeyConstraint)]
    found = [
        key
        for key in keys
        if referent_of(key.elements[0])[:2] in others or (with_alter and key.use_alter)
    ]
    if found:
        taken = {id(key) for key in found}
        create.columns = [one for one in create.columns if id(one) not in taken]
    return sorted(found, key=lambda key: (key.column_keys, str(key.name)))


def _behind(operations: list[MigrateOperation], created: list[CreateTableOp]) -> int:
    """Return the index after new tables and operations that belong to them."""
    keys: set[Key] = {(one.schema, one.table_name) for one in created}
    places = [
        place
        for place, one in enumerate(operations)
        if isinstance(one, (CreateTableOp, ModifyTableOps)) and (one.schema, one.table_name) in keys
    ]
    return max(places, default=-1) + 1
