"""Finds the named types (enum types, domains) that models and operations use.

Used by the comparators of such types. No database is queried here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Column, Enum
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeDecorator

from idiolect.operations.ops import (
    AddColumnOp,
    AlterColumnOp,
    CreateTableOp,
    DropColumnOp,
    DropTableOp,
    OpContainer,
)
from idiolect_postgresql.names import kept
from idiolect_postgresql.shared import native_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from idiolect.autogenerate.context import AutogenContext
    from idiolect_postgresql.catalogue import TypeColumn

    Key = tuple[str | None, str]
    Place = tuple[str | None, str, str | None]

_PERHAPS = (Enum, ARRAY, TypeDecorator, pg.DOMAIN)


def types_in(type_: TypeEngine[Any], dialect: Dialect, kind: type[Any]) -> Iterator[Any]:
    """Yield the named types of a kind in a type, or in an array's items; inner ones first.

    Args:
        type_: of a column.
        dialect: PostgreSQL's dialect.
        kind: ``postgresql.ENUM`` or ``postgresql.DOMAIN``.
    """
    if not isinstance(type_, _PERHAPS) and not type_._variant_mapping:  # noqa: SLF001 - nowhere public
        # Most types; the others have to be converted to the dialect's type.
        return
    known = native_type(type_, dialect)
    if isinstance(known, ARRAY):
        yield from types_in(known.item_type, dialect, kind)
    elif isinstance(known, kind) and known.name:
        if isinstance(known, pg.DOMAIN):
            yield from types_in(known.data_type, dialect, kind)
        yield known


def type_key(named: Any, dialect: Dialect) -> Key:
    """Return the schema, None if it is the default one, and the name of a named type."""
    default: Any = dialect.default_schema_name
    return (None if named.schema == default else named.schema, kept(str(named.name)))


def of_models(
    autogen_context: AutogenContext, kind: type[Any]
) -> Iterator[tuple[Column[Any], Any]]:
    """Yield the columns of the models with named types of a kind, and the types."""
    dialect = autogen_context.dialect
    for table in autogen_context.table_key_to_table.values():
        found = [
            (column, one) for column in table.c for one in types_in(column.type, dialect, kind)
        ]
        if found and autogen_context.run_object_filters(table, table.name, "table", False, None):
            yield from found


def created_by_tables(
    operations: Iterable[Any], dialect: Dialect, kind: type[Any]
) -> Iterator[Key]:
    """Yield the types that SQLAlchemy creates together with a new table."""
    for one in operations:
        columns = one.columns if isinstance(one, CreateTableOp) else ()
        for column in columns:
            if isinstance(column, Column):
                # The last is the column's own; a domain does not create its base type.
                *_, own = (None, *types_in(column.type, dialect, kind))
                if own is not None and own.create_type:
                    yield type_key(own, dialect)


def wanted_by_columns(
    operations: Iterable[Any], dialect: Dialect, kind: type[Any]
) -> Iterator[Key]:
    """Yield the types of new columns and the new types of columns.

    Of new tables, only the base types of domains: all others are created with them.
    """
    for one in operations:
        if isinstance(one, OpContainer):
            yield from wanted_by_columns(one.ops, dialect, kind)
        if isinstance(one, CreateTableOp):
            for column in one.columns:
                if isinstance(column, Column):
                    inner = [*types_in(column.type, dialect, kind)][:-1]
                    yield from (type_key(named, dialect) for named in inner)
        type_ = None
        if isinstance(one, AddColumnOp):
            type_ = one.column.type
        elif isinstance(one, AlterColumnOp):
            type_ = one.modify_type
        if type_ is not None:
            yield from (type_key(named, dialect) for named in types_in(type_, dialect, kind))


def columns_that_go(operations: Iterable[Any]) -> set[Place]:
    """Return schema, table and name of dropped columns; None instead of the name for all."""
    found: set[Place] = set()
    for one in operations:
        if isinstance(one, OpContainer):
            found |= columns_that_go(one.ops)
        elif isinstance(one, DropTableOp):
            found.add((one.schema, one.table_name, None))
        elif isinstance(one, DropColumnOp):
            found.add((one.schema, one.table_name, one.column_name))
    return found


def are_all_gone(
    autogen_context: AutogenContext, columns: Iterable[TypeColumn], gone: set[Place]
) -> bool:
    """Return whether there are columns, and all of them are dropped."""
    places = [(autogen_context.schema_key(one.schema), one.table, one.name) for one in columns]
    return bool(places) and all(place in gone or (*place[:2], None) in gone for place in places)


def are_of_tables(columns: Iterable[TypeColumn], gone: set[Place]) -> bool:
    """Return whether a type is dropped with tables, and so is created again with them."""
    tables = {table for _schema, table, column in gone if column is None}
    return any(one.table in tables for one in columns)
