"""Errors of operations, which name the operation and the table that they are about.

Operations and their implementations come in. SQLAlchemy's complaints about arguments become
ours here; what the database itself says is left alone.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import ArgumentError, CompileError, InvalidRequestError

from idiolect.errors import OperationError
from idiolect.operations.registry import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class ArgumentTypeError(OperationError, TypeError):
    """An argument of an operation is of the wrong kind, or unknown. Also a TypeError."""


class IrreversibleError(OperationError, ValueError):
    """The reverse of an operation is not known. Also a ValueError."""


class ScriptUnsupportedError(OperationError, NotImplementedError):
    """A script cannot do this. Also a NotImplementedError."""


class SyncConnectionError(OperationError, ValueError):
    """Something asynchronous was asked of a synchronous connection. Also a ValueError."""


class NotReversibleError(OperationError, NotImplementedError):
    """An operation of this kind has no reverse or no tuple. Also a NotImplementedError."""


def describe(operation: Any) -> str:
    """Return what an operation does to what: its directive and the names it bears."""
    words = [name_of(type(operation))]
    index = getattr(operation, "index_name", None)
    if index is not None:
        words.append(f"{str(index)!r}")
    column = getattr(operation, "column_name", None)
    if column is None:
        column = getattr(getattr(operation, "column", None), "name", None)
    if column is not None:
        words.append(f"{str(column)!r}")
    table = getattr(operation, "table_name", None)
    if table is None:
        table = getattr(operation, "table", None)
    if table is not None:
        schema = getattr(operation, "schema", None)
        words.append(f"on table {f'{schema}.{table}' if schema else str(table)!r}")
    return " ".join(words)


@contextlib.contextmanager
def explained(operation: Any) -> Iterator[None]:
    """Turn SQLAlchemy's refusals of a construct into an OperationError.

    Raises:
        OperationError: in place of ArgumentError, InvalidRequestError and CompileError.
    """
    try:
        yield
    except (ArgumentError, InvalidRequestError, CompileError) as exc:
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
