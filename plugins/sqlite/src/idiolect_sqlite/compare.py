"""What SQLite tells of its tables in other words than the model: defaults and unique constraints.

SQLite keeps the text of a default as it was written, and a unique constraint without a name as an
index whose name is its own.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import sqlalchemy

from idiolect.ddl.signatures import index_elements, is_plain
from idiolect.ddl.typecompare import text_of_type
from idiolect.ddl.wording import without_brackets

if TYPE_CHECKING:
    from sqlalchemy import Column, Index, UniqueConstraint
    from sqlalchemy.engine import Dialect

_QUOTED = re.compile(r"'((?:[^']|'')*)'")


def needs_parentheses(expression: str | None) -> bool:
    """Return whether the text of a default is an expression whose parentheses SQLite took away."""
    if not expression or expression[0] in "'\"(":
        return False
    return re.fullmatch(r"[-+]?[\d.]+", expression) is None


def plain_default(default: str | None) -> str | None:
    """Return a default without parentheses around it and without quotes around a value."""
    if default is None:
        return None
    text = default.strip()
    text = without_brackets(text)
    quoted = _QUOTED.fullmatch(text)
    return quoted.group(1).replace("''", "'") if quoted else text


_COLLATION = re.compile(r" COLLATE (?:\"[^\"]+\"|\w+)", re.IGNORECASE)
_ORDER = re.compile(r" (?:asc|desc)$", re.IGNORECASE)
_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|[^'\"`\[]+|.", re.DOTALL
)
_AROUND = re.compile(r"\s*([^\w\s])\s*")


def is_stored_as(model: Column[Any], reflected: Column[Any], dialect: Any) -> bool:
    """Return whether a type that SQLite does not know is told as the one that is there.

    Collations are not told. Source: "Datatypes In SQLite", section 3.1.
    """
    text = _COLLATION.sub("", text_of_type(model, dialect))
    resolve = getattr(dialect, "_resolve_type_affinity", None)
    if resolve is None:
        return False
    told: Any = resolve(text)
    return str(told.compile(dialect=dialect)) == text_of_type(reflected, dialect)


def plain_expression(sql: str) -> str:
    """Return SQL without the case, quotes and white space that mean nothing; literals count."""
    parts = []
    for token in _TOKEN.findall(without_brackets(sql.strip())):
        if token[0] == "'":
            parts.append(token)
            continue
        bare = token[1:-1] if token[0] in '"`[' and len(token) > 1 else token
        parts.append(_AROUND.sub(r"\1", " ".join(bare.lower().split())) if bare.strip() else "")
    return "".join(parts)


def columns_of(index: Index, dialect: Dialect) -> list[str]:
    """Return what is indexed without order and collation, which are not told of an index."""
    return [
        _COLLATION.sub("", _ORDER.sub("", element)).strip().strip('()"`')
        for element in index_elements(index, dialect)
    ]


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
