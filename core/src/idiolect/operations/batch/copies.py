"""Parts of a table, copied for the table that takes its place.

Used by :mod:`idiolect.operations.batch.rebuild`. Nothing here knows what changes; SQLAlchemy's own
ways to copy schema objects, which have no public names, are used here alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy.sql.elements import ClauseElement, TextClause
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import NULLTYPE, SchemaType

from idiolect.operations.batch import texts
from idiolect.operations.schemaobj import referent_of, target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import MetaData
    from sqlalchemy.types import TypeEngine

    #: From the name of a column, before or after the batch, to its key.
    Key = Callable[[str], str]
    #: From schema, table and column to what the column is called afterwards.
    NameOfReferent = Callable[[str | None, str, str], str]

# ruff: noqa: SLF001


def in_order(constraints: Iterable[Constraint]) -> list[Constraint]:
    """Return constraints in the order in which they were made; SQLAlchemy keeps a set."""
    return sorted(constraints, key=lambda each: each._creation_order)


def is_bound_to_type(constraint: Constraint) -> bool:
    """Return whether the type of a column makes the constraint."""
    return bool(getattr(constraint, "_type_bound", False))


def is_made_with_its_column(index: Index) -> bool:
    """Return whether a database makes the index by itself, as SpatiaLite does for geometries.

    Reflection says so by a flag. Models have it too, at columns that ask for an index.
    """
    flagged = bool(getattr(index, "_column_flag", False))
    return flagged and not any(one.index or one.unique for one in index.columns)


def columns_of(constraint: Constraint) -> list[Column[Any]]:
    """Return the columns that a constraint knows it is about; [] for text."""
    columns: Any = getattr(constraint, "columns", ())
    return list(columns)


def names_of_columns(constraint: Constraint) -> set[str]:
    """Return the names of the constraint's columns, by which the old table has them."""
    if isinstance(constraint, CheckConstraint):
        return set()
    return {column.name for column in columns_of(constraint)}


def column(original: Column[Any], *, schema: str | None) -> Column[Any]:
    """Return a column without table, and without constraint or index made of its flags."""
    copied = original._copy(schema=schema)
    copied.unique = copied.index = None
    return copied


def column_of_type(
    original: Column[Any], type_: TypeEngine[Any], *, with_check: bool = True
) -> Column[Any]:
    """Return a copy of a column without table that has another type.

    Args:
        original: the column; of no use afterwards.
        type_: the new type.
        with_check: let a type that makes a constraint make it.
    """
    original.type = NULLTYPE
    # A copy of its own, since a type tells its column on construction what to make later.
    copied = original._copy()
    copied.key = original.key
    copied.unique = copied.index = None
    copied.type = type_
    if with_check and isinstance(type_, SchemaType):
        copied.type = type_.copy()
        copied.type._set_parent_with_dispatch(copied)
    return copied


def makes_check(column: Column[Any]) -> bool:
    """Return whether the column's type makes a constraint already."""
    return bool(getattr(column.type, "create_constraint", False))


def keyed(column: Column[Any], key: str) -> Column[Any]:
    """Return the column with the key by which constraints of the old table know it."""
    column.key = key
    return column


def unattached(item: Any) -> Any:
    """Return a constraint or index that belongs to no table, as a copy where it does."""
    if isinstance(item, (Constraint, Index)) and getattr(item, "parent", None) is not None:
        return item._copy()  # type: ignore[union-attr]  # every kind in use has it
    return item


def primary_key(original: PrimaryKeyConstraint | None, keys: list[str]) -> PrimaryKeyConstraint:
    """Return a primary key over columns of these keys, with the options of another."""
    if original is None:
        return PrimaryKeyConstraint(*keys)
    return PrimaryKeyConstraint(
        *keys, info=original.info, **_timing(original), **original.dialect_kwargs
    )


def drop_from_columns(columns: Iterable[Column[Any]], name: str) -> bool:
    """Take the constraint called ``name`` off the column that bears it; tell whether one did."""
    for each in columns:
        for constraint in list(each.constraints):
            if constraint.name == name:
                each.constraints.remove(constraint)
                return True
    return False


