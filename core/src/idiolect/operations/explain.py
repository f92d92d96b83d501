"""Errors of operations, which name the operation and the table that they are about.

Used by operations and their implementations. SQLAlchemy's complaints about arguments become ours
here; what the database itself says is left alone.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import (
    ArgumentError,
    CompileError,
    InvalidRequestError,
    NoSuchTableError,
    PendingRollbackError,
    ResourceClosedError,
)

from idiolect.errors import OperationError
from idiolect.operations.registry import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class ArgumentTypeError(OperationError, TypeError):
    """An argument of an operation is of the wrong kind, or unknown. Also a TypeError."""


class UnimplementedError(OperationError, ValueError):
    """Nothing carries an operation out. Also a ValueError."""


class IrreversibleError(OperationError, ValueError):
    """The reverse of an operation is not known. Also a ValueError."""


class ScriptUnsupportedError(OperationError, NotImplementedError):
    """A script cannot do this. Also a NotImplementedError."""


class SyncConnectionError(OperationError, ValueError):
    """Something asynchronous was asked of a synchronous connection. Also a ValueError."""


class RenderError(OperationError, CompileError):  # type: ignore[misc] # both have a code: ours
    """A dialect has no SQL for a construct. Also SQLAlchemy's CompileError."""

    def __str__(self) -> str:
        # SQLAlchemy's own would add a link made of the error's code.
        return self.message


class ScriptReflectionError(OperationError):
    """A table has to be read from the database, and a script has none."""


class ReflectionError(OperationError, NoSuchTableError):  # type: ignore[misc] # as RenderError
    """A table that is to be changed is not in the database. Also SQLAlchemy's NoSuchTableError."""

    def __str__(self) -> str:
        # As of RenderError.
        return self.message


class UnknownColumnError(OperationError, KeyError):
    """A table has no column of that name. Also a KeyError."""

    def __str__(self) -> str:
        # A KeyError's own would put the message into quotes.
        return self.message


class UnknownNameError(OperationError, ValueError):
    """A table has no constraint or index of that name. Also a ValueError."""


class UnnamedConstraintError(OperationError, ValueError):
    """A constraint needs a name here. Also a ValueError."""


class NotReversibleError(OperationError, NotImplementedError):
    """An operation of this kind has no reverse or no tuple. Also a NotImplementedError."""


def describe(operation: Any) -> str:
    """Return what an operation does to what: its directive and the names it bears."""
    words = [name_of(type(operation))]
    named = _first_of(operation, "index_name", "constraint_name")
    if named is not None:
        words.append(f"{str(named)!r}")
    column = getattr(operation, "column_name", None)
    if column is None:
        column = getattr(getattr(operation, "column", None), "name", None)
    if column is not None:
        words.append(f"{str(column)!r}")
    table = _first_of(operation, "table_name", "source_table", "table")
    if table is not None:
        schema = getattr(operation, "schema", None)
        words.append(f"on table {f'{schema}.{table}' if schema else str(table)!r}")
    return " ".join(words)


def _first_of(operation: Any, *attributes: str) -> Any:
    values = (getattr(operation, attribute, None) for attribute in attributes)
    return next((value for value in values if value is not None), None)


@contextlib.contextmanager
def told_of(description: str) -> Iterator[None]:
    """Say in a note which operation failed, where the message does not name it.

    Args:
        description: see :func:`describe`; an empty one says nothing.
    """
    try:
        yield
    except OperationError as exc:
        is_told = hasattr(exc, "__notes__") or description.partition(" ")[0] in str(exc)
        if description and not is_told:
            exc.add_note(f"in {description}")
        raise


@contextlib.contextmanager
def explained(operation: Any) -> Iterator[None]:
    """Turn SQLAlchemy's refusals of a construct into an OperationError.

    Raises:
        RenderError: in place of CompileError.
        OperationError: in place of ArgumentError and InvalidRequestError.
    """
    try:
        with told_of(describe(operation)):
            yield
    except (OperationError, PendingRollbackError, ResourceClosedError):
        # The latter are about the state of the connection, not about the operation.
        raise
    except CompileError as exc:
        raise RenderError(f"{describe(operation)}: {exc.args[0]}", operation=operation) from exc
    except (ArgumentError, InvalidRequestError) as exc:
        raise OperationError(f"{describe(operation)}: {exc.args[0]}", operation=operation) from exc


@contextlib.contextmanager
def explained_arguments(operation: Any) -> Iterator[None]:
    """As :func:`explained`, and take a TypeError for an unknown argument.

    For the construction of schema objects alone, where no code of a user's own runs.
    """
    try:
        with explained(operation):
            yield
    except ArgumentTypeError:
        raise
    except TypeError as exc:
        raise ArgumentTypeError(f"{describe(operation)}: {exc}", operation=operation) from exc
