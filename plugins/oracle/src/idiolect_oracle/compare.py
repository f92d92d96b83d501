"""Compares what Oracle reports differently from models: types, defaults, unique constraints.

Used by the impl. The database is not queried here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint
from sqlalchemy.sql.elements import conv

from idiolect.ddl.signatures import column_names, final_name, is_plain
from idiolect.ddl.wording import without_brackets

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Index
    from sqlalchemy.engine import Dialect

#: Equivalent type names: Oracle stores all integer and decimal types as NUMBER.
TYPE_SYNONYMS: tuple[set[str], ...] = (
    {"VARCHAR", "VARCHAR2"},
    {"BIGINT", "INTEGER", "SMALLINT", "DECIMAL", "NUMERIC", "NUMBER"},
    {"DOUBLE", "FLOAT", "DOUBLE_PRECISION", "DOUBLE PRECISION"},
)

_QUOTED = re.compile(r"""('(?:[^']|'')*'|"[^"]*")""")
_QUOTED_NUMBER = re.compile(r"'\s*([-+]?\d+(?:\.\d+)?)\s*'")


def reflected_default(default: str | None) -> str | None:
    """Return a default as it was intended: NULL means none.

    Source: "ALTER TABLE", modify_column_clauses: a default is removed by DEFAULT NULL.
    """
    text = (default or "").strip()
    return text if text and text.upper() != "NULL" else None


def plain_default(default: str | None) -> str | None:
    """Return a default's SQL in a normalised form, or None.

    Oracle stores the text as written, including trailing white space; a default that was removed is
    NULL. Quotes are significant, except those of a number.

    Source: "ALL_TAB_COLUMNS" in Oracle's Database Reference, DATA_DEFAULT.
    """
    if default is None:
        return None
    text = without_brackets(_in_one_case(default.strip()))
    if text == "NULL":
        return None
    number = _QUOTED_NUMBER.fullmatch(text)
    return number.group(1) if number else text


def _in_one_case(text: str) -> str:
    """Return SQL in upper case with white space collapsed, except in quotes."""
    parts = _QUOTED.split(text)
    return "".join(
        part if place % 2 else re.sub(r"\s+", " ", part).upper() for place, part in enumerate(parts)
    )


def match_uniques(
    conn_uniques: set[UniqueConstraint],
    conn_indexes: set[Index],
    model_uniques: set[UniqueConstraint],
    model_indexes: set[Index],
    *,
    dialect: Dialect,
    is_constraint: Callable[[Index], bool],
) -> None:
    """Treat a unique index of the database as a constraint if it enforces one.

    SQLAlchemy only reflects the index, and Oracle only drops it with its constraint (ORA-02429).

    Args:
        conn_uniques: of the database; modified in place.
        conn_indexes: of the database; modified in place.
        model_uniques: of the model.
        model_indexes: of the model.
        dialect: determines final names of the model.
        is_constraint: queries the database about an index that is not in the model.
    """
    names = _names(model_uniques, dialect)
    index_names = _names(model_indexes, dialect)
    unnamed = {column_names(item) for item in model_uniques if final_name(item, dialect) is None}
    for index in [item for item in conn_indexes if item.unique and is_plain(item)]:
        name = str(index.name)
        if name in index_names:
            continue
        if name in names or column_names(index) in unnamed or is_constraint(index):
            conn_indexes.discard(index)
            conn_uniques.add(UniqueConstraint(*index.columns, name=conv(name)))


def _names(items: Collection[Index | UniqueConstraint], dialect: Dialect) -> set[str]:
    return {name for name in (final_name(item, dialect) for item in items) if name is not None}
