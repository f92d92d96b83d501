"""Oracle's support for the statement journal, as each DDL statement commits.

The objects that a statement changes are parsed from its text; whether it was executed is determined
from the data dictionary.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import text

from idiolect.hooks import JournalSupport
from idiolect.hooks.journal import digest
from idiolect.util.statements import Kind, body_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

_PART = r"(?:\"[^\"]+\"|[\w$#]+)"
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})?"
_EXISTS = r"(?:\s+IF\s+(?:NOT\s+)?EXISTS)?"
_FLAGS = re.IGNORECASE | re.DOTALL
#: Statements that can be repeated: they replace an object, or have no effect the second time.
_REPEATABLE = re.compile(
    r"(?:CREATE\s+OR\s+REPLACE|COMMENT|GRANT|REVOKE|ANALYZE|AUDIT|NOAUDIT|TRUNCATE|PURGE"
    r"|ALTER\s+(?:VIEW|TRIGGER|PROCEDURE|FUNCTION|PACKAGE))\b",
    _FLAGS,
)
_SESSION = re.compile(r"ALTER\s+SESSION\b", _FLAGS)
_PRIVATE = re.compile(r"(?:CREATE|DROP)\s+PRIVATE\s+TEMPORARY\b", _FLAGS)
_CHANGES = re.compile(
    r"(?:CREATE|ALTER|DROP)\s+(?:UNIQUE\s+|BITMAP\s+|GLOBAL\s+TEMPORARY\s+)?"
    rf"(TABLE|INDEX|SEQUENCE|VIEW|TRIGGER|PROCEDURE|FUNCTION|PACKAGE|TYPE|SYNONYM){_EXISTS}"
    rf"\s+({_NAME})(.*)$",
    _FLAGS,
)
_RENAMED = re.compile(rf"\s*RENAME\s+TO\s+({_PART})", _FLAGS)
_RENAME = re.compile(rf"RENAME\s+({_PART})\s+TO\s+({_PART})", _FLAGS)
_UNTOLD = re.compile(r"\bEXCHANGE\s+(?:SUB)?PARTITION\b", _FLAGS)

#: Kind -> queries whose rows are the definition.
_QUERIES = {
    "TABLE": (
        """
        SELECT column_id, column_name, data_type, data_length, char_length, data_precision,
            data_scale, nullable, data_default, virtual_column
        FROM all_tab_cols
        WHERE owner = coalesce(:owner, sys_context('USERENV', 'CURRENT_SCHEMA'))
            AND table_name = :name
        ORDER BY internal_column_id""",
        """
        SELECT constraint_name, constraint_type, search_condition, r_constraint_name,
            delete_rule, status
        FROM all_constraints
        WHERE owner = coalesce(:owner, sys_context('USERENV', 'CURRENT_SCHEMA'))
            AND table_name = :name
        ORDER BY constraint_name""",
        """
        SELECT tablespace_name, temporary, read_only
        FROM all_tables
        WHERE owner = coalesce(:owner, sys_context('USERENV', 'CURRENT_SCHEMA'))
            AND table_name = :name""",
    ),
    "INDEX": (
        """
        SELECT i.index_type, i.uniqueness, i.status, i.visibility, i.table_name, c.column_name,
            c.descend
        FROM all_indexes i
        LEFT JOIN all_ind_columns c ON c.index_owner = i.owner AND c.index_name = i.index_name
        WHERE i.owner = coalesce(:owner, sys_context('USERENV', 'CURRENT_SCHEMA'))
            AND i.index_name = :name ORDER BY c.column_position""",
    ),
    "SEQUENCE": (
        """
        SELECT min_value, max_value, increment_by, cycle_flag, order_flag, cache_size
        FROM all_sequences
        WHERE sequence_owner = coalesce(:owner, sys_context('USERENV', 'CURRENT_SCHEMA'))
            AND sequence_name = :name""",
    ),
}
_OF_OTHERS = (
    """
    SELECT object_type, object_id FROM all_objects
    WHERE owner = coalesce(:owner, sys_context('USERENV', 'CURRENT_SCHEMA'))
            AND object_name = :name AND object_type = :kind""",
)


class OracleJournal(JournalSupport):
    """Oracle's support for the statement journal."""

    ddl_commits = True
    # In autocommit mode the driver commits each statement, and there is no BEGIN statement.
    transaction: ClassVar[tuple[str, str, str] | None] = None

    def kind(self, sql: str) -> Kind:
        """Classify a statement; Oracle has its own statements for the session."""
        body = body_of(sql)
        if _SESSION.match(body):
            return Kind.SESSION
        if _PRIVATE.match(body):
            return Kind.TEMPORARY
        return super().kind(sql)

    def objects(self, sql: str) -> tuple[str, ...] | None:
        """Return ``KIND name``; () if the statement can be repeated."""
        body = body_of(sql)
        if _REPEATABLE.match(body):
            return ()
        if found := _RENAME.match(body):
            return (f"TABLE {found.group(1)}", f"TABLE {found.group(2)}")
        found = _CHANGES.match(body)
        if not found or _UNTOLD.search(found.group(3)):
            return None
        kind, name = found.group(1).upper(), found.group(2)
        renamed = _RENAMED.match(found.group(3))
        if not renamed:
            return (f"{kind} {name}",)
        schema = re.match(rf"({_PART}\s*\.\s*){_PART}$", name, _FLAGS)
        return (f"{kind} {name}", f"{kind} {schema.group(1) if schema else ''}{renamed.group(1)}")

    def definitions(self, connection: Connection, objects: Iterable[str]) -> dict[str, str]:
        """Return a hash of each object's rows in the data dictionary."""
        return {each: _definition(connection, *each.split(" ", 1)) for each in objects}


def _definition(connection: Connection, kind: str, name: str) -> str:
    parts = [_plain(part) for part in re.findall(_PART, name)]
    values = {"owner": parts[0] if len(parts) > 1 else None, "name": parts[-1]}
    rows: list[str] = []
    for query in _QUERIES.get(kind, _OF_OTHERS):
        if ":kind" in query:
            values["kind"] = kind
        rows.extend(repr(tuple(row)) for row in connection.execute(text(query), values))
    return digest(*rows) if rows else ""


def _plain(name: str) -> str:
    """Return a name as stored in the data dictionary."""
    return name[1:-1] if name.startswith('"') else name.upper()
