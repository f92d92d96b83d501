"""Compares what MySQL and MariaDB report differently from how models declare it.

A unique constraint is an index, a foreign key creates an index, and some types are changed when
they are stored. Used by the impl. No database is queried here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Enum, UniqueConstraint
from sqlalchemy.dialects.mysql import SET
from sqlalchemy.types import TypeDecorator

from idiolect.ddl.signatures import column_names, final_name, index_elements, is_plain, unordered
from idiolect.ddl.typecompare import same_arguments, same_words, text_of_type, words_of
from idiolect.ddl.wording import Pair
from idiolect.operations.schemaobj import referent_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ForeignKeyConstraint, Index, Table
    from sqlalchemy.engine import Dialect

    from idiolect.ddl.typecompare import TypeWords

#: The capacity in bytes of each member of a type family, in ascending order.
_SIZES = {"tiny": 2**8, "": 2**16, "medium": 2**24, "long": 2**32}
_BYTES_OF_A_CHARACTER = range(1, 5)
#: FLOAT(p) with more bits is a DOUBLE.
_FLOAT_BITS = 24
_MOMENTS = frozenset({"datetime", "timestamp", "time"})
_CHARSET = re.compile(r"\bcharacter set ([\w\-]+)", re.IGNORECASE)
_COLLATION = re.compile(r"\bcollate ([\w\-/]+)", re.IGNORECASE)
#: The character type attributes BINARY, ASCII and UNICODE set a collation.
_BINARY = re.compile(r"(?<=[\w)]) (?:binary|ascii|unicode)\b", re.IGNORECASE)
_NATIONAL = re.compile(r"^national (?=(?:var)?char)", re.IGNORECASE)
#: ZEROFILL implies UNSIGNED. Source: "Numeric Type Attributes" in MySQL's manual.
_ZEROFILL = re.compile(r" zerofill\b", re.IGNORECASE)
_UNSIGNED = re.compile(r" unsigned\b", re.IGNORECASE)
_ORDER = re.compile(r" (?:asc|desc)$", re.IGNORECASE)
_INACTION = {None, "no action", "restrict"}


def types_differ(
    reflected: Column[Any], model: Column[Any], dialect: Dialect, synonyms: Iterable[set[str]]
) -> bool:
    """Return whether the types of two columns differ.

    Args:
        reflected: the column in the database.
        model: the column in the model.
        dialect: of the database.
        synonyms: sets of equivalent type names.
    """
    there, wanted = _native(reflected, dialect), _native(model, dialect)
    if isinstance(there, Enum) and isinstance(wanted, Enum) and wanted.native_enum:
        return set(there.enums) != set(wanted.enums)
    if isinstance(there, SET) and isinstance(wanted, SET):
        return set(there.values) != set(wanted.values)
    before, charset, collation = _split_type(text_of_type(reflected, dialect))
    after, model_charset, model_collation = _split_type(text_of_type(model, dialect))
    if _is_sized(after, before) or _is_precise_float(after, before):
        return False
    if not same_words(before, after, synonyms) or not same_arguments(before, after):
        return True
    if _gets_fractions(before, after):
        return True
    return _differ(charset, model_charset) or _differ(collation, model_collation)


def _split_type(text: str) -> tuple[TypeWords, str, str]:
    """Return a type, its character set and its collation; "" if unspecified."""
    text = _NATIONAL.sub("", text)
    if _ZEROFILL.search(text) and not _UNSIGNED.search(text):
        text = _ZEROFILL.sub(" unsigned zerofill", text)
    charset, collation = _CHARSET.search(text), _COLLATION.search(text)
    rest = _BINARY.sub("", _COLLATION.sub(" ", _CHARSET.sub(" ", text)))
    return (
        words_of(rest),
        charset[1].lower() if charset else "",
        collation[1].lower() if collation else "",
    )


def _differ(one: str, other: str) -> bool:
    """Return whether both sides are specified and differ: otherwise the table's value applies."""
    return bool(one) and bool(other) and one != other


