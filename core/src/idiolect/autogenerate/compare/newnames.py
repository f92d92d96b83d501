"""Renames tables, columns, indexes and constraints in reflected data.

Used if names in the database and in the models differ, before SQLAlchemy creates tables from the
data, so that comparators need not know about it. The database is not queried here.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from idiolect.hooks.standin import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from idiolect.hooks.reflected import ReflectedTables, TableKey

#: Keys of reflected data that contain lists of column names.
_NAMES = ("constrained_columns", "column_names", "include_columns", "postgresql_include")
#: Keys of SQL texts, or lists of them.
_SQL = ("sqltext", "expressions", "postgresql_where", "sqlite_where", "mssql_where")
#: Kinds of reflected data about named items.
_KINDS = tuple(
    kind for kind in KINDS if kind.endswith(("indexes", "keys", "constraint", "constraints"))
)
#: Keys that contain the name of an index or a constraint.
_ITEMS = ("name", "duplicates_constraint", "duplicates_index")


def exchanged(
    schema: str | None, chosen: Collection[str], tables: Mapping[TableKey, str]
) -> frozenset[str]:
    """Return the table names of a schema with old names replaced by new ones.

    Args:
        schema: the schema.
        chosen: the current names.
        tables: the old table names, by schema and new name.
    """
    new = {name: old for (place, name), old in tables.items() if place == schema}
    return frozenset(chosen) - set(new.values()) | new.keys()


def with_tables(known: ReflectedTables, tables: Mapping[TableKey, str]) -> ReflectedTables:
    """Return the data with new table names, including targets of foreign keys.

    Args:
        known: the reflected data.
        tables: the old names, by schema and new name.
    """
    new = {(schema, old): (schema, name) for (schema, name), old in tables.items()}

    def moved(facts: Mapping[TableKey, Any]) -> dict[TableKey, Any]:
        return {new.get(key, key): facts[key] for key in facts}

    known = _each(known, moved)

    def refer(facts: Any) -> Any:
        key = (facts["referred_schema"], facts["referred_table"])
        return {**facts, "referred_table": new[key][1]} if key in new else facts

    return replace(known, foreign_keys=_references(known, refer))


def with_columns(
    known: ReflectedTables, columns: Mapping[TableKey, Mapping[str, str]]
) -> ReflectedTables:
    """Return the data with new column names, wherever they occur.

    Args:
        known: the reflected data.
        columns: the old names by the new ones, by schema and table name.
    """
    former = {key: {old: new for new, old in renamed.items()} for key, renamed in columns.items()}

    def worded(facts: Mapping[TableKey, Any]) -> dict[TableKey, Any]:
        return {
            key: _with_columns(facts[key], former[key]) if key in former else facts[key]
            for key in facts
        }

    known = _each(known, worded)

    def refer(facts: Any) -> Any:
        new = former.get((facts["referred_schema"], facts["referred_table"]), {})
        referred = [new.get(name, name) for name in facts["referred_columns"]]
        return {**facts, "referred_columns": referred}

    named = {
        key: [{**one, "name": former[key].get(one["name"], one["name"])} for one in facts]
        if key in former
        else facts
        for key, facts in known.columns.items()
    }
    return replace(known, foreign_keys=_references(known, refer), columns=named)


def _references(known: ReflectedTables, refer: Callable[[Any], Any]) -> dict[TableKey, Any]:
    """Return all foreign keys, each changed by ``refer``."""
    return {key: [refer(one) for one in facts] for key, facts in known.foreign_keys.items()}


def with_items(
    known: ReflectedTables, items: Mapping[TableKey, Mapping[str, str]]
) -> ReflectedTables:
    """Return the data with new names of indexes and constraints.

    Args:
        known: the reflected data.
        items: the new names by the old ones, by schema and table name.
    """

    def named(facts: Any, new: Mapping[str, str]) -> Any:
        if isinstance(facts, list):
            return [named(one, new) for one in facts]
        changed = {key: new[facts[key]] for key in _ITEMS if facts.get(key) in new}
        return {**facts, **changed}

    changed: dict[str, Any] = {}
    known = _each(known, dict)
    for kind in _KINDS:
        facts = getattr(known, kind)
        if facts is not None:
            changed[kind] = {
                key: named(facts[key], items[key]) if key in items else facts[key] for key in facts
            }
    return replace(known, **changed)


def _each(known: ReflectedTables, change: Callable[[Any], Any]) -> ReflectedTables:
    """Return the data with ``change`` applied to each kind; signatures are discarded."""
    if known.prefetch is not None:
        known.prefetch([*known.columns])
        known = replace(known, prefetch=None)
    values = {one.name: getattr(known, one.name) for one in fields(known)}
    changed: dict[str, Any] = {}
    for name, value in values.items():
        try:
            changed[name] = None if value is None else change(value)
        except NotImplementedError:
            # Unavailable data that would be read lazily: the inspector reports it, too.
            changed[name] = None
    changed["signatures"] = None
    return replace(known, **changed)


def _with_columns(facts: Any, new: Mapping[str, str], place: str = "") -> Any:
    """Return the data of a table with new column names, wherever they occur."""
    if isinstance(facts, dict):
        if place == "column_sorting":
            return {new.get(name, name): value for name, value in facts.items()}
        return {name: _with_columns(value, new, name) for name, value in facts.items()}
    if isinstance(facts, list):
        return [_with_columns(value, new, place) for value in facts]
    if isinstance(facts, str) and place in _NAMES:
        return new.get(facts, facts)
    if isinstance(facts, str) and place in _SQL:
        return _sql_with_columns(facts, new)
    return facts


def _sql_with_columns(sql: str, new: Mapping[str, str]) -> str:
    """Return SQL with the new names, except inside of literals."""
    pieces = re.split(r"('(?:[^']|'')*')", sql)
    for old, name in new.items():
        word = re.compile(rf"(?<![\w$]){re.escape(old)}(?![\w$])")
        pieces[::2] = [word.sub(lambda _match, name=name: name, piece) for piece in pieces[::2]]
    return "".join(pieces)
