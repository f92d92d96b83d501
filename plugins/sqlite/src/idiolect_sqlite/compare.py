"""What SQLite tells of its tables in other words than the model: defaults and unique constraints.

SQLite keeps the text of a default as it was written, and a unique constraint without a name as an
index whose name is its own.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import sqlalchemy

from idiolect.ddl.signatures import is_plain

if TYPE_CHECKING:
    from sqlalchemy import Index, UniqueConstraint

_QUOTED = re.compile(r"'((?:[^']|'')*)'")


def needs_parentheses(expression: str | None) -> bool:
    """Tell whether the text of a default is an expression whose parentheses SQLite took away."""
    if not expression or expression[0] in "'\"(":
        return False
    return re.fullmatch(r"[-+]?[\d.]+", expression) is None


def plain_default(default: str | None) -> str | None:
    """Return a default without parentheses around it and without quotes around a value."""
    if default is None:
        return None
    text = default.strip()
    while text.startswith("(") and text.endswith(")") and _is_one_group(text):
        text = text[1:-1].strip()
    quoted = _QUOTED.fullmatch(text)
    return quoted.group(1).replace("''", "'") if quoted else text


def _is_one_group(text: str) -> bool:
    depth = 0
    for position, char in enumerate(_QUOTED.sub(lambda found: "x" * len(found.group()), text)):
        depth += (char == "(") - (char == ")")
        if depth == 0 and position < len(text) - 1:
            return False
    return True


def forget_unnamed_uniques(reflected: set[UniqueConstraint], model: set[UniqueConstraint]) -> None:
    """Take unnamed unique constraints of the same columns out of both sets."""

    def columns(constraint: UniqueConstraint) -> tuple[str, ...]:
        return tuple(sorted(column.name for column in constraint.columns))

    unnamed = {columns(item): item for item in model if item.name is None}
    for item in list(reflected):
        if item.name is None and columns(item) in unnamed:
            reflected.discard(item)
            model.discard(unnamed[columns(item)])


def skip_expressions(reflected: set[Index], model: set[Index]) -> None:
    """Leave out the model's indexes on expressions, of which SQLAlchemy reads nothing here.

    One whose name belongs to an index on columns differs from that for certain, and stays.
    """
    names = {item.name for item in reflected}
    for item in list(model):
        if not is_plain(item) and item.name not in names:
            warnings.warn(
                "autogenerate skipping metadata-specified expression-based index "
                f"{str(item.name)!r}; dialect 'sqlite' under SQLAlchemy {sqlalchemy.__version__} "
                "can't reflect these indexes so they can't be compared",
                UserWarning,
                stacklevel=2,
            )
            model.discard(item)


def drop_unnamed(reflected: set[Any]) -> None:
    """Leave out what has no name: no statement could drop it."""
    reflected.difference_update([item for item in reflected if item.name is None])


def keep_named_indexes(reflected: set[Index]) -> None:
    """Leave out the indexes that SQLite makes for constraints."""
    reflected.difference_update(
        [item for item in reflected if str(item.name).startswith("sqlite_autoindex")]
    )