def _native(column: Column[Any], dialect: Dialect) -> Any:
    type_: Any = column.type.dialect_impl(dialect)
    while isinstance(type_, TypeDecorator):
        type_ = type_.impl_instance
    return type_


def _is_sized(model: TypeWords, reflected: TypeWords) -> bool:
    """Return whether ``TEXT(n)`` or ``BLOB(n)`` became the existing member of its family.

    Source: "The BLOB and TEXT Types" in MySQL's reference manual: the smallest that can store n
    characters, depending on the bytes per character.
    """
    if model.first not in {"text", "blob"} or not model.arguments:
        return False
    family, length = model.first, model.arguments[0]
    if not length.isdigit() or not reflected.first.endswith(family):
        return False
    sizes = _BYTES_OF_A_CHARACTER if family == "text" else range(1, 2)
    fitting = {_smallest(int(length) * size) + family for size in sizes}
    return reflected.first in fitting


def _gets_fractions(reflected: TypeWords, model: TypeWords) -> bool:
    """Return whether the model asks for fractional seconds, and the database has none.

    A model without a number takes what is there. Source: "Fractional Seconds in Time Values" in
    MySQL's reference manual: the default is 0.
    """
    if model.first not in _MOMENTS or reflected.arguments or not model.arguments:
        return False
    return model.arguments[0] not in {"", "0"}


def _smallest(size: int) -> str:
    return next((prefix for prefix, limit in _SIZES.items() if size < limit), "long")


def _is_precise_float(model: TypeWords, reflected: TypeWords) -> bool:
    """Return whether ``FLOAT(p)`` became the existing DOUBLE.

    Source: "Floating-Point Types" in MySQL's reference manual.
    """
    if model.first != "float" or reflected.first != "double" or len(model.arguments) != 1:
        return False
    return model.arguments[0].isdigit() and int(model.arguments[0]) > _FLOAT_BITS


def same_columns(model: Index, reflected: Index, dialect: Dialect) -> bool:
    """Return whether two indexes have the same columns, treating ``text("a DESC")`` as column a."""
    return [*map(_bare, index_elements(model, dialect))] == [
        *map(_bare, index_elements(reflected, dialect))
    ]


def length_difference(model: Index, reflected: Index, dialect: Dialect) -> str | None:
    """Return a description of how the prefix lengths of two indexes differ, or None.

    Only of columns for which the model gives one: a server may cut others. A prefix as long as
    the column is none.
    """
    wanted, there = _lengths(model, dialect), _lengths(reflected, dialect)
    for column in reflected.columns:
        before, after = there.get(column.name), wanted.get(column.name)
        longest = getattr(column.type, "length", None)
        if before is None and after is not None and longest is not None and longest <= after:
            continue
        if after is not None and before != after:
            return f"length of {column.name} {before} to {after}"
    return None


def _lengths(index: Index, dialect: Dialect) -> dict[str, int]:
    given = index.dialect_options[dialect.name].get("length")
    if given is None or isinstance(given, dict):
        return {str(name): length for name, length in (given or {}).items()}
    return {column.name: given for column in index.columns}


def element_pairs(model: Index, reflected: Index, dialect: Dialect) -> list[Pair] | None:
    """Return the expressions of two indexes, in pairs; None if anything else differs."""
    table: Any = reflected.table
    wanted, there = ([*_elements(one, dialect)] for one in (model, reflected))
    if [sql if is_column else "" for sql, is_column in wanted] != [
        sql if is_column else "" for sql, is_column in there
    ]:
        return None
    return [
        Pair("index", table, "", one, other)
        for (one, is_column), (other, _) in zip(wanted, there, strict=True)
        if not is_column
    ]


def _elements(index: Index, dialect: Dialect) -> Iterator[tuple[str, bool]]:
    """Yield the elements as text, and whether each is a column."""
    for sql, element in zip(index_elements(index, dialect), index.expressions, strict=True):
        yield sql, isinstance(unordered(element), Column)


def _bare(element: str) -> str:
    return _ORDER.sub("", element).strip().strip("`")


