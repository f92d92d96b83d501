"""Represents a model's table by the values of a TableSignature: hashable and cheap to compare.

Used by the proofs. A table that the values cannot represent completely has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DefaultClause,
    ForeignKeyConstraint,
    Identity,
    UniqueConstraint,
)
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import NullType, TypeEngine

from idiolect.autogenerate.compare.server_defaults import rendered_default
from idiolect.ddl.signatures import column_names, final_name, foreign_key_signature

if TYPE_CHECKING:
    from sqlalchemy import Index, Table
    from sqlalchemy.engine import Dialect

_PLAIN = (str, int, float, type(None), type)
#: Internal state of SQLAlchemy's types, which does not affect equality.
_MEMORY = frozenset({"dispatch", "_static_cache_key", "_type_affinity"})
_UNTOLD = object()


class OpaqueError(Exception):
    """A model cannot be represented by values."""


def frozen(value: Any) -> Any:
    """Return a hashable value that is equal for equal types, lists and dicts only."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, TypeEngine):
        attributes = vars(value)
        if not attributes:
            return type(value)
        return (type(value), *((k, frozen(v)) for k, v in attributes.items() if k not in _MEMORY))
    if isinstance(value, (list, tuple)):
        return (type(value), *map(frozen, value))
    if isinstance(value, dict):
        return (dict, *((frozen(k), frozen(v)) for k, v in value.items()))
    if isinstance(value, TextClause) and not value._bindparams:  # noqa: SLF001 - nowhere public
        return (TextClause, value.text)
    # Compared by identity; the object lives as long as the comparison.
    return id(value)


def model_column(column: Column[Any], table: Table, dialect: Dialect) -> Any:
    """Return the value of a model's column without its name and comment.

    Raises:
        OpaqueError: it is computed, has no type, or a default that cannot be rendered as SQL.
    """
    default: Any = column.server_default
    if default is not None:
        default = _default(column, default, dialect)
    type_ = column.type
    if isinstance(type_, NullType):
        raise OpaqueError
    if not column.primary_key:
        return (frozen(type_), column.nullable, default)
    counts = table._autoincrement_column is column  # noqa: SLF001 - nowhere public
    return (frozen(type_), column.nullable, default, column.autoincrement, counts)


def _default(column: Column[Any], default: Any, dialect: Dialect) -> Any:
    if isinstance(default, Identity):
        return (Identity, *((k, v) for k, v in vars(default).items() if isinstance(v, _PLAIN)))
    if not isinstance(default, DefaultClause):
        raise OpaqueError
    given: Any = default.arg
    if isinstance(given, str):
        return given
    if type(given) is TextClause and not given._bindparams:  # noqa: SLF001 - nowhere public
        return (TextClause, given.text)
    try:
        return (type(given), rendered_default(column, dialect))
    except Exception as exc:
        # The full comparison reports what is wrong with it.
        raise OpaqueError from exc


class ModelTable:
    """The constraints and indexes of a model's table.

    Args:
        table: the table.
        dialect: determines final names.
        default_schema: a schema that is equivalent to None.

    Raises:
        OpaqueError: one has an expression, a timing or an option of a dialect.
    """

    def __init__(self, table: Table, dialect: Dialect, default_schema: str | None) -> None:
        self.indexes: dict[str, tuple[tuple[str, ...], bool]] = {}
        self.uniques: dict[str, tuple[str, ...]] = {}
        self.unnamed_uniques: list[tuple[str, ...]] = []
        self.foreign_keys: list[tuple[Any, ...]] = []
        self.checks = any(column.constraints for column in table.c)
        for index in table.indexes:
            name = _name(index, dialect)
            if name is None or name in self.indexes:
                raise OpaqueError
            self.indexes[name] = (_columns(index), bool(index.unique))
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                self._add_unique(constraint, dialect)
            elif isinstance(constraint, ForeignKeyConstraint):
                self.foreign_keys.append(foreign_key_signature(constraint, default_schema))
            elif isinstance(constraint, CheckConstraint):
                self.checks = True

    def _add_unique(self, constraint: UniqueConstraint, dialect: Dialect) -> None:
        if constraint.dialect_kwargs or constraint.deferrable or constraint.initially:
            raise OpaqueError
        name = _name(constraint, dialect)
        if name is None:
            self.unnamed_uniques.append(column_names(constraint))
        elif name in self.uniques:
            raise OpaqueError
        else:
            self.uniques[name] = column_names(constraint)


def _columns(index: Index) -> tuple[str, ...]:
    """Return the columns of an index that consists of columns only."""
    parts = index.expressions
    if index.dialect_kwargs or not all(isinstance(part, Column) for part in parts):
        raise OpaqueError
    return tuple(part.name for part in parts if isinstance(part, Column))


def _name(item: Index | UniqueConstraint, dialect: Dialect) -> str | None:
    """Return the name in the database; slow only for names that may be truncated."""
    name: Any = item.name
    if name is None or (isinstance(name, str) and len(name) <= _shortest_limit(dialect)):
        return name
    return final_name(item, dialect)


def _shortest_limit(dialect: Dialect) -> int:
    limits = (
        dialect.max_identifier_length,
        dialect.max_index_name_length,
        dialect.max_constraint_name_length,
    )
    return min(filter(None, limits), default=0)
