"""Adds the table or column of the models to SQLAlchemy errors.

Used by the comparators of tables and columns, because SQLAlchemy's error names a type or a name,
but not where it is used.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import CompileError, IdentifierError

from idiolect.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def blaming(what: str) -> Iterator[None]:
    """Convert a SQLAlchemy error about the models to one that names the object.

    Args:
        what: the table or column that is compared in the block.

    Raises:
        CommandError: SQLAlchemy cannot compile it.
    """
    try:
        yield
    except (CompileError, IdentifierError) as exc:
        reason = str(exc).partition("\n")[0].rstrip(".")
        raise CommandError(
            f"The models cannot be compared with the database: {what}: {reason}. Change it in "
            "the models, or leave it out by include_object."
        ) from exc
