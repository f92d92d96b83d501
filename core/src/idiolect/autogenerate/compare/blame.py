"""Errors of SQLAlchemy with the table or column of the models that caused them.

Used by the comparators of tables and columns. SQLAlchemy's own error names a type or a name, and
not where it is used.
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
    """Turn an error of SQLAlchemy about the models into one that names the object.

    Args:
        what: the table or column that is compared in the block.

    Raises:
        CommandError: SQLAlchemy can make no SQL of it.
    """
    try:
        yield
    except (CompileError, IdentifierError) as exc:
        reason = str(exc).partition("\n")[0].rstrip(".")
        raise CommandError(
            f"The models cannot be compared with the database: {what}: {reason}. Change it in "
            "the models, or leave it out by include_object."
        ) from exc
