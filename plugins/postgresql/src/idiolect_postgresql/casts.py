"""Column changes that PostgreSQL needs help with: ``USING`` expressions, and identities.

Called by the impl when upgrade and downgrade are complete; sends no queries.

Source: "ALTER TABLE" and "CREATE CAST" in PostgreSQL's manual: a type changes without ``USING``
only if there is an implicit or assignment cast, and ``USING`` does not convert the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Boolean, Identity, Integer, Numeric, String, types
from sqlalchemy.dialects import postgresql as pg

from idiolect.operations.ops import AlterColumnOp, OpContainer
from idiolect_postgresql.shared import native_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import DowngradeOps, UpgradeOps

    Place = tuple[str | None, str, str]

_USING = "postgresql_using"
#: Types with a text representation that PostgreSQL also accepts as input.
_READABLE = (
    types.Integer,
    types.Numeric,
    types.Boolean,
    types.Date,
    types.DateTime,
    types.Time,
    types.Interval,
    types.Uuid,
    types.JSON,
    pg.INTERVAL,
    pg.INET,
    pg.CIDR,
    pg.MACADDR,
    pg.MACADDR8,
    pg.HSTORE,
)


def complete_changes(
    autogen_context: AutogenContext, upgrade_ops: UpgradeOps, downgrade_ops: DowngradeOps
) -> None:
    """Complete column changes with what PostgreSQL requires.

    Args:
        autogen_context: the comparison.
        upgrade_ops: the upgrade; changed in place.
        downgrade_ops: the downgrade; changed in place.
    """
    dialect = autogen_context.dialect
    back = {_place(one): (part, one) for part, one in _changes(downgrade_ops)}
    columns: dict[Place, Column[Any]] | None = None
    for part, forth in [*_changes(upgrade_ops)]:
        if _place(forth) not in back:
            continue
        other, undo = back[_place(forth)]
        if isinstance(forth.modify_server_default, Identity) and forth.existing_nullable:
            _forbid_null(forth, undo)
        if forth.modify_type is None or _USING in forth.kw:
            continue
        columns = _model_columns(autogen_context) if columns is None else columns
        model = columns.get(_place(forth))
        defaults = (getattr(model, "server_default", None), forth.existing_server_default)
        for (container, operation), default in zip(
            [(part, forth), (other, undo)], defaults, strict=True
        ):
            before, after = operation.existing_type, operation.modify_type
            if before is None or after is None:
                continue
            code = using(operation.column_name, before, after, dialect)
            if code is not None:
                operation.kw[_USING] = code
            if code is not None or _is_enumerated(before, dialect):
                _without_default(container, operation, default)


def _is_enumerated(type_: TypeEngine[Any], dialect: Dialect) -> bool:
    """Return whether defaults of a type depend on an enumerated type, which may be dropped."""
    known = native_type(type_, dialect)
    return isinstance(native_type(getattr(known, "item_type", known), dialect), pg.ENUM)


def using(
    column: str, before: TypeEngine[Any], after: TypeEngine[Any], dialect: Dialect
) -> str | None:
    """Return the expression that converts a column; None if none is needed or possible.

    Args:
        column: the column's name.
        before: the current type.
        after: the new type.
        dialect: a PostgreSQL dialect.
    """
    source, target = native_type(before, dialect), native_type(after, dialect)
    suffix = ""
    if isinstance(source, ARRAY) and isinstance(target, ARRAY):
        source, target = (native_type(one.item_type, dialect) for one in (source, target))
        suffix = "[]"
    steps = _steps(source, target)
    if steps is None:
        return None
    casts = [step + suffix for step in steps]
    name = dialect.identifier_preparer.quote(column)
    return "::".join([name, *casts, after.dialect_impl(dialect).compile(dialect=dialect)])


def _steps(source: Any, target: Any) -> list[str] | None:
    """Return the intermediate types of the cast; None if no explicit cast is needed."""
    to_enum = isinstance(target, pg.ENUM)
    if isinstance(source, pg.ENUM):
        return ["text"] if to_enum and source.name != target.name else None
    if isinstance(source, String):
        return [] if to_enum or isinstance(target, _READABLE) else None
    if isinstance(source, Boolean) and isinstance(target, (Integer, Numeric)):
        return ["integer"]
    if isinstance(source, (Integer, Numeric)) and isinstance(target, Boolean):
        return ["integer"]
    return None


def _forbid_null(forth: AlterColumnOp, undo: AlterColumnOp) -> None:
    """Make a column ``NOT NULL`` while it is an identity, as PostgreSQL requires."""
    if forth.modify_nullable is None:
        forth.modify_nullable = False
        undo.existing_nullable, undo.modify_nullable = False, True


def _without_default(container: OpContainer, operation: AlterColumnOp, default: Any) -> None:
    """Drop the default before the type changes, and set it again afterwards."""
    former = operation.existing_server_default
    if former is None or former is False:
        return
    drop = AlterColumnOp(
        operation.table_name,
        operation.column_name,
        schema=operation.schema,
        existing_type=operation.existing_type,
        existing_nullable=operation.existing_nullable,
        existing_server_default=former,
        modify_server_default=None,
    )
    container.ops.insert(container.ops.index(operation), drop)
    if operation.modify_server_default is False:
        operation.modify_server_default = default
    operation.existing_server_default = False


def _changes(container: OpContainer) -> Iterator[tuple[OpContainer, AlterColumnOp]]:
    for one in container.ops:
        if isinstance(one, OpContainer):
            yield from _changes(one)
        elif isinstance(one, AlterColumnOp) and one.modify_name is None:
            yield container, one


def _place(operation: AlterColumnOp) -> Place:
    return (operation.schema, str(operation.table_name), str(operation.column_name))


def _model_columns(autogen_context: AutogenContext) -> dict[Place, Column[Any]]:
    tables = autogen_context.model_tables.items()
    return {(*key, column.name): column for key, table in tables for column in table.c}
