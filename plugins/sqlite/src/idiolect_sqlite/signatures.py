"""Computes a table's signature from pragmas, unless its SQL contains more than they report.

Names of constraints and the timing of foreign keys are only in the text of CREATE TABLE. If that is
not what SQLAlchemy would write, there is no signature, and the table is compared in full. Used by
reflection.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from idiolect.hooks import TableSignature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Sequence[Any]
    Columns = tuple[str, ...]

_NAME = r'(?:"[^"]+"|\w+)'
_NAMES = rf"{_NAME}(?:, ?{_NAME})*"
_UNIQUE = re.compile(rf"(?:CONSTRAINT ({_NAME}) )?UNIQUE \(({_NAMES})\)")
_FOREIGN_KEY = re.compile(rf"FOREIGN KEY ?\({_NAMES}\) REFERENCES {_NAME} \({_NAMES}\)")
_AUTOMATIC = "sqlite_autoindex"
#: Values of ``hidden``: an ordinary column, and a hidden one of a virtual table.
_ORDINARY, _HIDDEN = 0, 1
_BY_CONSTRAINT = "u"


def signature(
    schema: str | None,
    source: str | None,
    rows: Mapping[str, Sequence[Row]],
    parts: Mapping[str, Sequence[Row]],
) -> TableSignature | None:
    """Return the signature of a table, or None.

    Args:
        schema: the table's schema as requested.
        source: its CREATE TABLE statement.
        rows: of the pragmas ``table_xinfo``, ``index_list`` and ``foreign_key_list``.
        parts: of the pragma ``index_info``, by index name.
    """
    if not source or "--" in source or "/*" in source:
        return None
    words = source.upper()
    columns = _columns(rows["table_xinfo"])
    lists = _indexes(rows["index_list"], parts)
    keys = _foreign_keys(schema, rows["foreign_key_list"], source, words)
    if columns is None or lists is None or keys is None:
        return None
    indexes, automatic = lists
    uniques = _uniques(source, words, automatic)
    if uniques is None:
        return None
    return TableSignature(columns, indexes, *uniques, keys, checks="CHECK" in words)


def _count(word: str, words: str) -> int:
    """Count a word; names that contain it are rare, and take longer."""
    found = words.count(word)
    return len(re.findall(rf"\b{word}\b", words)) if found else 0


def _columns(rows: Sequence[Row]) -> dict[str, tuple[Any, None]] | None:
    found: dict[str, tuple[Any, None]] = {}
    for _, name, type_, required, default, place, hidden in rows:
        if hidden == _ORDINARY:
            found[name] = ((type_, required, default, place > 0), None)
        elif hidden != _HIDDEN:
            return None
    return found


def _indexes(
    rows: Sequence[Row], parts: Mapping[str, Sequence[Row]]
) -> tuple[dict[str, tuple[Columns, bool]], list[Columns]] | None:
    """Return indexes by name, and the columns of those that belong to unique constraints."""
    found: dict[str, tuple[Columns, bool]] = {}
    automatic: list[Columns] = []
    for _, name, unique, origin, partial in rows:
        columns = tuple([part[2] for part in parts[name]])
        if partial or None in columns:
            return None
        if not name.startswith(_AUTOMATIC):
            found[name] = (columns, bool(unique))
        elif origin == _BY_CONSTRAINT:
            automatic.append(columns)
    return found, automatic


def _uniques(
    source: str, words: str, automatic: list[Columns]
) -> tuple[dict[str, Columns], list[Columns]] | None:
    """Return named and unnamed unique constraints; each index has to be matched once."""
    named: dict[str, Columns] = {}
    unnamed: list[Columns] = []
    if _count("UNIQUE", words) != len(automatic):
        return None
    for name, listed in _UNIQUE.findall(source) if automatic else ():
        columns = tuple([part.strip(' "') for part in listed.split(",")])
        if columns not in automatic:
            return None
        if name:
            named[name.strip('"')] = columns
        else:
            unnamed.append(columns)
    return (named, unnamed) if len(named) + len(unnamed) == len(automatic) else None


def _foreign_keys(
    schema: str | None, rows: Sequence[Row], source: str, words: str
) -> list[tuple[Any, ...]] | None:
    keys: dict[int, list[Row]] = {}
    for row in rows:
        keys.setdefault(row[0], []).append(row)
    if _count("REFERENCES", words) != len(keys) or (keys and "DEFER" in words):
        return None
    if keys and len(_FOREIGN_KEY.findall(source)) != len(keys):
        return None
    found = []
    for pairs in keys.values():
        columns = [(own, (schema or "", table, other)) for _, _, table, own, other, *_ in pairs]
        onupdate, ondelete = pairs[0][5].lower(), pairs[0][6].lower()
        rules = ("" if rule == "no action" else rule for rule in (onupdate, ondelete))
        found.append((tuple(sorted(columns)), *rules, ""))
    return found
