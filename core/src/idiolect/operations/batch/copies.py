"""Copies parts of a table for the table that replaces it.

Used by :mod:`idiolect.operations.batch.rebuild`. SQLAlchemy's private methods for copying schema
objects are used only here.
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
from idiolect.operations.schemaobj import NamedText, referent_of, target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import MetaData
    from sqlalchemy.types import TypeEngine

    #: Column name, before or after the batch -> column key.
    Key = Callable[[str], str]
    #: Schema, table, column -> the column's name after the batch.
    NameOfReferent = Callable[[str | None, str, str], str]

# ruff: noqa: SLF001


def is_bound_to_type(constraint: Constraint) -> bool:
    """Return whether the constraint was created by a column's type."""
    return bool(getattr(constraint, "_type_bound", False))


def is_made_with_its_column(index: Index) -> bool:
    """Return whether a database creates the index automatically, as SpatiaLite does for geometries.

    Reflection sets a flag on it. So do models, for columns with ``index=True``.
    """
    return _is_flagged(index) and not any(one.index or one.unique for one in index.columns)


def is_declared_with_its_column(index: Index) -> bool:
    """Return whether a model declares the index by ``index=True``, so that it goes with the column.

    Published revisions drop such a column of a table that they pass as ``copy_from``.
    """
    return _is_flagged(index) and any(one.index or one.unique for one in index.columns)


def _is_flagged(index: Index) -> bool:
    return bool(getattr(index, "_column_flag", False))


def columns_of(constraint: Constraint) -> list[Column[Any]]:
    """Return the columns of a constraint; [] for text."""
    columns: Any = getattr(constraint, "columns", ())
    return list(columns)


def names_of_columns(constraint: Constraint) -> set[str]:
    """Return the names of the constraint's columns in the old table."""
    if isinstance(constraint, CheckConstraint):
        return set()
    return {column.name for column in columns_of(constraint)}


def column(original: Column[Any], *, schema: str | None) -> Column[Any]:
    """Return a copy of a column without table, and without implicit constraint or index."""
    copied = original._copy(schema=schema)
    copied.unique = copied.index = None
    return copied


def column_of_type(
    original: Column[Any], type_: TypeEngine[Any], *, with_check: bool = True
) -> Column[Any]:
    """Return a copy of a column without table, with another type.

    Args:
        original: the column; unusable afterwards.
        type_: the new type.
        with_check: let the type create its constraint.
    """
    original.type = NULLTYPE
    # Copy again, because a type registers on construction what the column creates later.
    copied = original._copy()
    copied.key = original.key
    copied.unique = copied.index = None
    copied.type = type_
    if with_check and isinstance(type_, SchemaType):
        copied.type = type_.copy()
        copied.type._set_parent_with_dispatch(copied)
    return copied


def makes_check(column: Column[Any]) -> bool:
    """Return whether the column's type already creates a constraint."""
    return bool(getattr(column.type, "create_constraint", False))


def keyed(column: Column[Any], key: str) -> Column[Any]:
    """Return the column with the key by which constraints of the old table refer to it."""
    column.key = key
    return column


def unattached(item: Any) -> Any:
    """Return a constraint or index without a table, copied if it has one."""
    if isinstance(item, (Constraint, Index)) and getattr(item, "parent", None) is not None:
        return item._copy()  # type: ignore[union-attr]  # every kind in use has it
    return item


def primary_key(original: PrimaryKeyConstraint | None, keys: list[str]) -> PrimaryKeyConstraint:
    """Return a primary key over columns with these keys, with the options of another."""
    if original is None:
        return PrimaryKeyConstraint(*keys)
    return PrimaryKeyConstraint(
        *keys, info=original.info, **_timing(original), **original.dialect_kwargs
    )


def drop_from_columns(columns: Iterable[Column[Any]], name: str) -> bool:
    """Remove the constraint ``name`` from the column that has it; return whether one did."""
    for each in columns:
        for constraint in list(each.constraints):
            if constraint.name == name:
                each.constraints.remove(constraint)
                return True
    return False


def constraint(original: Constraint, table: Table, key_of: Key) -> Constraint:
    """Return a copy of a constraint, except a foreign key, on ``table``."""
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
    # SQLAlchemy does not copy a dialect's options of a check.
    copied.dialect_kwargs.update(original.dialect_kwargs)
    return copied


def foreign_key(
    original: ForeignKeyConstraint, metadata: MetaData, key_of: Key, new_name: NameOfReferent
) -> ForeignKeyConstraint:
    """Return a copy of a foreign key.

    Args:
        original: the foreign key.
        metadata: contains the referred table, or a placeholder.
        key_of: column name of its table -> key.
        new_name: returns the new names of the referred columns.
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
    """Add a placeholder for the referred table, with the columns it needs, unless it exists."""
    for element in constraint.elements:
        schema, table, column = referent_of(element)
        name = new_name(schema, table, column or element.parent.name)
        referent = metadata.tables.get(_key(schema, table))
        if referent is None:
            referent = Table(table, metadata, schema=schema)
        if name not in referent.c:
            referent.append_column(Column(name, NULLTYPE))


def wants_a_name(table: Table) -> bool:
    """Return whether the naming convention derives names of checks from names."""
    convention = table.metadata.naming_convention.get("ck")
    return isinstance(convention, str) and "%(constraint_name)s" in convention


def with_renamed_columns(clause: Any, names: Mapping[str, str]) -> Any:
    """Return text with renamed columns; anything but text unchanged.

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
    """Return a copy of an index on ``table``; expressions without its columns are kept.

    Args:
        original: the index.
        table: the new index's table.
        key_of: column name, before or after the batch -> key; None if there is none.
        names: see :func:`with_renamed_columns`.
    """

    def moved(element: Any, **_kw: Any) -> Any:
        key = key_of(element.name) if isinstance(element, Column) else None
        return None if key is None else table.c[key]

    def move(part: Any) -> Any:
        if not isinstance(part, ClauseElement):
            return part
        if isinstance(part, NamedText) and original.name is not None:
            part = part.text
        if isinstance(part, TextClause):
            return with_renamed_columns(part, names)
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
