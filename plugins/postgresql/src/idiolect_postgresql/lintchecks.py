"""What the lint rules for PostgreSQL look for.

What each statement locks, scans and rewrites is measured on a server by the tests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import Column

from idiolect.hooks import Change, LintFinding
from idiolect.operations.ops import CreateTableOp
from idiolect_postgresql import retyping
from idiolect_postgresql.operations import CreateExcludeConstraintOp
from idiolect_postgresql.sqltext import without_comments, without_literals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.hooks import LintedOperation, LintedRevision
    from idiolect.hooks.lint import Kind
    from idiolect.operations.ops import MigrateOperation

_BLOCK = "'with op.get_context().autocommit_block():'"
_NOT_VALID = (
    "Pass postgresql_not_valid=True, and run ALTER TABLE ... VALIDATE CONSTRAINT in a later "
    "transaction."
)
#: The index of a partitioned table alone, which has no rows.
_ONLY = re.compile(r"\bINDEX\b.*\bON\s+ONLY\b", re.IGNORECASE)
_USING_INDEX = re.compile(r"\bUSING\s+INDEX\s+(?!TABLESPACE\b)", re.IGNORECASE)
_MADE = re.compile(
    r"CREATE\s+(?:(?:UNLOGGED|TEMP|TEMPORARY|GLOBAL|LOCAL)\s+)*(?:TABLE|MATERIALIZED\s+VIEW)\s+"
    r"(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>[\w.\"]+)",
    re.IGNORECASE,
)
_USING = re.compile(r"\bUSING\s+(?P<expression>.+)$", re.IGNORECASE | re.DOTALL)
_IN_UTC = re.compile(r"\bSET\s+(?:LOCAL\s+|SESSION\s+)?TIME\s*ZONE\b.*\bUTC\b", re.IGNORECASE)
_COLUMN = r"\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:\"[^\"]+\"|(?!CONSTRAINT\b)\w+)\s+"
_SERIAL = re.compile(rf"{_COLUMN}(?:SMALL|BIG)?SERIAL\d?\b", re.IGNORECASE)
_IDENTITY = re.compile(rf"{_COLUMN}[^,]*\bAS\s+IDENTITY\b", re.IGNORECASE)
_STORED = re.compile(
    rf"{_COLUMN}.*\bGENERATED\s+ALWAYS\s+AS\s*\(.*\)\s*STORED\b", re.IGNORECASE | re.DOTALL
)
#: Functions of PostgreSQL and of its own extensions that return another value for each row.
VOLATILE_FUNCTIONS: Final = (
    *("random", "random_normal", "gen_random_uuid", "uuidv4", "uuidv7", "clock_timestamp"),
    *("timeofday", "nextval", "setval", "uuid_generate_v1", "uuid_generate_v1mc"),
    *("uuid_generate_v4", "gen_random_bytes", "gen_salt"),
)
_VOLATILE = re.compile(
    rf"{_COLUMN}.*\bDEFAULT\b.*?\b(?P<name>{'|'.join(VOLATILE_FUNCTIONS)})\s*\(",
    re.IGNORECASE | re.DOTALL,
)
_IS_STORED: Final = "the computed value is stored"
_NEW_VALUE = re.compile(
    r"ALTER\s+TYPE\s+(?P<type>\S+)\s+ADD\s+VALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(?P<value>'(?:[^']|'')+')",
    re.IGNORECASE,
)
_DECLARES_VALUES = re.compile(r"(?:ALTER|CREATE)\s+TYPE\b|COMMENT\b", re.IGNORECASE)
_LOCK_TIMEOUT = re.compile(
    r"\bSET\b[^;]*\block_timeout\b|\bset_config\s*\(\s*'lock_timeout'", re.IGNORECASE
)
_NOT_NULL = re.compile(r"\bCHECK\s*\(+\s*\"?(?P<column>\w+)\"?\s+IS\s+NOT\s+NULL\b", re.IGNORECASE)
_NAME = r"(?P<name>[\w.\"]+)"


class _Command(NamedTuple):
    """A statement that keeps others from a table for long: what it does, what to do about it."""

    pattern: str
    message: str
    advice: str


_UNUSED = "Do it while the table is not used, or with the extension pg_repack."
_STRONG = r"(?:SHARE|SHARE\s+ROW\s+EXCLUSIVE|EXCLUSIVE|ACCESS\s+EXCLUSIVE)"
_COMMANDS: Final = (
    _Command(
        rf"REFRESH\s+MATERIALIZED\s+VIEW\s+(?!CONCURRENTLY\b){_NAME}",
        "Blocks all queries of {name} while it is computed again.",
        "Write REFRESH MATERIALIZED VIEW CONCURRENTLY, for which the view needs a unique index.",
    ),
    _Command(
        rf"CLUSTER\s+(?:VERBOSE\s+)?{_NAME}",
        "Blocks all access to {name} while its rows are copied in order.",
        _UNUSED,
    ),
    _Command(
        rf"VACUUM\s*(?:\bFULL\b|\([^)]*\bFULL\b[^)]*\))\s*(?:(?:FREEZE|VERBOSE|ANALYZE)\s+)*{_NAME}",
        "Blocks all access to {name} while its rows are copied.",
        _UNUSED,
    ),
    _Command(
        rf"REINDEX\s+(?:\((?![^)]*CONCURRENTLY)[^)]*\)\s*)?(?:TABLE|INDEX)\s+(?!CONCURRENTLY\b){_NAME}",
        "Blocks writes to the table, and queries that use the index, while {name} is rebuilt.",
        f"Write REINDEX ... CONCURRENTLY, inside {_BLOCK}.",
    ),
    _Command(
        rf"ALTER\s+TABLE\s+(?:ONLY\s+)?{_NAME}\s+SET\s+(?:UN)?LOGGED\b",
        "Blocks all access to {name} while its rows are copied.",
        "Do it while the table is not used.",
    ),
    _Command(
        rf"LOCK\s+(?:TABLE\s+)?(?:ONLY\s+)?{_NAME}\s*(?:IN\s+{_STRONG}\s+MODE)?\s*(?:NOWAIT)?$",
        "Blocks writes of others to {name}, or all access, until the revision's transaction ends.",
        "Lock late, in a revision that does nothing else.",
    ),
)
_PATTERNS: Final = tuple((re.compile(each.pattern, re.IGNORECASE), each) for each in _COMMANDS)

#: Changes that wait for everybody who uses the table, and keep all others waiting meanwhile.
_EXCLUSIVE: tuple[Kind, ...] = (
    *("drop table", "rename table", "add column", "drop column", "rename column"),
    *("alter column", "create index", "drop index", "add constraint", "drop constraint"),
    "truncate",
)


class _Groups(dict[tuple[str, ...], tuple["LintedOperation", list[str]]]):
    """What is reported once, with the first operation and the columns of all."""

    def add(self, key: tuple[str, ...], operation: LintedOperation, column: str | None) -> None:
        """Add a column of an operation."""
        columns = self.setdefault(key, (operation, []))[1]
        if (column or "") not in columns:
            columns.append(column or "")


def listed(columns: list[str]) -> str:
    """Return columns as they are named in a sentence."""
    if len(columns) == 1:
        return f"column {columns[0]}"
    return f"columns {', '.join(columns[:-1])} and {columns[-1]}"


def index(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find indexes that are built without CONCURRENTLY."""
    made = _made(revision)
    for each, change in revision.changes("create index"):
        if change.online or change.on.lower() in made:
            continue
        if any(_ONLY.search(without_literals(sql)) for sql in each.sql):
            continue
        name = f"index {change.name}" if change.name else "the index"
        yield LintFinding(
            f"Blocks writes to table {change.on} until {name} is built.",
            f"Pass postgresql_concurrently=True to op.create_index(), inside {_BLOCK}.",
            each,
        )


