"""Computes a table's signature from information_schema. Used by reflection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.hooks import TableSignature
from idiolect_mysql.showcreate import by_index, by_key, is_incomplete, is_unique

if TYPE_CHECKING:
    from idiolect_mysql.catalogue import Catalogue

_PRIMARY = "PRIMARY"
#: Equivalent to no action in InnoDB.
_INACTION = {"RESTRICT", "NO ACTION"}


def signature(catalogue: Catalogue, name: str, default_schema: str | None) -> TableSignature | None:
    """Return the signature of a table, or None.

    Args:
        catalogue: the data read from its schema.
        name: the table.
        default_schema: a schema that is equivalent to None.
    """
    if is_incomplete(catalogue, name):
        return None
    table = catalogue.tables[name]
    columns: dict[str, tuple[Any, str | None]] = {}
    for column in catalogue.columns[name]:
        if column.generated:
            return None
        is_key = column.key == "PRI"
        told = (column[1:4], column[5:8], table.collation, is_key)
        columns[column.name] = (told, column.comment)
    indexes: dict[str, tuple[tuple[str, ...], bool]] = {}
    for index, parts in by_index(catalogue.indexes[name]).items():
        if any(part.length or part.order != "A" for part in parts):
            return None
        indexes[index] = (tuple([part.column for part in parts]), is_unique(parts))
    primary, _ = indexes.pop(_PRIMARY, ((), True))
    keys, places = _foreign_keys(catalogue, name, default_schema)
    return TableSignature(
        columns,
        indexes,
        {},
        [],
        keys,
        checks=name in catalogue.marked,
        comment=table.comment,
        implied=_implied(indexes, primary, places) if keys else [],
        has_unique_indexes=True,
        inaction={"restrict"},
    )


def _foreign_keys(
    catalogue: Catalogue, name: str, default_schema: str | None
) -> tuple[list[tuple[Any, ...]], dict[tuple[str, ...], set[str]]]:
    """Return foreign keys, and their names by columns."""
    found = []
    places: dict[tuple[str, ...], set[str]] = {}
    for key, pairs in by_key(catalogue.keys[name]).items():
        schema = pairs[0].other_schema
        place = "" if schema == default_schema else schema
        columns = [(pair.column, (place, pair.other_table, pair.other_column)) for pair in pairs]
        onupdate, ondelete = catalogue.rules[name, key]
        rules = ("" if rule in _INACTION else rule.lower() for rule in (onupdate, ondelete))
        found.append((tuple(sorted(columns)), *rules, ""))
        places.setdefault(tuple([pair.column for pair in pairs]), set()).add(key)
    return found, places


def _implied(
    indexes: dict[str, tuple[tuple[str, ...], bool]],
    primary: tuple[str, ...],
    places: dict[tuple[str, ...], set[str]],
) -> list[str]:
    """Return the names of indexes that a foreign key created, or needs for lack of another."""
    found = []
    for name, (columns, unique) in indexes.items():
        others = [other for key, (other, _) in indexes.items() if key != name]
        others.append(primary)
        if unique or columns not in places:
            continue
        if name in places[columns] or all(other[: len(columns)] != columns for other in others):
            found.append(name)
    return found
