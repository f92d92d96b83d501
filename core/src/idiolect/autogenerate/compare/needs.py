"""Moves columns and keys that foreign keys of other tables depend on.

What a new foreign key refers to is created before it, and what a dropped one referred to is dropped
after it. Runs once per comparison, before the operations are reversed for the downgrade, because
existing tables are compared by name, regardless of dependencies. Without a new or dropped foreign
key that requires it, nothing is moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKeyConstraint

from idiolect.autogenerate.compare.order import taken_out, without_empty
from idiolect.operations.ops.columns import AddColumnOp, DropColumnOp
from idiolect.operations.ops.constraints import (
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
)
from idiolect.operations.ops.containers import ModifyTableOps
from idiolect.operations.ops.foreignkeys import CreateForeignKeyOp
from idiolect.operations.ops.indexes import CreateIndexOp, DropIndexOp
from idiolect.operations.ops.tables import CreateTableOp
from idiolect.operations.schemaobj import referent_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from idiolect.operations.ops.core import MigrateOperation

    Key = tuple[str | None, str]
    Columns = frozenset[str]
    #: A table, and those of its columns that a foreign key refers to.
    Target = tuple[Key, Columns]


def put_needs_first(operations: list[MigrateOperation]) -> None:
    """Move what new foreign keys refer to first, and what dropped ones referred to last.

    Args:
        operations: the operations of one container; changed in place.
    """
    first = _moved(operations, _added, _keys_added, _columns_given)
    last = _moved([*reversed(operations)], _dropped, _keys_dropped, _columns_taken)
    if not first and not last:
        return
    rest = without_empty(operations)
    place = next(
        (n for n, one in enumerate(rest) if isinstance(one, (CreateTableOp, ModifyTableOps))), 0
    )
    operations[:] = [*rest[:place], *first, *rest[place:], *reversed(last)]


def _moved(
    operations: list[MigrateOperation],
    is_one: Callable[[MigrateOperation], bool],
    keys_of: Callable[[MigrateOperation], Iterator[Target]],
    columns_of: Callable[[Any], Columns],
) -> list[MigrateOperation]:
    """Remove operations from their tables if a foreign key before them depends on them.

    Args:
        operations: in the order of dependencies.
        is_one: whether a foreign key may depend on an operation.
        keys_of: returns the targets of an operation's foreign keys.
        columns_of: returns the columns of such an operation.

    Returns:
        The removed operations.
    """
    needed: list[Target] = []
    found: list[MigrateOperation] = []
    for one in operations:
        if isinstance(one, ModifyTableOps):
            here = [columns for key, columns in needed if key == (one.schema, str(one.table_name))]
            taken = [
                inner
                for inner in one.ops
                if is_one(inner) and any(columns_of(inner) & columns for columns in here)
            ]
            if taken and not _has_namesakes(one, taken):
                found.append(taken_out(one, taken))
        needed.extend(keys_of(one))
    return found


def _has_namesakes(part: ModifyTableOps, taken: Iterable[Any]) -> bool:
    """Return whether an operation that stays has the same name, so that both are one change."""
    names = {_name(inner) for inner in part.ops if inner not in taken} - {None}
    return any(_name(inner) in names for inner in taken)


def _name(operation: Any) -> Any:
    for attribute in ("index_name", "constraint_name"):
        if getattr(operation, attribute, None) is not None:
            return str(getattr(operation, attribute))
    return None


def _added(operation: MigrateOperation) -> bool:
    return isinstance(operation, (AddColumnOp, CreateUniqueConstraintOp, CreatePrimaryKeyOp)) or (
        isinstance(operation, CreateIndexOp) and operation.unique
    )


def _dropped(operation: MigrateOperation) -> bool:
    if isinstance(operation, DropConstraintOp):
        return operation.constraint_type in {"unique", "primary"}
    return isinstance(operation, (DropColumnOp, DropIndexOp))


def _columns_given(operation: Any) -> Columns:
    if isinstance(operation, AddColumnOp):
        return frozenset({str(operation.column.name)})
    return frozenset(str(getattr(column, "name", column)) for column in operation.columns)


def _columns_taken(operation: Any) -> Columns:
    if isinstance(operation, DropColumnOp):
        return frozenset({str(operation.column_name)})
    undoing = operation._reverse  # noqa: SLF001 - ours
    return frozenset() if undoing is None else _columns_given(undoing)


def _keys_added(operation: MigrateOperation) -> Iterator[Target]:
    if isinstance(operation, CreateTableOp):
        for item in operation.columns:
            if isinstance(item, ForeignKeyConstraint):
                yield _target(item)
    elif isinstance(operation, ModifyTableOps):
        yield from _targets(one for one in operation.ops if isinstance(one, CreateForeignKeyOp))


def _keys_dropped(operation: MigrateOperation) -> Iterator[Target]:
    if isinstance(operation, ModifyTableOps):
        undoing = (
            one._reverse  # noqa: SLF001 - ours
            for one in operation.ops
            if isinstance(one, DropConstraintOp)
        )
        yield from _targets(one for one in undoing if isinstance(one, CreateForeignKeyOp))


def _targets(keys: Iterable[CreateForeignKeyOp]) -> Iterator[Target]:
    for key in keys:
        table = (key.kw.get("referent_schema"), str(key.referent_table))
        yield table, frozenset(map(str, key.remote_cols))


def _target(key: ForeignKeyConstraint) -> Target:
    referents = [referent_of(element) for element in key.elements]
    schema, table, _column = referents[0]
    return (schema, str(table)), frozenset(str(column) for _, _, column in referents)
