"""Compares index definitions as PostgreSQL reports them, by creating the model's temporarily.

Used by the comparison of indexes if text is not sufficient. Indexes are created in the session's
temporary schema and in a savepoint that is rolled back.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import CompileError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex

from idiolect.hooks import Expression
from idiolect_postgresql.wording import (
    carry_out,
    copied,
    index_on_copy,
    qualified_name,
    sql_of,
    worded,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Index, Table
    from sqlalchemy.engine import Connection

    #: For each key: its expression, its order, its operator class, the OID of its collation.
    Parts = Sequence[tuple[str, int, str, int]]

_NAME = "idiolect_comparison"
# Keys only: INCLUDE columns are compared by name. Source: pg_index, pg_opclass.
_PARTS = text(
    """
    SELECT wanted.name, pg_get_indexdef(i.indexrelid, key, false), i.indoption[key - 1], c.opcname,
           i.indcollation[key - 1]
    FROM unnest(CAST(:names AS text[])) AS wanted (name)
    JOIN pg_index i ON i.indexrelid = to_regclass(wanted.name)
    CROSS JOIN generate_series(1, i.indnkeyatts) AS key
    JOIN pg_opclass c ON c.oid = i.indclass[key - 1]
    ORDER BY wanted.name, key
    """
)


def parts_differ(connection: Connection, pairs: Sequence[tuple[Index, Index]]) -> list[bool | None]:
    """Return for each pair of indexes whether their keys differ; None if unknown.

    Sends four statements, whatever the number of pairs.

    Args:
        connection: to the database; in the caller's transaction, if one is open.
        pairs: the model's index, and the existing one.
    """
    names: list[tuple[str, str]] = []
    statements: list[str] = []
    copies: dict[Table, str] = {}
    for number, (model, reflected) in enumerate(pairs):
        table: Any = reflected.table
        copy = copies.get(table)
        if copy is None:
            copy = copies[table] = f"{_NAME}_{len(copies)}"
            statements.append(copied(connection, table, copy))
        names.append((qualified_name(connection, reflected), f"pg_temp.{_NAME}_i{number}"))
        with contextlib.suppress(CompileError):
            index = index_on_copy(model, copy, f"{_NAME}_i{number}")
            statements.append(sql_of(connection, CreateIndex(index)))
    nothing: list[bool | None] = [None] * len(pairs)
    if not connection.in_transaction():
        return nothing
    try:
        with connection.begin_nested() as savepoint:
            carry_out(connection, statements)
            parts = _parts(connection, [name for both in names for name in both])
            savepoint.rollback()
    except SQLAlchemyError:
        # The user may not create it: compare text instead.
        return nothing
    found = [(parts.get(there), parts.get(wanted)) for there, wanted in names]
    answers = [before != after if before and after else None for before, after in found]
    doubtful = [number for number, sides in enumerate(found) if _differ_in_expressions(*sides)]
    tables = [pairs[number][1].table for number in doubtful]
    again = _are_equal_normalised(connection, tables, [found[number] for number in doubtful])
    for number, is_alike in zip(doubtful, again, strict=True):
        answers[number] = not is_alike
    return answers


def _differ_in_expressions(before: Parts | None, after: Parts | None) -> bool:
    """Return whether two lists of keys differ in their expressions, but in nothing else."""
    if before is None or after is None or before == after:
        return False
    return [part[1:] for part in before] == [part[1:] for part in after]


def _are_equal_normalised(
    connection: Connection, tables: list[Any], found: list[Any]
) -> list[bool]:
    """Return for differing keys whether they are equal after normalising both once more.

    PostgreSQL may report an expression that it got in its own form, as from a dump, differently.
    """
    asked = [
        Expression("index", table, text)
        for table, sides in zip(tables, found, strict=True)
        for side in sides
        for text, *_ in side
    ]
    answers = iter(worded(connection, asked) if asked else [])
    alike = []
    for before, after in found:
        sides = [[(next(answers), *part[1:]) for part in side] for side in (before, after)]
        alike.append(sides[0] == sides[1] and all(part[0] is not None for part in sides[0]))
    return alike


def _parts(connection: Connection, names: list[str]) -> dict[str, Parts]:
    found: dict[str, list[tuple[str, int, str, int]]] = {}
    for name, *part in connection.execute(_PARTS, {"names": names}):
        found.setdefault(name, []).append((part[0], part[1], part[2], part[3]))
    return dict(found)
