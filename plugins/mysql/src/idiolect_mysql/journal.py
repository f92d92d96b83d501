"""MySQL's and MariaDB's support for the statement journal, as each DDL statement commits.

The objects that a statement changes are parsed from its text; whether it was executed is determined
by SHOW CREATE, without the AUTO_INCREMENT counter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from idiolect.hooks import JournalSupport
from idiolect.hooks.journal import digest
from idiolect.util.statements import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.engine import Connection

_PART = r"(?:`(?:[^`]|``)+`|\"(?:[^\"]|\"\")+\"|[\w$]+)"
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})?"
_EXISTS = r"(?:\s+IF\s+(?:NOT\s+)?EXISTS)?"
_INDEX_KIND = r"(?:UNIQUE\s+|FULLTEXT\s+|SPATIAL\s+)?INDEX"
_INDEX = rf"{_PART}(?:\s+USING\s+\w+)?"
_FLAGS = re.IGNORECASE | re.DOTALL
_COMMENTS = re.compile(r"^(?:\s|--\s[^\n]*\n|\#[^\n]*\n|/\*(?!M?!).*?\*/)+", re.DOTALL)
#: Statement -> the groups that name the objects it changes.
_ON_TABLES = [
    re.compile(text, _FLAGS)
    for text in (
        rf"CREATE\s+(?:OR\s+REPLACE\s+)?TABLE{_EXISTS}\s+({_NAME})",
        rf"ALTER\s+(?:ONLINE\s+)?(?:IGNORE\s+)?TABLE{_EXISTS}\s+({_NAME})",
        rf"CREATE\s+(?:OR\s+REPLACE\s+)?{_INDEX_KIND}{_EXISTS}\s+{_INDEX}\s+ON\s+({_NAME})",
        rf"DROP\s+INDEX{_EXISTS}\s+{_PART}\s+ON\s+({_NAME})",
    )
]
_DROP_TABLES = re.compile(
    rf"DROP\s+TABLES?{_EXISTS}\s+({_NAME}(?:\s*,\s*{_NAME})*)"
    r"\s*(?:RESTRICT|CASCADE|WAIT\s+\d+|NOWAIT)?\s*;?\s*$",
    _FLAGS,
)
_RENAME_TABLES = re.compile(rf"RENAME\s+TABLES?{_EXISTS}\s+(.*)$", _FLAGS)
_RENAMED = re.compile(
    rf"\bRENAME\s+(?:TO\s+|AS\s+|=\s*)?(?!COLUMN\b|INDEX\b|KEY\b)({_NAME})", _FLAGS
)
_OTHERS = re.compile(
    r"(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:ALGORITHM\s*=\s*\w+\s+)?"
    r"(?:DEFINER\s*=\s*\S+(?:\s*@\s*\S+)?\s+)?(?:SQL\s+SECURITY\s+\w+\s+)?(?:AGGREGATE\s+)?"
    rf"(VIEW|PROCEDURE|FUNCTION|TRIGGER|EVENT|SEQUENCE){_EXISTS}\s+({_NAME})",
    _FLAGS,
)
_REPEATABLE = re.compile(r"(?:TRUNCATE|GRANT|REVOKE|HANDLER)\b", _FLAGS)
#: Statements that do not change the definition, but must not be repeated.
_UNTOLD = re.compile(r"\b(?:EXCHANGE\s+PARTITION|(?:IMPORT|DISCARD)\s+TABLESPACE)\b", _FLAGS)
_QUOTED = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)
#: Statements that may contain semicolons.
_BLOCKS = re.compile(
    r"BEGIN\s+NOT\s+ATOMIC\b|CREATE\s.{0,300}?\b(?:PROCEDURE|FUNCTION|TRIGGER|EVENT|PACKAGE)\b",
    _FLAGS,
)
_APART = re.compile(
    r"'(?:[^'\\]|''|\\.)*'|\"(?:[^\"\\]|\"\"|\\.)*\"|`(?:[^`]|``)*`"
    r"|--\s[^\n]*|\#[^\n]*|/\*(?!M?!).*?\*/",
    re.DOTALL,
)
_FOLLOWED = re.compile(r";\s*\w")
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")
_ALIVE = (
    "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = %s AND ID <> CONNECTION_ID() "
    "AND COMMAND NOT IN ('Sleep', 'Daemon')"
)
#: Tolerance in seconds when comparing the server's start time.
_START = 3


class MysqlJournal(JournalSupport):
    """MySQL's and MariaDB's support for the statement journal."""

    ddl_commits = True
    # A non-transactional engine would keep entries of writes that were rolled back.
    table_options: ClassVar[Mapping[str, Any]] = {
        "mysql_engine": "InnoDB",
        "mariadb_engine": "InnoDB",
    }

    def kind(self, sql: str) -> Kind:
        """Classify a statement; of several in one text, the first is not sufficient."""
        kind = super().kind(sql)
        return Kind.SCHEMA if kind is not Kind.SCHEMA and _holds_several(sql) else kind

    def objects(self, sql: str) -> tuple[str, ...] | None:
        """Return tables and stored objects, as ``KIND name``."""
        sql = _COMMENTS.sub("", sql)
        if _holds_several(sql):
            return None
        for pattern in _ON_TABLES:
            if found := pattern.match(sql):
                return _tables_of(sql, found)
        if found := _DROP_TABLES.match(sql):
            return tuple(f"TABLE {name}" for name in _names(found.group(1)))
        if found := _RENAME_TABLES.match(sql):
            return _renamed(_names(found.group(1), "TO"))
        if found := _OTHERS.match(sql):
            return (f"{found.group(1).upper()} {found.group(2)}",)
        return () if _REPEATABLE.match(sql) else None

    def definitions(self, connection: Connection, objects: Iterable[str]) -> dict[str, str]:
        """Return a hash of each object's SHOW CREATE; ``""`` if it does not exist."""
        cursor = connection.connection.cursor()
        error = connection.dialect.loaded_dbapi.Error
        found = {}
        try:
            for each in objects:
                try:
                    # The name as in the statement, including its quotes.
                    cursor.execute(f"SHOW CREATE {each.replace('%', '%%')}")
                    text = "\0".join(str(value) for value in cursor.fetchone() or ())
                except error as exc:
                    if not _means_absent(exc):
                        raise
                    text = ""
                found[each] = digest(_COUNTER.sub("", text)) if text else ""
        finally:
            cursor.close()
        return found

    def session(self, connection: Connection) -> str:
        """Return the connection id and the server's start time, as ids restart with the server."""
        number, start = (
            self._row(connection, "SELECT CONNECTION_ID(), UNIX_TIMESTAMP()"),
            self._row(connection, "SHOW GLOBAL STATUS LIKE 'Uptime'"),
        )
        return f"{number[0]}/{int(number[1]) - int(start[1])}"

    def is_running(self, connection: Connection, session: str) -> bool:
        """Return whether the session is active: a statement may outlive the client that sent it."""
        number, _, started = session.partition("/")
        now = self.session(connection).partition("/")[2]
        if not started or abs(int(now) - int(started)) > _START:
            return False
        return bool(self._row(connection, _ALIVE, (int(number),))[0])

    @staticmethod
    def _row(connection: Connection, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql, parameters)
            return cursor.fetchone()
        finally:
            cursor.close()


