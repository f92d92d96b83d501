"""Clauses of keys and constraints besides their columns: ON CONFLICT, COLLATE, sort order.

Used by batches for the reflected table and the new one. SQLAlchemy does not reflect these clauses,
nor unique constraints on anything but plain names; they are parsed from the table's SQL.
Source: SQLite, "CREATE TABLE", indexed-column and conflict-clause.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import conv

from idiolect_sqlite.definitions import blanked, definitions, name_of, rest_of, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Constraint, Table
    from sqlalchemy.sql.compiler import DDLCompiler

#: Key under which a reflected constraint stores the words after its columns, by column name.
_WORDS = "idiolect_sqlite_words"
_CONSTRAINT = re.compile(
    r"\s*(?:CONSTRAINT\b\s*[\w$]*\s*)?\b(?P<kind>PRIMARY\s+KEY|UNIQUE|CHECK)\s*(?P<open>\()",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"""\s*CONSTRAINT\s+ (?P<name> "(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\] | [\w$]+ )""",
    re.IGNORECASE | re.VERBOSE,
)
_CONFLICT = re.compile(r"\bON\s+CONFLICT\s+(?P<how>\w+)\s*$", re.IGNORECASE)
#: Option of a column -> the words that precede the clause in the column's definition.
_OF_COLUMNS = {
    option: re.compile(rf"\b{words}\s+ON\s+CONFLICT\s+(?P<how>\w+)", re.IGNORECASE)
    for option, words in (
        ("on_conflict_not_null", r"NOT\s+NULL"),
        ("on_conflict_primary_key", r"PRIMARY\s+KEY(?:\s+(?:ASC|DESC))?"),
        ("on_conflict_unique", "UNIQUE"),
    )
}


class Clause(NamedTuple):
    """A table-level key or constraint.

    Attributes:
        kind: ``PRIMARY KEY``, ``UNIQUE`` or ``CHECK``.
        name: without quotes, or None.
        columns: lower-cased names, in order, with the words after each; empty for a check.
        conflict: the word after ON CONFLICT.
    """

    kind: str
    name: str | None
    columns: dict[str, str]
    conflict: str | None


class WordedUnique(UniqueConstraint):
    """A unique constraint with words after its columns."""


class WordedKey(PrimaryKeyConstraint):
    """A primary key with words after its columns."""


@compiles(WordedUnique, "sqlite")
def _unique(element: WordedUnique, compiler: DDLCompiler, **kw: Any) -> str:
    return _worded(compiler.visit_unique_constraint(element, **kw), element, compiler)


@compiles(WordedKey, "sqlite")
def _key(element: WordedKey, compiler: DDLCompiler, **kw: Any) -> str:
    return _worded(compiler.visit_primary_key_constraint(element, **kw), element, compiler)


def _worded(written: str | None, element: Constraint, compiler: DDLCompiler) -> str:
    names = [compiler.preparer.quote(column.name) for column in _columns(element)]
    words = [element.info[_WORDS].get(str(column.key), "") for column in _columns(element)]
    parts = [f"{name} {word}".rstrip() for name, word in zip(names, words, strict=True)]
    return (written or "").replace(f"({', '.join(names)})", f"({', '.join(parts)})", 1)


def complete(table: Table, sql: str) -> None:
    """Add the clauses of keys and constraints to a reflected table.

    Args:
        table: the reflected table.
        sql: its CREATE TABLE statement.
    """
    columns = {column.name.lower(): column for column in table.c}
    for definition in definitions(sql):
        clause = clause_of(definition)
        if clause is not None:
            _complete(table, clause)
            continue
        column = columns.get(name_of(definition).lower())
        for option, words in _OF_COLUMNS.items() if column is not None else ():
            found = words.search(blanked(definition))
            if found is None:
                continue
            column.dialect_kwargs[f"sqlite_{option}"] = found["how"]  # type: ignore[union-attr]  # as of the loop
            if option == "on_conflict_unique":
                for unique in _uniques(table, [name_of(definition).lower()]):
                    unique.dialect_kwargs["sqlite_on_conflict"] = found["how"]


def clause_of(definition: str) -> Clause | None:
    """Parse a table-level definition; None for a column or a foreign key."""
    bare = blanked(definition)
    found = _CONSTRAINT.match(bare)
    if found is None:
        return None
    kind = " ".join(found["kind"].upper().split())
    named = _NAME.match(definition)
    conflict = _CONFLICT.search(bare)
    columns = {}
    if kind != "CHECK":
        for part in definitions(definition[found.start("open") :]):
            columns[name_of(part).lower()] = rest_of(part)
    return Clause(
        kind,
        unquoted(named["name"]) if named else None,
        columns,
        conflict["how"] if conflict else None,
    )


def _complete(table: Table, clause: Clause) -> None:
    for constraint in _meant(table, clause):
        if clause.conflict is not None:
            constraint.dialect_kwargs["sqlite_on_conflict"] = clause.conflict
        if any(clause.columns.values()):
            constraint.info[_WORDS] = {
                str(column.key): clause.columns.get(column.name.lower(), "")
                for column in _columns(constraint)
            }


def _meant(table: Table, clause: Clause) -> Iterable[Constraint]:
    if clause.kind == "PRIMARY KEY":
        return [table.primary_key]
    if clause.kind == "CHECK":
        return [
            each
            for each in table.constraints
            if isinstance(each, CheckConstraint) and each.name and each.name == clause.name
        ]
    if any(clause.columns.values()):
        return [_made(table, clause)]
    return _uniques(table, list(clause.columns), clause.name)


def _uniques(table: Table, names: list[str], name: str | None = None) -> Iterator[UniqueConstraint]:
    for each in table.constraints:
        if (
            isinstance(each, UniqueConstraint)
            and names == [column.name.lower() for column in each.columns]
            and name in {None, each.name}
        ):
            yield each


def _made(table: Table, clause: Clause) -> UniqueConstraint:
    by_name = {column.name.lower(): column for column in table.c}
    made = UniqueConstraint(
        *(by_name[name] for name in clause.columns),
        name=None if clause.name is None else conv(clause.name),
    )
    table.append_constraint(made)
    return made


def keep(table: Table) -> None:
    """Make the constraints of a new table render the words that were parsed."""
    for constraint in list(table.constraints):
        if _WORDS not in constraint.info or isinstance(constraint, (WordedUnique, WordedKey)):
            continue
        kind = WordedKey if isinstance(constraint, PrimaryKeyConstraint) else WordedUnique
        table.constraints.discard(constraint)
        table.append_constraint(
            kind(
                *_columns(constraint),
                name=constraint.name,  # type: ignore[arg-type]  # as it was given
                info=constraint.info,
                **constraint.dialect_kwargs,
            )
        )


def _columns(constraint: Any) -> list[Any]:
    return list(constraint.columns)