def forget_foreign_key_indexes(
    reflected: set[Index], model: set[Index], dialect: Dialect, table: Table | None
) -> None:
    """Remove indexes that a foreign key needs, unless the model has one of that name.

    Indexes named like their foreign key are removed as well: they are created and dropped with it.
    One named like its first column may have been created for a previous foreign key.

    Source: "FOREIGN KEY Constraints" in MySQL's reference manual: an index on the columns of the
    foreign key is created if there is none, and cannot be dropped.

    Args:
        reflected: of the database; modified in place.
        model: of the model.
        dialect: determines final names of the model.
        table: the model's table, whose foreign keys are kept; None: all are.
    """
    names = {final_name(item, dialect) for item in model}
    wanted = [columns for item in model if (columns := column_names(item))]
    for item in list(reflected):
        if item.unique or str(item.name) in names or not is_plain(item):
            continue
        if item.name == column_names(item)[0] or _is_implied(item, wanted, table):
            reflected.discard(item)


def _is_implied(index: Index, wanted: Iterable[tuple[str, ...]], model: Table | None) -> bool:
    """Return whether a foreign key created an index, or is kept and needs it.

    It does not need the index if another one starts with its columns.
    """
    table = index.table
    columns = column_names(index)
    if table is None:
        return False
    keys = [key for key in table.foreign_key_constraints if tuple(key.column_keys) == columns]
    if index.name in {key.name for key in keys}:
        return True
    if not keys or (model is not None and not _has_key(model, columns)):
        return False
    others = [column_names(other) for other in table.indexes if other is not index]
    others += [tuple(column.name for column in table.primary_key), *wanted]
    return all(other[: len(columns)] != columns for other in others)


def _has_key(table: Table, columns: tuple[str, ...]) -> bool:
    return any(
        tuple(column.name for column in key.columns) == columns
        for key in table.foreign_key_constraints
    )


def match_uniques(
    conn_uniques: set[UniqueConstraint],
    conn_indexes: set[Index],
    model_uniques: set[UniqueConstraint],
    model_indexes: set[Index],
    dialect: Dialect,
) -> None:
    """Treat each unique index of the database as what the model has: a constraint, or an index.

    One that is not in the model stays an index.

    Args:
        conn_uniques: of the database; modified in place.
        conn_indexes: of the database; modified in place.
        model_uniques: of the model.
        model_indexes: of the model.
        dialect: determines final names of the model.
    """
    names = {final_name(item, dialect) for item in model_uniques} - {None}
    index_names = {final_name(item, dialect) for item in model_indexes}
    unnamed = {column_names(item) for item in model_uniques if final_name(item, dialect) is None}
    known = {str(item.name): item for item in conn_uniques}
    for index in [item for item in conn_indexes if item.unique and is_plain(item)]:
        name = str(index.name)
        by_columns = name not in index_names and column_names(index) in unnamed
        if name in names or by_columns:
            conn_indexes.discard(index)
            if name not in known:
                conn_uniques.add(_as_constraint(index))
        elif name in known:
            conn_uniques.discard(known[name])


def _as_constraint(index: Index) -> UniqueConstraint:
    return UniqueConstraint(*index.columns, name=index.name)


def agree_on_restrict(
    reflected: set[ForeignKeyConstraint], model: set[ForeignKeyConstraint]
) -> None:
    """Set the action of a reflected foreign key to the model's, if they are equivalent.

    Source: "FOREIGN KEY Constraints" in MySQL's reference manual: NO ACTION, RESTRICT and no action
    are the same in InnoDB.
    """
    wanted = {_place(key): key for key in model}
    for key in reflected:
        other = wanted.get(_place(key))
        if other is None:
            continue
        if _is_inaction(key.ondelete) and _is_inaction(other.ondelete):
            key.ondelete = other.ondelete
        if _is_inaction(key.onupdate) and _is_inaction(other.onupdate):
            key.onupdate = other.onupdate


def _is_inaction(rule: str | None) -> bool:
    return (rule.lower() if rule else None) in _INACTION


def _place(key: ForeignKeyConstraint) -> tuple[Any, ...]:
    targets = (referent_of(element)[2] for element in key.elements)
    return (tuple(key.column_keys), tuple(targets))
