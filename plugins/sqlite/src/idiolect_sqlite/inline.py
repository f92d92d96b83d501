"""Completes reflected constraints from column definitions, of which SQLAlchemy only reads columns.

Used by batches for a reflected table. Actions come from a pragma, everything else from the SQL.
Source: SQLAlchemy, ``dialects/sqlite/base.py``, get_foreign_keys(): names and options are only
parsed from table constraints. SQLite, "CREATE TABLE", foreign-key-clause.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import UniqueConstraint
from sqlalchemy.sql.elements import conv

from idiolect_sqlite import clauses
from idiolect_sqlite.definitions import blanked, definitions, name_of, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Constraint, ForeignKeyConstraint, Table
    from sqlalchemy.engine import Connection

_REFERENCES = re.compile(r"\bREFERENCES\b", re.IGNORECASE)
_UNIQUE = re.compile(r"\bUNIQUE\b", re.IGNORECASE)
_NAME = re.compile(
    r"""\bCONSTRAINT\s+ (?P<name> "(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\] | [\w$]+ ) \s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_TIMING = re.compile(
    r"(?P<not>\bNOT\s+)?\bDEFERRABLE\b(?:\s+INITIALLY\s+(?P<initially>\w+))?", re.IGNORECASE
)


class _Actions(NamedTuple):
    on_update: str | None
    on_delete: str | None


def complete(connection: Connection, table: Table) -> None:
    """Complete foreign keys, unique constraints and keys; reflected properties are kept."""
    schema = str(table.schema or "main")
    keys = [key for key in table.foreign_key_constraints if _is_bare(key)]
    uniques = [
        each
        for each in table.constraints
        if isinstance(each, UniqueConstraint) and each.name is None and len(each.columns) == 1
    ]
    quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
    sql = connection.exec_driver_sql(
        f"SELECT sql FROM {quoted}.sqlite_master WHERE type = 'table' AND name = ?",  # noqa: S608 - quoted
        (str(table.name),),
    ).scalar()
    sql = sql or ""
    texts = {name_of(each).lower(): each for each in definitions(sql)}
    for unique in uniques:
        _name(unique, _UNIQUE, texts.get(unique.columns[0].name.lower(), ""))
    clauses.complete(table, sql)
    if keys:
        _complete_foreign_keys(keys, dict(_actions(connection, str(table.name), schema)), texts)


def _complete_foreign_keys(
    keys: list[ForeignKeyConstraint],
    actions: dict[tuple[tuple[str, ...], str], _Actions],
    texts: dict[str, str],
) -> None:
    for key in keys:
        columns = tuple(str(element.parent.name).lower() for element in key.elements)
        found = actions.get((columns, _referred(key)), _Actions(None, None))
        key.onupdate, key.ondelete = found.on_update, found.on_delete
        if len(columns) == 1 and columns[0] in texts:
            _complete_by_text(key, texts[columns[0]])
        for element in key.elements:
            element.onupdate, element.ondelete = key.onupdate, key.ondelete
            element.deferrable, element.initially = key.deferrable, key.initially


def _is_bare(key: ForeignKeyConstraint) -> bool:
    return (key.onupdate, key.ondelete, key.deferrable, key.initially) == (None,) * 4


def _referred(key: ForeignKeyConstraint) -> str:
    return str(key.elements[0].target_fullname.rsplit(".", 1)[0].rsplit(".", 1)[-1]).lower()


def _actions(
    connection: Connection, table: str, schema: str
) -> Iterator[tuple[tuple[tuple[str, ...], str], _Actions]]:
    """Yield the actions by the columns of a foreign key and the table it refers to."""
    rows = connection.exec_driver_sql(
        'SELECT id, "from", "table", on_update, on_delete FROM pragma_foreign_key_list(?, ?) '
        "ORDER BY id, seq",
        (table, schema),
    )
    columns: dict[int, list[str]] = {}
    rest: dict[int, tuple[str, _Actions]] = {}
    for number, column, referred, *actions in rows:
        columns.setdefault(number, []).append(str(column).lower())
        given = [None if action == "NO ACTION" else action for action in actions]
        rest[number] = (str(referred).lower(), _Actions(*given))
    for number, (referred, found) in rest.items():
        yield (tuple(columns[number]), referred), found


def _complete_by_text(key: ForeignKeyConstraint, definition: str) -> None:
    bare = blanked(definition)
    found = _REFERENCES.search(bare)
    if found is None:
        return
    timing = _TIMING.search(bare, found.end())
    if timing is not None:
        key.deferrable = timing["not"] is None
        key.initially = timing["initially"]
    _name(key, _REFERENCES, definition)


def _name(constraint: Constraint, word: re.Pattern[str], definition: str) -> None:
    """Set the name of an unnamed constraint from its column's definition."""
    found = word.search(blanked(definition))
    name = _NAME.search(definition, 0, found.start()) if found else None
    if name is not None and constraint.name is None:
        constraint.name = conv(unquoted(name["name"]))
