"""Checks of arguments, so that a wrong one is named before SQLAlchemy stumbles over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy.dialects
from sqlalchemy import Column, Table
from sqlalchemy.exc import NoSuchModuleError

from idiolect.ddl import lookup
from idiolect.operations.explain import ArgumentTypeError, describe
from idiolect.operations.registry import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def table_name_of(operation: Any, attribute: str = "table_name") -> str:
    """Return the name of an operation's table; a Table object stands for its own name."""
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


def index_columns_of(operation: Any) -> list[Any]:
    """Return the columns of an index; a single name stands for a list of it."""
    columns: Iterable[Any] = operation.columns
    given = [columns] if isinstance(columns, str) else list(columns)
    if not given:
        raise ArgumentTypeError(f"{describe(operation)}: an index needs at least one column")
    return given


def refuse_unknown_options(operation: Any, options: Mapping[str, Any]) -> None:
    """Refuse an option that is not named after a dialect; those of other dialects are fine."""
    for name in options:
        dialect, underscore, _option = name.partition("_")
        if not underscore or not _is_dialect(dialect):
            raise ArgumentTypeError(
                f"{describe(operation)}: unknown argument {name!r}; further arguments are "
                "options of dialects, named <dialectname>_<argument>"
            )


def _is_dialect(name: str) -> bool:
    if name in sqlalchemy.dialects.__all__ or lookup.registered_classes(name):
        return True
    try:
        sqlalchemy.dialects.registry.load(name)
    except NoSuchModuleError:
        return False
    return True
