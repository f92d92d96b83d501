"""What a SQL statement is about, read off its first words: enough to know whether it writes.

The statement journal and the plugins that serve it come in. Nothing here parses SQL; a statement
that is not recognised counts as one about the schema, which is treated with the most care.
"""

from __future__ import annotations

import enum
import re


class Kind(enum.Enum):
    """What a statement does to a database."""

    READ = "reads"
    DATA = "changes rows"
    SCHEMA = "changes the schema, or is unknown"
    SESSION = "changes the session alone, or may be repeated at any time"
    TEMPORARY = "makes what goes away with the session"
    CONTROL = "begins or ends a transaction or a savepoint"


_KINDS = {
    Kind.READ: "SELECT SHOW DESCRIBE DESC EXPLAIN VALUES TABLE",
    Kind.DATA: "INSERT UPDATE DELETE REPLACE MERGE COPY LOAD UPSERT",
    Kind.SESSION: "SET USE RESET DISCARD LISTEN NOTIFY UNLISTEN VACUUM ANALYZE OPTIMIZE CHECK "
    "REPAIR FLUSH LOCK UNLOCK PREPARE DEALLOCATE PRAGMA CHECKPOINT ATTACH DETACH",
    Kind.CONTROL: "COMMIT END ROLLBACK ABORT START SAVEPOINT RELEASE",
}
_BY_WORD = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*(?!!).*?\*/|/\*!\d*|\()*", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]+")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`")
_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE|REPLACE)\b", re.IGNORECASE)
_SELECTS = re.compile(r"\bSELECT\b", re.IGNORECASE)
# A word that follows BEGIN makes a block of a procedural language of it, but for these.
_BEGIN = re.compile(
    r"BEGIN\s*(?:;|$|(?:WORK|TRAN|TRANSACTION|ISOLATION|READ|IMMEDIATE|DEFERRED|EXCLUSIVE)\b)",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(
    r"(?:CREATE|DROP)\s+(?:OR\s+REPLACE\s+)?(?:LOCAL\s+)?TEMP(?:ORARY)?\s", re.IGNORECASE
)


def body_of(sql: str) -> str:
    """Return a statement without the comments and parentheses in front of it."""
    found = _LEADING.match(sql)
    return sql[found.end() :] if found else sql


def kind_of(sql: str) -> Kind:
    """Return what a statement does, as far as its words tell."""
    body = body_of(sql)
    found = _WORD.match(body)
    word = found.group().upper() if found else ""
    if word == "WITH":
        return Kind.DATA if _WRITES.search(_QUOTED.sub("", body)) else Kind.READ
    if word == "BEGIN":
        return Kind.CONTROL if _BEGIN.match(body) else Kind.SCHEMA
    if word in {"CREATE", "DROP"}:
        return Kind.TEMPORARY if _TEMPORARY.match(body) else Kind.SCHEMA
    if word == "SET" and _SELECTS.search(_QUOTED.sub("", body)):
        return Kind.READ
    return _BY_WORD.get(word, Kind.SCHEMA)


def brief(sql: str, length: int = 300) -> str:
    """Return a statement in one line of ASCII, cut to ``length`` characters."""
    line = " ".join(sql[: 4 * length].split()).encode("ascii", "backslashreplace").decode()
    return line if len(line) <= length else line[: length - 3] + "..."
