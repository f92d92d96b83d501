"""Computes a TableSignature from reflected data, for dialects that provide none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, Table
from sqlalchemy.sql.elements import ClauseElement

from idiolect.autogenerate.compare.values import frozen
from idiolect.hooks.reflected import TableSignature

if TYPE_CHECKING:
    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks.reflected import ReflectedTables, TableKey

#: Options of an index or a unique constraint that are relevant.
_OPTIONS = ("expressions", "column_sorting", "include_columns")


def signature_of(
    known: ReflectedTables, key: TableKey, impl: DefaultImpl, inspector: Any
) -> TableSignature | None:
    """Return the signature of a table, or None.

    Args:
        known: the reflected data.
        key: the schema and name of the table.
        impl: corrects columns, as it does for tables.
        inspector: passed to the impl.
    """
    indexes = _indexes(known.indexes.get(key) or ())
    uniques = _uniques((known.unique_constraints or {}).get(key) or ())
    if indexes is None or uniques is None or key not in known.columns:
        return None
    named, unnamed = uniques
    comment = (known.table_comment or {}).get(key) or {}
    return TableSignature(
        columns=_columns(known.columns[key], key, impl, inspector),
        indexes=indexes,
        uniques=named,
        unnamed_uniques=unnamed,
        foreign_keys=[_foreign_key(facts, key) for facts in known.foreign_keys.get(key) or ()],
        checks=known.check_constraints is None or bool(known.check_constraints.get(key)),
        comment=comment.get("text"),
    )


def _columns(facts: Any, key: TableKey, impl: DefaultImpl, inspector: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    table: Table | None = None
    for given in facts:
        column = dict(given)
        if column.get("default") is not None:
            if table is None:
                table = Table(key[1], MetaData(), schema=key[0])
            impl.autogen_column_reflect(inspector, table, column)
        comment = column.pop("comment", None)
        name = column.pop("name")
        found[name] = (tuple([(k, frozen(v)) for k, v in column.items()]), comment)
    return found


def _indexes(facts: Any) -> dict[str, tuple[tuple[str, ...], bool]] | None:
    found: dict[str, tuple[tuple[str, ...], bool]] = {}
    for index in facts:
        if index.get("duplicates_constraint"):
            continue
        if _has_options(index) or index["name"] in found:
            return None
        found[index["name"]] = (tuple(index["column_names"]), bool(index["unique"]))
    return found


def _uniques(facts: Any) -> tuple[dict[str, tuple[str, ...]], list[tuple[str, ...]]] | None:
    named: dict[str, tuple[str, ...]] = {}
    unnamed: list[tuple[str, ...]] = []
    for unique in facts:
        if unique.get("duplicates_index"):
            continue
        if _has_options(unique):
            return None
        if unique["name"] is None:
            unnamed.append(tuple(unique["column_names"]))
        else:
            named[unique["name"]] = tuple(unique["column_names"])
    return named, unnamed


def _has_options(facts: Any) -> bool:
    return (
        any(facts.get(option) for option in _OPTIONS)
        or any(map(_has_value, facts.get("dialect_options", {}).values()))
        or None in facts["column_names"]
    )


def _has_value(option: Any) -> bool:
    # The WHERE of an index is an expression, which cannot be tested for truth.
    return isinstance(option, ClauseElement) or bool(option)


def _foreign_key(facts: Any, key: TableKey) -> tuple[Any, ...]:
    """Return what ``foreign_key_signature()`` would return for the reflected constraint."""
    schema = facts["referred_schema"] or ""
    targets = [(schema, facts["referred_table"], name) for name in facts["referred_columns"]]
    options = facts.get("options", {})
    initially = (options.get("initially") or "").lower()
    timing = "deferrable" if options.get("deferrable") else ""
    return (
        tuple(sorted(zip(facts["constrained_columns"], targets, strict=False))),
        (options.get("onupdate") or "").lower(),
        (options.get("ondelete") or "").lower(),
        "initially deferrable" if initially == "deferred" else timing,
    )
