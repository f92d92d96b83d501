"""Classifies SQL statements by their first words, to decide whether they write.

Used by the statement journal and plugins that support it. SQL is not parsed; unknown statements are
classified as DDL, which is handled with the most care.
"""

from __future__ import annotations

import enum
import re
from typing import NamedTuple


class Kind(enum.Enum):
    """What a statement does to a database."""

    READ = "reads"
    DATA = "changes rows"
    SCHEMA = "changes the schema, or is unknown"
    SESSION = "changes only the session, or may be repeated at any time"
    TEMPORARY = "creates what is dropped with the session"
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
#: A SELECT that creates a table; the group matches if it is temporary.
_INTO = re.compile(
    r"\bINTO\s+(?!@|:|OUTFILE\b|DUMPFILE\b)((?:LOCAL\s+)?TEMP(?:ORARY)?\b|\#)?", re.IGNORECASE
)
_SELECTS = re.compile(r"\bSELECT\b", re.IGNORECASE)
# A word after BEGIN starts a block of a procedural language, except for these.
_BEGIN = re.compile(
    r"BEGIN\s*(?:;|$|(?:WORK|TRAN|TRANSACTION|ISOLATION|READ|IMMEDIATE|DEFERRED|EXCLUSIVE)\b)",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(
    r"(?:CREATE|DROP)\s+(?:OR\s+REPLACE\s+)?(?:LOCAL\s+)?TEMP(?:ORARY)?\s", re.IGNORECASE
)


_LITERAL = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)
_CALLED = re.compile(r"\b([A-Za-z_][\w$]*)[\"`\]]?\s*\(")
_OF_SESSION = re.compile(
    r"set_config$|pg_(?:try_)?advisory_|get_lock$|release_(?:all_)?locks?$|(?:pg_)?sleep$"
)
_MAY_BE_OF_SESSION = re.compile(r"(?:^|_)set(?:_|$)|lock|session|search_path|role|context|tenant")
_INTO_SESSION = re.compile(r"\s*SET\b|.*?(?:\bINTO\b|@\w+\s*:=)", re.IGNORECASE | re.DOTALL)
#: Words before a parenthesis, and functions, that have no side effects.
_WORDS = (
    "all and any array as between by case cast distinct else except exists filter from group "
    "having if in intersect is lateral like not on or order over partition row select some then "
    "union unnest using values when where with within"
)
_FUNCTIONS = (
    "abs avg bit_and bit_or bool_and bool_or ceil char_length coalesce concat concat_ws convert "
    "count current_database current_schema current_schemas current_setting database date "
    "date_format date_trunc decode encode every extract first_value floor format format_type "
    "generate_series greatest group_concat hex ifnull instr isnull json_agg json_array "
    "json_build_object json_extract json_object jsonb_agg jsonb_build_object lag last_value "
    "lead least left length lower lpad ltrim max md5 min mod now nullif nvl octet_length "
    "pg_get_constraintdef pg_get_expr pg_get_indexdef pg_get_serial_sequence pg_get_viewdef "
    "pg_relation_size pg_table_is_visible pg_total_relation_size position quote_ident rank "
    "regexp_replace replace right round row_number rpad rtrim schema split_part sqlite_version "
    "string_agg strpos substr substring sum sysdate to_char to_date to_number to_regclass "
    "to_regtype to_timestamp trim trunc typeof unix_timestamp upper user uuid version"
)
_HARMLESS = frozenset(f"{_WORDS} {_FUNCTIONS}".split())


def body_of(sql: str) -> str:
    """Return a statement without leading comments and parentheses."""
    found = _LEADING.match(sql)
    return sql[found.end() :] if found else sql


def kind_of(sql: str) -> Kind:
    """Classify a statement by its words."""
    body = body_of(sql)
    found = _WORD.match(body)
    word = found.group().upper() if found else ""
    if word == "WITH":
        return Kind.DATA if _WRITES.search(_QUOTED.sub("", body)) else Kind.READ
    if word == "BEGIN":
        return Kind.CONTROL if _BEGIN.match(body) else Kind.SCHEMA
    if word in {"CREATE", "DROP"}:
        return Kind.TEMPORARY if _TEMPORARY.match(body) else Kind.SCHEMA
    if word == "SELECT" and (into := _INTO.search(_QUOTED.sub("''", body))):
        return Kind.TEMPORARY if into.group(1) else Kind.SCHEMA
    if word == "SET" and _SELECTS.search(_QUOTED.sub("", body)):
        return Kind.READ
    return _BY_WORD.get(word, Kind.SCHEMA)


class Called(NamedTuple):
    """Possible side effects of a query, by the functions that it calls.

    Attributes:
        may_write: it calls a function that is not known to be harmless.
        sets_session: it calls a function that changes only the session.
        may_set_session: it calls a function whose name suggests that it changes the session.
        keeps_in_session: it stores results in session variables.
    """

    may_write: bool
    sets_session: bool
    may_set_session: bool
    keeps_in_session: bool


def called_by(sql: str) -> Called:
    """Return the possible side effects of a query, by its words."""
    body = _LITERAL.sub("''", body_of(sql))
    names = {name.lower() for name in _CALLED.findall(body)} - _HARMLESS
    known = {name for name in names if _OF_SESSION.match(name)}
    unknown = names - known
    return Called(
        bool(unknown),
        bool(known) and not unknown,
        any(_MAY_BE_OF_SESSION.search(name) for name in unknown),
        bool(_INTO_SESSION.match(body)),
    )


def brief(sql: str, length: int = 300) -> str:
    """Return a statement as one line of ASCII, truncated to ``length`` characters."""
    line = " ".join(sql[: 4 * length].split()).encode("ascii", "backslashreplace").decode()
    return line if len(line) <= length else line[: length - 3] + "..."
