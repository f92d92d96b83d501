"""Compares indexes and constraints with the model, and describes the differences.

Used by impls in their ``compare_...`` methods. No database is queried here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Column, Index
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import TextClause, UnaryExpression, conv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
    from sqlalchemy.engine import Dialect

    ForeignKeySignature = tuple[Any, ...]

_DESC = re.compile(r"\bdesc\s*$", re.IGNORECASE)
#: The default referential action.
_NO_RULE = "no action"


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """The result of a comparison.

    Attributes:
        status: equal, different, or not comparable.
        message: what differs, or why nothing could be compared.
    """

    status: Literal["equal", "different", "skip"]
    message: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether both are equal."""
        return self.status == "equal"

    @property
    def is_different(self) -> bool:
        """Whether something differs."""
        return self.status == "different"

    @property
    def is_skip(self) -> bool:
        """Whether they could not be compared."""
        return self.status == "skip"

    @classmethod
    def Equal(cls) -> ComparisonResult:  # noqa: N802 - the documented name
        """Return the result for two equal objects."""
        return cls("equal")

    @classmethod
    def Different(cls, reason: str | Sequence[str]) -> ComparisonResult:  # noqa: N802 - as above
        """Return the result for two objects that differ in the given points."""
        return cls("different", reason if isinstance(reason, str) else ", ".join(reason))

    @classmethod
    def Skip(cls, reason: str | Sequence[str]) -> ComparisonResult:  # noqa: N802 - as above
        """Return the result for two objects that cannot be compared, for the given reasons."""
        return cls("skip", reason if isinstance(reason, str) else ", ".join(reason))


def result_of(differences: Sequence[str]) -> ComparisonResult:
    """Return Equal if there are no differences, otherwise Different."""
    return ComparisonResult.Different(differences) if differences else ComparisonResult.Equal()


def final_name(item: Any, dialect: Dialect) -> str | None:
    """Return the name in the database: after naming convention and truncation."""
    preparer: Any = dialect.identifier_preparer
    if item.name is None:
        usual = index_name(item) if isinstance(item, Index) else None
        if usual is None:
            return None
        return str(preparer.truncate_and_render_index_name(usual, _alembic_quote=False))
    name = preparer.format_constraint(item, _alembic_quote=False)
    return None if name is None else str(name)


def index_name(index: Index) -> str | None:
    """Return an index's name, or SQLAlchemy's default name if it has none.

    With a naming convention that does not include indexes, ``Column(index=True)`` has no name.
    """
    columns = list(index.columns)
    if index.name is not None or index.table is None or not columns:
        return index.name
    return conv(f"ix_{columns[0]._ddl_label}")  # noqa: SLF001 - as in SQLAlchemy's own convention


def column_names(item: UniqueConstraint | Index) -> tuple[str, ...]:
    """Return the names of an item's columns, in order."""
    return tuple(column.name for column in item.columns)


def index_elements(index: Index, dialect: Dialect) -> tuple[str, ...]:
    """Return the elements of an index as text: column names, or the dialect's SQL of expressions.

    The sort order is omitted, because most databases do not report it.
    """
    return tuple(
        element.name if isinstance(element, Column) else _sql(element, dialect)
        for element in map(unordered, index.expressions)
    )


def is_plain(index: Index) -> bool:
    """Return whether an index has only columns, whatever their sort order, and no expressions."""
    return all(isinstance(unordered(element), Column) for element in index.expressions)


def unordered(element: Any) -> Any:
    """Return the sorted expression, without DESC, NULLS FIRST and the like."""
    while isinstance(element, UnaryExpression) and element.modifier is not None:
        element = element.element
    return element


def _sql(element: Any, dialect: Dialect) -> str:
    compiled = element.compile(
        dialect=dialect, compile_kwargs={"literal_binds": True, "include_table": False}
    )
    return re.sub(r"\s+", " ", str(compiled)).strip()


def unique_difference(model: Index, reflected: Index) -> str | None:
    """Return a description of how the uniqueness of two indexes differs, or None."""
    if bool(model.unique) is bool(reflected.unique):
        return None
    return f"unique={bool(reflected.unique)} to unique={bool(model.unique)}"


def order_difference(model: Index, reflected: Index) -> str | None:
    """Return a description of how the order of the elements of two indexes differs, or None.

    For databases whose only orders are ascending and descending.
    """
    before, after = (
        ["DESC" if _is_descending(element) else "ASC" for element in index.expressions]
        for index in (reflected, model)
    )
    return None if before == after else f"order ({', '.join(before)}) to ({', '.join(after)})"


def _is_descending(element: Any) -> bool:
    if isinstance(element, TextClause):
        return _DESC.search(element.text) is not None
    while isinstance(element, UnaryExpression) and element.modifier is not None:
        if element.modifier is operators.desc_op:
            return True
        element = element.element
    return False


def foreign_key_signature(
    constraint: ForeignKeyConstraint, default_schema: str | None
) -> ForeignKeySignature:
    """Return the identity of a foreign key: columns, referred columns, and actions.

    Args:
        constraint: of a table.
        default_schema: a schema that is equivalent to None.
    """
    targets = [_target(element, default_schema) for element in constraint.elements]
    pairs = zip((element.parent.name for element in constraint.elements), targets, strict=True)
    return (
        tuple(sorted(pairs)),
        _rule(constraint.onupdate),
        _rule(constraint.ondelete),
        _timing(constraint),
    )


def _target(element: Any, default_schema: str | None) -> tuple[str, str, str]:
    column = element.__dict__.get("column", element._table_column)  # noqa: SLF001 - the same in SQLAlchemy 2.0 and 2.1
    if column is not None and column.table is not None:
        schema, table, name = column.table.schema, column.table.name, column.name
    else:
        schema, table, name = _named_target(element)
    return ("" if schema in {None, default_schema} else schema, table, name)


def _named_target(element: Any) -> tuple[str | None, str, str]:
    """Return the target that a foreign key names, without resolving it; it may not exist."""
    schema, table, key = element._column_tokens  # noqa: SLF001 - as above
    key = element.parent.key if key is None else key
    if element.parent.table is None:
        return schema, table, key
    metadata = element.parent.table.metadata
    schema = schema or metadata.schema
    found = metadata.tables.get(f"{schema}.{table}" if schema else table)
    column = None if found is None or element.link_to_name else found.c.get(key)
    return schema, table, key if column is None else str(column.name)


def _rule(rule: str | None) -> str:
    word = (rule or "").lower()
    return "" if word == _NO_RULE else word


def _timing(constraint: ForeignKeyConstraint) -> str:
    initially = (constraint.initially or "").lower()
    if initially == "deferred":
        return "initially deferrable"
    return "deferrable" if constraint.deferrable else ""
