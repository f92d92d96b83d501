"""Renames declared in the models: ``info={"renamed_from": "old"}`` of a table or a column.

Applied to the reflected data, so that comparators only see new names and report no other
difference. A declaration is effective while the old name exists and the new one does not; later it
may stay or be removed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from idiolect.autogenerate.compare.newnames import exchanged, with_columns, with_tables
from idiolect.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Column, Table

    from idiolect.hooks.reflected import ReflectedTables, TableKey

    Names = Mapping[str | None, Collection[str]]

KEY = "renamed_from"


@dataclass(frozen=True, slots=True)
class Renames:
    """The renames to apply.

    Attributes:
        tables: the old names, by schema and new name.
        columns: the old column names by the new ones, by schema and new table name.
    """

    tables: dict[TableKey, str] = field(default_factory=dict)
    columns: dict[TableKey, dict[str, str]] = field(default_factory=dict)


def with_new_names(
    known: ReflectedTables, names: Names, models: Mapping[TableKey, Table]
) -> tuple[ReflectedTables, Names, Renames]:
    """Return the reflected data under the names that the models have now.

    Args:
        known: the reflected data.
        names: the names of the reflected tables, by schema.
        models: the tables of the models.

    Returns:
        The data with new names, the table names, and the renames.

    Raises:
        CommandError: a declaration is not a name, or two declare the same.
    """
    renames = Renames(_tables(names, models))
    if renames.tables:
        known = with_tables(known, renames.tables)
        names = {
            schema: exchanged(schema, chosen, renames.tables) for schema, chosen in names.items()
        }
    for key, model in models.items():
        if key[1] in names.get(key[0], ()) and any(_declares(column) for column in model.columns):
            found = _columns(known, key, model)
            if found:
                renames.columns[key] = found
    if renames.columns:
        known = with_columns(known, renames.columns)
    return known, names, renames


def _tables(names: Names, models: Mapping[TableKey, Table]) -> dict[TableKey, str]:
    found: dict[TableKey, str] = {}
    for (schema, name), model in models.items():
        there = names.get(schema, ())
        if KEY not in model.info or name in there:
            continue
        for old in _former(model.info[KEY], f"table {name!r}"):
            if old in there and (schema, old) not in models:
                _claim(found, (schema, name), old, f"table {old!r}")
                break
    return found


def _declares(column: Column[Any]) -> bool:
    # Accessing column.info creates a dict for each column.
    return "info" in vars(column) and KEY in column.info


def _columns(known: ReflectedTables, key: TableKey, model: Table) -> dict[str, str]:
    signature = known.signatures.get(key) if known.signatures is not None else None
    there = (
        # Cheaper if it exists: the other data may not have been read yet.
        signature.columns.keys()
        if signature is not None
        else {column["name"] for column in known.columns.get(key) or ()}
    )
    wanted = {column.name for column in model.columns}
    found: dict[str, str] = {}
    for column in model.columns:
        if not _declares(column) or column.name in there:
            continue
        label = f"column {f'{model.name}.{column.name}'!r}"
        for old in _former(column.info[KEY], label):
            if old in there and old not in wanted:
                _claim(found, column.name, old, f"column {f'{model.name}.{old}'!r}")
                break
    return found


def _former(given: Any, label: str) -> list[str]:
    """Return old names, latest first."""
    former = [given] if isinstance(given, str) else given
    if not isinstance(former, (list, tuple)) or not all(isinstance(one, str) for one in former):
        raise CommandError(
            f"info[{KEY!r}] of {label} is {given!r}; expected: its former name, or a list of its "
            "former names, the latest first."
        )
    return list(former)


def _claim(found: dict[Any, str], new: Any, old: str, label: str) -> None:
    for other, taken in found.items():
        if taken == old and (not isinstance(new, tuple) or other[0] == new[0]):
            names = [one[1] if isinstance(one, tuple) else one for one in (other, new)]
            raise CommandError(
                f"Both {names[0]!r} and {names[1]!r} of the models say that they are the {label} "
                f"under a new name (info[{KEY!r}]); one of them has to be wrong."
            )
    found[new] = old