def _holds_several(sql: str) -> bool:
    """Return whether a text contains more than one statement, which the driver may allow."""
    if ";" not in sql.rstrip("; \t\r\n") or _BLOCKS.match(sql):
        return False
    return bool(_FOLLOWED.search(_APART.sub("", sql)))


def _renamed(names: list[str]) -> tuple[str, ...] | None:
    """Return the objects affected by renaming tables, given as alternating old and new names.

    Tables that are swapped may have the same definition, which then proves nothing.
    """
    before, after = set(names[::2]), set(names[1::2])
    known = [f"TABLE {name}" for name in names if (name in before) != (name in after)]
    return tuple(dict.fromkeys(known)) or None


def _tables_of(sql: str, found: re.Match[str]) -> tuple[str, ...] | None:
    rest = _QUOTED.sub("''", sql[found.end() :])
    if _UNTOLD.search(rest):
        return None
    tables = [f"TABLE {found.group(1)}"]
    is_alter = sql[:5].upper() == "ALTER"
    if is_alter and (renamed := _RENAMED.search(rest)):
        tables.append(f"TABLE {_beside(found.group(1), renamed.group(1))}")
    return tuple(tables)


def _beside(table: str, renamed: str) -> str:
    """Return a table's new name, in the schema of the old one unless qualified."""
    schema = re.match(rf"({_PART})\s*\.", table, _FLAGS)
    if schema and not re.match(rf"{_PART}\s*\.", renamed, _FLAGS):
        return f"{schema.group(1)}.{renamed}"
    return renamed


def _names(text: str, *words: str) -> list[str]:
    return [name for name in re.findall(_NAME, text, _FLAGS) if name.upper() not in words]


#: Error numbers: no such table, view, routine, trigger, event, sequence, database.
_ABSENT = frozenset({1049, 1051, 1146, 1305, 1347, 1360, 1539, 4089, 4091})


def _means_absent(exc: Exception) -> bool:
    number = getattr(exc, "errno", None) or (exc.args[0] if exc.args else None)
    return number in _ABSENT
