"""Validates arguments, so that errors name a wrong one before it is passed to SQLAlchemy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy.dialects
from sqlalchemy import Column, Computed, DefaultClause, FetchedValue, Identity, Table
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.sql.elements import BindParameter, ClauseElement
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import TypeEngine

from idiolect.ddl import lookup
from idiolect.operations.explain import ArgumentTypeError, describe
from idiolect.operations.registry import name_of
from idiolect.util.langhelpers import nearest
from idiolect.util.messaging import warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def table_name_of(operation: Any, attribute: str = "table_name") -> str:
    """Return the name of an operation's table; Table objects are accepted for their name."""
    name = getattr(operation, attribute)
    if isinstance(name, Table):
        return str(name.name)
    if not isinstance(name, str) or not name:
        raise ArgumentTypeError(
            f"{name_of(type(operation))}: a table's name is expected as {attribute}, got {name!r}"
        )
    return name


def column_of(operation: Any) -> Column[Any]:
    """Return the column of an operation that adds one."""
    column = operation.column
    if not isinstance(column, Column):
        raise ArgumentTypeError(
            f"{describe(operation)}: a Column is expected, got {column!r}. "
            "Write Column('name', Type())."
        )
    return column


def column_name_of(operation: Any) -> str:
    """Return the name of the column that an operation changes; Columns are accepted as well."""
    name = operation.column_name
    if isinstance(name, Column):
        return str(name.name)
    if not isinstance(name, str) or not name:
        raise ArgumentTypeError(
            f"{describe(operation)}: a column's name is expected as column_name, got {name!r}"
        )
    return name


def index_columns_of(operation: Any) -> list[Any]:
    """Return the columns of an index as a list; a single name is accepted."""
    columns: Iterable[Any] = operation.columns
    given = [columns] if isinstance(columns, str) else list(columns)
    if not given:
        raise ArgumentTypeError(f"{describe(operation)}: an index needs at least one column")
    return given


def column_names_of(operation: Any, attribute: str = "columns") -> list[str]:
    """Return column names as a list; a single name is accepted."""
    columns: Iterable[Any] = getattr(operation, attribute)
    given = [columns] if isinstance(columns, str) else list(columns)
    if not given:
        raise ArgumentTypeError(f"{describe(operation)}: {attribute} names no column")
    for name in given:
        if not isinstance(name, str):
            raise ArgumentTypeError(
                f"{describe(operation)}: names of columns are expected as {attribute}, got {name!r}"
            )
    return given


def reject_parameters(operation: Any, expression: Any, what: str) -> None:
    """Raise for an expression with an unbound parameter, as ``:word`` in text creates one."""
    if not isinstance(expression, ClauseElement):
        return
    for element in iterate(expression):
        if isinstance(element, BindParameter) and element.required and element.value is None:
            raise ArgumentTypeError(
                f"{describe(operation)}: {what} has a parameter ':{element.key}' without a value, "
                "which DDL cannot hold; in text, write '\\:' for a colon"
            )


def comment_of(operation: Any, attribute: str = "comment") -> str | None:
    """Return the comment of an operation that sets one; None removes it."""
    comment = getattr(operation, attribute)
    if comment is not None and not isinstance(comment, str):
        raise ArgumentTypeError(
            f"{describe(operation)}: text or None is expected as comment, got {comment!r}"
        )
    return comment


def type_of(operation: Any, attribute: str) -> TypeEngine[Any] | None:
    """Return a type argument, or None; a class is instantiated."""
    given = getattr(operation, attribute)
    found = given() if isinstance(given, type) and issubclass(given, TypeEngine) else given
    if found is not None and not isinstance(found, TypeEngine):
        raise ArgumentTypeError(
            f"{describe(operation)}: a SQLAlchemy type is expected as {_given_as(attribute)}, "
            f"got {given!r}"
        )
    return found


def server_default_of(operation: Any, attribute: str) -> Any:
    """Return a server default argument; False if it is not given."""
    given = getattr(operation, attribute)
    if given is None or given is False:
        return given
    # That the database makes the value is no default to set, but describes an existing one.
    others = (
        FetchedValue if attribute.startswith("existing") else (DefaultClause, Computed, Identity)
    )
    if not isinstance(given, (str, ClauseElement, others)):
        raise ArgumentTypeError(
            f"{describe(operation)}: text, text() or another SQL expression is expected as "
            f"{_given_as(attribute)}, got {given!r}; write a value as text, such as '5'"
        )
    reject_parameters(operation, given, _given_as(attribute))
    return given


def warn_unknown_options(operation: Any, options: Mapping[str, Any], *known: str) -> None:
    """Warn about arguments that neither the directive nor any dialect knows.

    Only a warning, because revisions that have run with a misspelt argument must continue to run;
    `-W error` turns it into an error.

    Args:
        operation: the operation.
        options: its options by name; those prefixed with a dialect's name are accepted.
        known: the directive's arguments, which are accepted as well.
    """
    for name in options:
        if name in known or _is_dialect(name.partition("_")[0]):
            continue
        near = nearest(name, known)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        warn(f"{describe(operation)}: the argument {name!r} is unknown and changes nothing{hint}")


def reject_misspelt_options(operation: Any, options: Mapping[str, Any], *known: str) -> None:
    """Raise for an option that resembles a known one; others are left to SQLAlchemy.

    Args:
        operation: the operation.
        options: its options by name; those prefixed with a dialect's name are accepted.
        known: the known names.
    """
    for name in options:
        if name in known or _is_dialect(name.partition("_")[0]):
            continue
        if near := nearest(name, known):
            raise ArgumentTypeError(
                f"{describe(operation)}: unknown argument {name!r}. Did you mean {near[0]!r}?"
            )


def _given_as(attribute: str) -> str:
    """Return the directive's name for an attribute of its operation."""
    return {"modify_type": "type_"}.get(attribute, attribute.removeprefix("modify_"))


def _is_dialect(name: str) -> bool:
    if name in sqlalchemy.dialects.__all__ or lookup.registered_classes(name):
        return True
    try:
        sqlalchemy.dialects.registry.load(name)
    except NoSuchModuleError:
        return False
    return True
