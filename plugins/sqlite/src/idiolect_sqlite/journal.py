"""SQLite's support for the statement journal, for statements outside of transactions.

Elsewhere a rollback undoes everything; in an ``autocommit_block()`` the schema table shows whether
the statement in flight was executed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import text

from idiolect.hooks import JournalSupport
from idiolect.hooks.journal import digest
from idiolect.util.statements import Kind, body_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

_PART = r"(?:\"(?:[^\"]|\"\")+\"|`(?:[^`]|``)+`|\[[^\]]+\]|[\w$]+)"
_FLAGS = re.IGNORECASE | re.DOTALL
_COMMENTS = re.compile(r"^(?:\s|--[^\n]*\n|/\*.*?\*/)+", re.DOTALL)
_CHANGES = re.compile(
    r"(?:CREATE|ALTER|DROP)\s+(?:UNIQUE\s+|VIRTUAL\s+)?(?:TABLE|INDEX|VIEW|TRIGGER)"
    rf"(?:\s+IF\s+(?:NOT\s+)?EXISTS)?\s+(?:({_PART})\s*\.\s*)?({_PART})(.*)$",
    _FLAGS,
)
#: Pragmas that query the database rather than the session.
_ASKS = re.compile(
    r"PRAGMA\s+(?:[^\s.(]+\.)?(?:table_x?info|table_list|index_list|index_x?info"
    r"|foreign_key_list|foreign_key_check|user_version\s*$|schema_version\s*$)",
    _FLAGS,
)
_RENAMED = re.compile(rf"\s*RENAME\s+TO\s+({_PART})", _FLAGS)


class SQLiteJournal(JournalSupport):
    """SQLite's support for the statement journal."""

    def kind(self, sql: str) -> Kind:
        """Classify a statement; some pragmas read the schema."""
        return Kind.READ if _ASKS.match(body_of(sql)) else super().kind(sql)

    def objects(self, sql: str) -> tuple[str, ...] | None:
        """Return ``schema.name``, each without quotes."""
        sql = _COMMENTS.sub("", sql)
        if found := _CHANGES.match(sql):
            schema = _plain(found.group(1) or "main")
            renamed = _RENAMED.match(found.group(3))
            names = [found.group(2), *([renamed.group(1)] if renamed else [])]
            return tuple(f"{schema}.{_plain(name)}" for name in names)
        return () if sql[:7].upper() == "REINDEX" else None

    def definitions(self, connection: Connection, objects: Iterable[str]) -> dict[str, str]:
        """Return a hash of the contents of the schema table."""
        found = {}
        for each in objects:
            schema, _, name = each.partition(".")
            quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
            query = text(
                f"SELECT type || coalesce(sql, '') FROM {quoted}.sqlite_master "  # noqa: S608
                "WHERE lower(name) = lower(:name)"
            )
            definition = connection.scalar(query, {"name": name})
            found[each] = digest(definition) if definition else ""
        return found


def _plain(name: str) -> str:
    """Return a name without its quotes."""
    if name[0] not in '"`[':
        return name
    return name[1:-1].replace(name[0] * 2, name[0])
