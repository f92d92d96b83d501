"""Maps names that the database changed, such as by truncation, back to those of the models.

Applied to the reflected data, so that the comparison only sees the names of the models, which the
database accepts as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IdentifierError

from idiolect.autogenerate.compare.newnames import exchanged, with_columns, with_items, with_tables
from idiolect.ddl.signatures import final_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sqlalchemy import Table
    from sqlalchemy.engine import Dialect

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks.reflected import ReflectedTables, TableKey

    Names = Mapping[str | None, Collection[str]]


def with_model_names(
    known: ReflectedTables, names: Names, models: Mapping[TableKey, Table], impl: DefaultImpl
) -> tuple[ReflectedTables, Names]:
    """Return the reflected data under the names of the models.

    Args:
        known: the reflected data.
        names: the names of the reflected tables, by schema.
        models: the tables of the models.
        impl: knows how the database changes names.

    Returns:
        The data with names of the models, and the table names.
    """
    kept = impl.changed_names(_all_names(models, impl.dialect))
    if not kept:
        return known, names
    tables = {
        (schema, name): old
        for schema, chosen in names.items()
        for old, name in _claims(_tables_of(models, schema), chosen, kept).items()
    }
    if tables:
        known = with_tables(known, tables)
        names = {schema: exchanged(schema, chosen, tables) for schema, chosen in names.items()}
    there = {key: model for key, model in models.items() if key[1] in names.get(key[0], ())}
    columns: dict[TableKey, dict[str, str]] = {}
    items: dict[TableKey, dict[str, str]] = {}
    for key, model in there.items():
        found = _claims([column.name for column in model.columns], _columns(known, key), kept)
        if found:
            columns[key] = {new: old for old, new in found.items()}
        # Existing items need not be known: nothing else can have the changed name.
        found = _claims([*_items(model, impl.dialect)], None, kept)
        if found:
            items[key] = found
    if columns:
        known = with_columns(known, columns)
    return (with_items(known, items) if items else known), names


def _all_names(models: Mapping[TableKey, Table], dialect: Dialect) -> Iterator[str]:
    for model in models.values():
        yield model.name
        for column in model.columns:
            yield column.name
        yield from _items(model, dialect)


def _items(model: Table, dialect: Dialect) -> Iterator[str]:
    """Yield the names of a table's indexes and constraints as SQLAlchemy renders them."""
    of_columns = (item for column in model.columns for item in column.constraints)
    items: Iterable[Any] = (*model.indexes, *model.constraints, *of_columns)
    for item in items:
        name = item.name
        if not isinstance(name, str) or len(name) > dialect.max_identifier_length:
            try:
                name = final_name(item, dialect)
            except IdentifierError:
                # The comparison will report what is wrong with it.
                continue
        if name is not None:
            yield name


def _tables_of(models: Iterable[TableKey], schema: str | None) -> list[str]:
    return [name for place, name in models if place == schema]


def _columns(known: ReflectedTables, key: TableKey) -> set[str]:
    return {column["name"] for column in known.columns.get(key) or ()}


def _claims(
    wanted: Collection[str], there: Collection[str] | None, kept: Mapping[str, str]
) -> dict[str, str]:
    """Return the model names by the corresponding names in the database.

    Args:
        wanted: the names in the models.
        there: the names in the database; None if unknown.
        kept: the changed form of names.
    """
    own = set(wanted)
    found: dict[str, str] = {}
    for name in sorted(wanted):
        old = kept.get(name, name)
        if old in own or (there is not None and (old not in there or name in there)):
            continue
        # Of two names that the database truncates to the same, use the first.
        found.setdefault(old, name)
    return found