def constraint(original: Constraint, table: Table, key_of: Key) -> Constraint:
    """Return a copy of a constraint, no foreign key, that is about columns of ``table``."""
    if isinstance(original, UniqueConstraint):
        keys = [key_of(column.name) for column in original.columns]
        return UniqueConstraint(
            *keys,
            info=original.info,
            comment=original.comment,
            **_timing(original),
            **original.dialect_kwargs,
        )
    copied: Constraint = original._copy(target_table=table)
    # SQLAlchemy leaves a dialect's options of a check behind.
    copied.dialect_kwargs.update(original.dialect_kwargs)
    return copied


def foreign_key(
    original: ForeignKeyConstraint, metadata: MetaData, key_of: Key, new_name: NameOfReferent
) -> ForeignKeyConstraint:
    """Return a copy of a foreign key.

    Args:
        original: the foreign key.
        metadata: holds the table that it refers to, or a stand-in.
        key_of: from the name of a column of its table to the key.
        new_name: what the columns are called that it refers to.
    """
    referents = []
    for element in original.elements:
        schema, table, column = referent_of(element)
        name = new_name(schema, table, column or element.parent.name)
        referents.append(target_of(metadata.tables[_key(schema, table)], name))
    return ForeignKeyConstraint(
        [key_of(element.parent.name) for element in original.elements],
        referents,
        onupdate=original.onupdate,
        ondelete=original.ondelete,
        match=original.match,
        info=original.info,
        comment=original.comment,
        **_timing(original),
        **original.dialect_kwargs,
    )


def stand_in(
    metadata: MetaData, constraint: ForeignKeyConstraint, new_name: NameOfReferent
) -> None:
    """Make the table that a foreign key refers to, with the columns that it needs, if none is."""
    for element in constraint.elements:
        schema, table, column = referent_of(element)
        name = new_name(schema, table, column or element.parent.name)
        referent = metadata.tables.get(_key(schema, table))
        if referent is None:
            referent = Table(table, metadata, schema=schema)
        if name not in referent.c:
            referent.append_column(Column(name, NULLTYPE))


def wants_a_name(table: Table) -> bool:
    """Return whether the naming convention makes names of checks from names."""
    convention = table.metadata.naming_convention.get("ck")
    return isinstance(convention, str) and "%(constraint_name)s" in convention


def text_anew(clause: Any, names: Mapping[str, str]) -> Any:
    """Return text that says the same of columns with other names; what is no text as it is.

    Args:
        clause: an expression.
        names: see :func:`idiolect.operations.batch.texts.renamed`.
    """
    if not names or not isinstance(clause, TextClause):
        return clause
    copied = clause._clone()
    copied.text = texts.renamed(clause.text, names)
    return copied


def index(
    original: Index,
    table: Table,
    key_of: Callable[[str], str | None],
    names: Mapping[str, str],
) -> Index:
    """Return a copy of an index, on ``table``; what it says of no column of it stays.

    Args:
        original: the index.
        table: what it is on then.
        key_of: from the name of a column, before or after the batch, to its key; None for none.
        names: see :func:`text_anew`.
    """

    def moved(element: Any, **_kw: Any) -> Any:
        key = key_of(element.name) if isinstance(element, Column) else None
        return None if key is None else table.c[key]

    def move(part: Any) -> Any:
        if not isinstance(part, ClauseElement):
            return part
        if isinstance(part, TextClause):
            return text_anew(part, names)
        return moved(part) if moved(part) is not None else replacement_traverse(part, {}, moved)

    return Index(
        original.name,
        *(move(expression) for expression in original.expressions),
        unique=original.unique,
        info=original.info,
        _table=table,
        **{name: move(value) for name, value in original.kwargs.items()},
    )


def _key(schema: str | None, table: str) -> str:
    return f"{schema}.{table}" if schema else table


def _timing(constraint: Constraint) -> dict[str, Any]:
    return {"deferrable": constraint.deferrable, "initially": constraint.initially}