def foreign_key(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find foreign keys that are checked while both tables are locked."""
    new = {
        (change.on, change.name)
        for _, change in revision.changes("add column")
        if not change.default
    }
    for each, change in _added(revision, "foreign key"):
        is_new = len(change.columns) == 1 and (change.on, change.columns[0]) in new
        if is_new and getattr(each.operation, "inline_references", False):
            continue
        yield LintFinding(
            f"Blocks writes to {_locked(revision, each, change)} until all rows of {change.on} are "
            "checked.",
            "The column is new: pass inline_references=True to op.add_column(), and nothing has "
            "to be checked."
            if is_new
            else _NOT_VALID,
            each,
        )


def _locked(revision: LintedRevision, each: LintedOperation, change: Change) -> str:
    """Return the tables that a foreign key locks, except those that are new."""
    if not change.referred:
        return f"{change.on} and the table that it refers to"
    schema, table = change.referred
    is_other = (schema, table) != (change.schema, change.table)
    if is_other and not revision.creates(table, schema, before=each):
        return f"{change.on} and {table}"
    return change.on


def check_constraint(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find CHECK constraints that are checked while the table is locked."""
    for each, change in _added(revision, "check"):
        yield LintFinding(
            f"Blocks all access to table {change.on} until all of its rows are checked.",
            _NOT_VALID,
            each,
        )


def validation(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find constraints that are validated under the lock with which they were added."""
    added: set[tuple[str, str | None]] = set()
    for each, change in revision.changes("add constraint", "validate constraint"):
        if not each.in_transaction:
            # The block has committed: locks that were taken before it are released.
            added.clear()
            continue
        key = (change.on.lower(), change.name)
        if change.kind == "add constraint" and change.online:
            added.add(key)
        elif change.kind == "validate constraint" and key in added:
            yield LintFinding(
                f"Checks all rows of table {change.on} under the lock with which constraint "
                f"{change.name} was added, so that writes wait nevertheless.",
                f"Validate in another revision, or inside {_BLOCK}.",
                each,
            )


def constraint_index(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find constraints that build their index while the table is locked."""
    for each, change in _added(revision, "unique", "primary key", "exclude"):
        if any(_USING_INDEX.search(sql) for sql in each.sql):
            continue
        what = f"the index of constraint {change.name}" if change.name else "its index"
        kind = "PRIMARY KEY" if change.constraint == "primary key" else "UNIQUE"
        advice = (
            "Build a unique index with postgresql_concurrently=True first, then run ALTER TABLE "
            f"... ADD CONSTRAINT ... {kind} USING INDEX."
        )
        if change.constraint == "exclude":
            advice = (
                "Such an index cannot be built concurrently: do it while the table is not used."
            )
        yield LintFinding(
            f"Blocks all access to table {change.on} until {what} is built.", advice, each
        )


def column_type(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find changes of types that rewrite the table."""
    rewritten = _Groups()
    in_utc = False
    for each in revision.operations:
        in_utc = in_utc or any(_IN_UTC.search(sql) for sql in each.sql)
        for change in each.changes:
            if change.kind != "alter column" or change.type is None:
                continue
            if revision.creates(change.table, change.schema, before=each):
                continue
            found = _effect(revision, each, change)
            if found == retyping.REWRITE:
                rewritten.add((change.on,), each, change.name)
            elif found == retyping.REWRITE_UNLESS_UTC and not in_utc:
                yield _time_zone(each, change)
    for (table,), (first, columns) in rewritten.items():
        yield LintFinding(
            f"Blocks all access to table {table} while it is rewritten with another type of "
            f"{listed(columns)}.",
            "Add a new column, fill it in batches, and drop the old one when no program uses it "
            "any more.",
            first,
        )


def _time_zone(each: LintedOperation, change: Change) -> LintFinding:
    return LintFinding(
        f"Rewrites table {change.on} while nobody can use it, unless the session's time zone is "
        f"UTC; values of column {change.name} are converted from or to that zone.",
        "Run op.execute(\"SET LOCAL timezone = 'UTC'\") before it: then nothing is rewritten.",
        each,
    )


def _effect(revision: LintedRevision, each: LintedOperation, change: Change) -> str | None:
    new = retyping.parsed(change.type, revision.dialect)
    if new is None:
        return None
    for sql in each.sql:
        using = _USING.search(without_comments(sql))
        if using and not retyping.is_plain_cast(
            using["expression"], change.name or "", new, revision.dialect
        ):
            return retyping.REWRITE
    old = change.old_type
    before = None if old is None else retyping.parsed(old, revision.dialect)
    return retyping.effect(before, new)


def new_column(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find new columns whose values are computed row by row."""
    found = _Groups()
    for each, change in revision.changes("add column"):
        reason = next(filter(None, map(_reason_to_rewrite, each.sql)), None)
        if reason is not None:
            found.add((change.on, reason), each, change.name)
    for (table, reason), (first, columns) in found.items():
        yield LintFinding(
            f"Blocks all access to table {table} while it is rewritten for {listed(columns)}: "
            f"{reason} in each row.",
            "Compute it in queries or in a view; from PostgreSQL 18 on also in a virtual column."
            if reason == _IS_STORED
            else "Add a nullable column, then set its default for new rows, and fill the other "
            "rows in batches.",
            first,
        )


def _reason_to_rewrite(sql: str) -> str | None:
    text = without_literals(sql)
    if _SERIAL.search(text) or _IDENTITY.search(text):
        return "there is another number"
    if _STORED.search(text):
        return _IS_STORED
    found = _VOLATILE.search(text)
    return f"{found['name'].lower()}() has another value" if found else None


def not_null(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find columns that are searched for NULL while the table is locked."""
    found = _Groups()
    for each, change in revision.changes("alter column"):
        if change.nullable is False and not _is_known_not_null(revision, each, change):
            found.add((change.on,), each, change.name)
    for (table,), (first, columns) in found.items():
        yield LintFinding(
            f"Blocks all access to table {table} until all rows were searched for NULL in "
            f"{listed(columns)}.",
            "Add CHECK (... IS NOT NULL) with postgresql_not_valid=True, and validate it in a "
            "later transaction: with it, nothing is searched.",
            first,
        )


def _is_known_not_null(revision: LintedRevision, until: LintedOperation, changed: Change) -> bool:
    """Return whether a column is NOT NULL already, or a validated CHECK proves it."""
    proofs: dict[str | None, bool] = {}
    is_not_null = False
    for each in revision.before(until, changed.table):
        is_not_null = _is_not_null(each.operation, changed, before=is_not_null)
        for change in each.changes:
            if change.on.lower() == changed.on.lower():
                _follow(proofs, each, change, changed.name)
                if change.name == changed.name and change.nullable is not None:
                    is_not_null = not change.nullable
    return is_not_null or any(proofs.values())


def _is_not_null(operation: MigrateOperation, changed: Change, *, before: bool) -> bool:
    """Return whether a column is NOT NULL after an operation that may create its table."""
    if not isinstance(operation, CreateTableOp):
        return before
    if (operation.schema, operation.table_name) != (changed.schema, changed.table):
        return before
    columns = [each for each in operation.columns if isinstance(each, Column)]
    return any(each.name == changed.name and not each.nullable for each in columns)


def _follow(
    proofs: dict[str | None, bool], each: LintedOperation, change: Change, column: str | None
) -> None:
    """Update which constraints prove that a column has no NULL, and whether they are validated."""
    if change.kind == "add constraint" and _proves(each, column):
        proofs[change.name] = not change.online
    elif change.kind == "validate constraint" and change.name in proofs:
        proofs[change.name] = True
    elif change.kind == "drop constraint":
        proofs.pop(change.name, None)


def _proves(operation: LintedOperation, column: str | None) -> bool:
    found = (_NOT_NULL.search(without_comments(sql)) for sql in operation.sql)
    return any(each and each["column"].lower() == (column or "").lower() for each in found)


def enum_value(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find values of enum types that are used before they are committed."""
    new: dict[str, str] = {}
    for each in revision.operations:
        if not each.in_transaction:
            new.clear()
            continue
        used = dict.fromkeys(value for sql in each.sql for value in _used(new, sql))
        for value in used:
            yield LintFinding(
                f"Fails: value {value} of type {new[value]} cannot be used in the transaction "
                "that adds it.",
                f"Add the value inside {_BLOCK}.",
                each,
            )


def _used(new: dict[str, str], sql: str) -> Iterator[str]:
    """Yield new values that a statement uses, and remember those that it adds."""
    text = without_comments(sql)
    added = _NEW_VALUE.match(text)
    if added:
        new[added["value"]] = added["type"]
    if not _DECLARES_VALUES.match(text):
        yield from (value for value in new if value in text)


def command(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find statements that lock a table for as long as they process it."""
    made = _made(revision)
    for each in revision.operations:
        for sql in each.sql:
            text = without_literals(sql)
            for pattern, known in _PATTERNS:
                found = pattern.match(text)
                if found and _plain(found["name"]) not in made:
                    message = known.message.format(name=found["name"])
                    yield LintFinding(message, known.advice, each)


def lock_timeout(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find the first revision that may wait for a lock without limit."""
    each = _waits(revision)
    if each is None or any(_waits(one) for one in revision.earlier()):
        return
    yield LintFinding(
        "Waits without limit for running queries of the table, and all later queries wait behind "
        "it. This is reported only for the first such revision.",
        "Set lock_wait_timeout, such as 'lock_wait_timeout = 5' in the configuration.",
        each,
    )


def _waits(revision: LintedRevision) -> LintedOperation | None:
    if revision.lock_wait_timeout is not None:
        return None
    if any(_LOCK_TIMEOUT.search(sql) for each in revision.operations for sql in each.sql):
        return None
    changes = revision.changes(*_EXCLUSIVE)
    return next((each for each, change in changes if not change.online), None)


def _added(revision: LintedRevision, *kinds: str) -> Iterator[tuple[LintedOperation, Change]]:
    """Yield constraints that are added to existing tables, and checked immediately."""
    for each, change in revision.changes("add constraint"):
        if change.constraint in kinds and not change.online:
            yield each, change
    for each in revision.operations:
        op = each.operation
        if "exclude" not in kinds or not isinstance(op, CreateExcludeConstraintOp) or each.changes:
            continue
        if not revision.creates(op.table_name, op.schema, before=each):
            name = op.constraint_name
            yield (
                each,
                Change("add constraint", op.table_name, op.schema, name=name, constraint="exclude"),
            )


def _made(revision: LintedRevision) -> set[str]:
    """Return the tables and materialised views that statements of a revision create."""
    found = (_MADE.match(without_comments(sql)) for each in revision.operations for sql in each.sql)
    return {_plain(each["name"]) for each in found if each}


def _plain(name: str) -> str:
    return name.replace('"', "").lower()
