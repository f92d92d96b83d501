"""Errors of operations, which name the operation and its table.

Used by operations and their implementations. SQLAlchemy's errors about arguments are converted
here; errors of the database are not.
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
    """An argument has the wrong type, or is unknown. Also a TypeError."""


class UnimplementedError(OperationError, ValueError):
    """An operation has no implementation. Also a ValueError."""


class IrreversibleError(OperationError, ValueError):
    """The reverse of an operation is unknown. Also a ValueError."""


class ScriptUnsupportedError(OperationError, NotImplementedError):
    """Not possible in a script. Also a NotImplementedError."""


class SyncConnectionError(OperationError, ValueError):
    """An asynchronous function needs an asynchronous connection. Also a ValueError."""


class RenderError(OperationError, CompileError):  # type: ignore[misc] # both have a code: ours
    """A dialect has no SQL for a construct. Also SQLAlchemy's CompileError."""

    def __str__(self) -> str:
        # SQLAlchemy's method would append a link to its documentation.
        return self.message


class ScriptReflectionError(OperationError):
    """A table would have to be reflected, which a script cannot."""


class ReflectionError(OperationError, NoSuchTableError):  # type: ignore[misc] # as RenderError
    """The table to change does not exist. Also SQLAlchemy's NoSuchTableError."""

    def __str__(self) -> str:
        # See RenderError.
        return self.message


class UnknownColumnError(OperationError, KeyError):
    """The table has no such column. Also a KeyError."""

    def __str__(self) -> str:
        # str() of a KeyError would quote the message.
        return self.message


class UnknownNameError(OperationError, ValueError):
    """The table has no such constraint or index. Also a ValueError."""


class UnnamedConstraintError(OperationError, ValueError):
    """A constraint needs a name. Also a ValueError."""


class NotReversibleError(OperationError, NotImplementedError):
    """Operations of this kind have no reverse, or no diff tuple. Also a NotImplementedError."""


def describe(operation: Any) -> str:
    """Return a description of an operation: its directive and its names."""
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
def noting_operation(description: str) -> Iterator[None]:
    """Add a note that names the failed operation, unless the message does.

    Args:
        description: see :func:`describe`; if empty, no note is added.
    """
    try:
        yield
    except OperationError as exc:
        _note(exc, description)
        raise


def _note(exc: OperationError, description: str) -> None:
    is_told = hasattr(exc, "__notes__") or description.partition(" ")[0] in str(exc)
    if description and not is_told:
        exc.add_note(f"in {description}")


@contextlib.contextmanager
def explained(operation: Any) -> Iterator[None]:
    """Convert SQLAlchemy's errors about a construct to OperationError.

    Raises:
        RenderError: instead of CompileError.
        OperationError: instead of ArgumentError and InvalidRequestError.
    """
    # Every operation passes here, so it is described only if it fails.
    try:
        yield
    except OperationError as exc:
        _note(exc, describe(operation))
        raise
    except (PendingRollbackError, ResourceClosedError):
        # Subclasses are about the state of the connection, not about the operation.
        raise
    except CompileError as exc:
        raise RenderError(f"{describe(operation)}: {exc.args[0]}", operation=operation) from exc
    except (ArgumentError, InvalidRequestError) as exc:
        raise OperationError(f"{describe(operation)}: {exc.args[0]}", operation=operation) from exc


@contextlib.contextmanager
def explained_arguments(operation: Any) -> Iterator[None]:
    """Like :func:`explained`; also converts TypeError to an error about an unknown argument.

    Only for the construction of schema objects, where no user code runs.
    """
    try:
        with explained(operation):
            yield
    except ArgumentTypeError:
        raise
    except TypeError as exc:
        raise ArgumentTypeError(f"{describe(operation)}: {exc}", operation=operation) from exc
