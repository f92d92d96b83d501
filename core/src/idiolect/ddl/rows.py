"""Validates, completes and groups rows to insert, so that no value is lost on the way.

Used by :meth:`DefaultImpl.bulk_insert`, and for INSERT and UPDATE in scripts. Nothing is executed
here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import ArgumentError, CompileError, InvalidRequestError
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.sql.elements import BindParameter, ClauseElement
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import NullType

from idiolect.ddl.literals import InlineLiteral
from idiolect.errors import OperationError

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.selectable import TableClause

    Row = dict[str, Any]


class RowFormatError(OperationError, TypeError):
    """Rows are not a list of dicts. Also a TypeError."""


def check_rows(table: TableClause, rows: Any) -> None:
    """Validate a list of dicts by column key.

    Raises:
        RowFormatError: it is not a list, or not all elements are dicts.
        OperationError: a key is not a column of the table.
    """
    where = f"bulk_insert into table {str(table)!r}"
    if not isinstance(rows, list):
        raise RowFormatError(f"{where}: List expected, got {type(rows).__name__}")
    known = set(table.c.keys())
    for row in rows:
        if not isinstance(row, dict):
            raise RowFormatError(
                f"{where}: List of dictionaries expected, got one with {type(row).__name__}"
            )
        for key in row:
            if key not in known:
                columns = ", ".join(repr(name) for name in table.c.keys())  # noqa: SIM118 - no dict
                raise OperationError(f"{where}: it has no column {key!r}; it has {columns}")


def rows_of_same_keys(rows: list[Row]) -> list[list[Row]]:
    """Group consecutive rows with the same keys, in order.

    In one executemany, all rows take the keys of the first; other keys would be dropped.
    """
    groups: list[list[Row]] = []
    for row in rows:
        if groups and groups[-1][0].keys() == row.keys():
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def inline_row(table: TableClause, row: Row, dialect: Dialect) -> Row:
    """Return a row for a script: values become literals, SQL expressions are kept.

    Raises:
        OperationError: a value, or the default of an omitted column, cannot be rendered.
    """
    inlined: Row = {}
    for key, value in {**_defaults_in_python(table, row), **row}.items():
        if isinstance(value, ClauseElement):
            inlined[key] = _without_parameters(value)
        else:
            # Columns of ad-hoc tables often have no type; the value's type is used then, as online.
            type_ = table.c[key].type
            untyped = isinstance(type_, NullType)
            inlined[key] = InlineLiteral(value, type_=None if untyped else type_)
            _refuse_unwritable(table, key, inlined[key], dialect)
    return inlined


def _defaults_in_python(table: TableClause, row: Row) -> Row:
    """Return the Python defaults that SQLAlchemy would set online for omitted columns."""
    filled: Row = {}
    for column in table.c:
        default = getattr(column, "default", None)
        if default is None or column.key in row:
            continue
        if default.is_callable:
            raise OperationError(
                f"bulk_insert into table {str(table)!r}: column {column.key!r} has a default "
                "that only Python can compute, which a script cannot; give the value in each row."
            )
        if default.is_scalar:
            filled[column.key] = default.arg
    return filled


def _without_parameters(expression: ClauseElement) -> Any:
    def replace(element: Any, **_kw: Any) -> Any:
        if isinstance(element, BindParameter) and not isinstance(element, InlineLiteral):
            return InlineLiteral(element.effective_value, type_=element.type)
        return None

    return replacement_traverse(expression, {}, replace)


def _refuse_unwritable(
    table: TableClause, key: str, value: InlineLiteral, dialect: Dialect
) -> None:
    try:
        value.compile(dialect=dialect)
    except CompileError as exc:
        raise OperationError(
            f"bulk_insert into table {str(table)!r}: the value of column {key!r} cannot be "
            f"written into a script as {value.type!r}: {exc.args[0]} Give it as "
            "op.inline_literal(), or run this revision online."
        ) from exc


def with_defaults(statement: Executable, dialect: Dialect) -> Executable:
    """Return an INSERT or UPDATE with the values that SQLAlchemy would add online.

    Args:
        statement: returned unchanged if nothing would be added.
        dialect: its dialect.

    Raises:
        OperationError: a default is a function, which a script cannot call, or cannot be added.
    """
    if not isinstance(statement, Insert | Update):
        return statement
    compiled: Any = statement.compile(dialect=dialect)
    defaults = [(column, column.default) for column in compiled.insert_prefetch]
    defaults += [(column, column.onupdate) for column in compiled.update_prefetch]
    added: Row = {}
    for column, default in defaults:
        if default is None or default.is_sequence:
            continue
        if not (default.is_scalar or default.is_clause_element):
            raise _unwritable_default(statement, column.key)
        added[column.key] = default.arg
    if not added:
        return statement
    try:
        completed = statement.values(added)
        completed.compile(dialect=dialect)
    except (ArgumentError, InvalidRequestError):
        # An INSERT of several rows, or INSERT ... SELECT.
        raise _unwritable_default(statement, next(iter(added))) from None
    return completed


def _unwritable_default(statement: Insert | Update, column: str) -> OperationError:
    return OperationError(
        f"The column {column!r} of table {str(statement.table)!r} has a default that SQLAlchemy "
        "adds when the statement runs, which a script cannot do: give the value in the statement."
    )
