"""Compares what SQLite reports differently from models: defaults and unique constraints.

SQLite keeps the text of a default as written, and an unnamed unique constraint as an index with a
generated name.
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

_TRUTH = {"true": "1", "false": "0"}
_QUOTED = re.compile(r"'((?:[^']|'')*)'")


def needs_parentheses(expression: str | None) -> bool:
    """Return whether a default is an expression whose parentheses SQLite has removed."""
    if not expression or expression[0] in "'\"(":
        return False
    return re.fullmatch(r"[-+]?[\d.]+", expression) is None


def plain_default(default: str | None) -> str | None:
    """Return a default without outer parentheses, and without quotes around a value.

    Source: "Datatypes In SQLite", section 2.1: TRUE and FALSE are other names of 1 and 0.
    """
    if default is None:
        return None
    text = default.strip()
    text = without_brackets(text)
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return quoted.group(1).replace("''", "'")
    return _TRUTH.get(text.lower(), text)


_COLLATION = re.compile(r" COLLATE (?:\"[^\"]+\"|\w+)", re.IGNORECASE)
_ORDER = re.compile(r" (?:asc|desc)$", re.IGNORECASE)
_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|[^'\"`\[]+|.", re.DOTALL
)
_AROUND = re.compile(r"\s*([^\w\s])\s*")


def is_stored_as(model: Column[Any], reflected: Column[Any], dialect: Any) -> bool:
    """Return whether a type unknown to SQLite is reported as the existing one.

    Collations are not reported. Source: "Datatypes In SQLite", section 3.1.
    """
    text = _COLLATION.sub("", text_of_type(model, dialect))
    resolve = getattr(dialect, "_resolve_type_affinity", None)
    if resolve is None:
        return False
    told: Any = resolve(text)
    return str(told.compile(dialect=dialect)) == text_of_type(reflected, dialect)


def plain_expression(sql: str) -> str:
    """Return SQL with case, quotes and white space normalised, except in literals."""
    parts = []
    for token in _TOKEN.findall(without_brackets(sql.strip())):
        if token[0] == "'":
            parts.append(token)
            continue
        bare = token[1:-1] if token[0] in '"`[' and len(token) > 1 else token
        parts.append(_AROUND.sub(r"\1", " ".join(bare.lower().split())) if bare.strip() else "")
    return "".join(parts)


def columns_of(index: Index, dialect: Dialect) -> list[str]:
    """Return the elements of an index without order and collation, which are not reflected."""
    return [
        _COLLATION.sub("", _ORDER.sub("", element)).strip().strip('()"`')
        for element in index_elements(index, dialect)
    ]


def forget_unnamed_uniques(reflected: set[UniqueConstraint], model: set[UniqueConstraint]) -> None:
    """Remove unnamed unique constraints with the same columns from both sets."""

    def columns(constraint: UniqueConstraint) -> tuple[str, ...]:
        return tuple(sorted(column.name for column in constraint.columns))

    unnamed = {columns(item): item for item in model if item.name is None}
    for item in list(reflected):
        if item.name is None and columns(item) in unnamed:
            reflected.discard(item)
            model.discard(unnamed[columns(item)])


def skip_expressions(reflected: set[Index], model: set[Index]) -> None:
    """Remove the model's indexes on expressions, which SQLAlchemy does not reflect here.

    If an index on columns has the same name, they certainly differ, and it is kept.
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
    """Remove unnamed items, which no statement could drop."""
    reflected.difference_update([item for item in reflected if item.name is None])


def keep_named_indexes(reflected: set[Index]) -> None:
    """Remove the indexes that SQLite creates for constraints."""
    reflected.difference_update(
        [item for item in reflected if str(item.name).startswith("sqlite_autoindex")]
    )
