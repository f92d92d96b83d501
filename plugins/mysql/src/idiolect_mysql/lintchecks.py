"""What the lint rules for MySQL and MariaDB look for.

Sources: "Online DDL Operations" in MySQL's reference manual; for MariaDB, the tests measure it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from idiolect.hooks import LintFinding
from idiolect.operations.ops import AlterColumnOp
from idiolect_mysql import retyping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.hooks import Change, LintedOperation, LintedRevision
    from idiolect.hooks.lint import Kind

# A literal is kept as a token, so that what looks like a comment in it is not removed. Comments
# with an exclamation mark are statements.
_TOKENS = re.compile(
    r"(?P<comment>--[ \t][^\n]*|\#[^\n]*|/\*(?![M!]).*?\*/)"
    r"|(?P<literal>'(?:[^'\\]|''|\\.)*'|\"(?:[^\"\\]|\\.)*\")",
    re.DOTALL,
)
_NAME = r"(?P<name>[\w.`]+)"
_ALTER = re.compile(rf"ALTER\s+(?:ONLINE\s+)?(?:IGNORE\s+)?TABLE\s+{_NAME}\s+", re.IGNORECASE)
_CREATE_INDEX = re.compile(
    rf"CREATE\s+(?P<kind>FULLTEXT|SPATIAL)\s+INDEX\s+\S+\s+ON\s+{_NAME}", re.IGNORECASE
)
_DECLARED_ONLINE = re.compile(
    r"\bALGORITHM\s*=\s*(?:INPLACE|INSTANT|NOCOPY)\b|\bLOCK\s*=\s*NONE\b", re.IGNORECASE
)
_UNCHECKED = re.compile(r"SET\b.*\bforeign_key_checks\s*=\s*(?P<value>\w+)", re.IGNORECASE)
_LOCK_TIMEOUT = re.compile(
    r"\bSET\b[^;]*\block_wait_timeout\b|\bNOWAIT\b|\bWAIT\s+\d", re.IGNORECASE
)


class _Clause(NamedTuple):
    """A clause of ALTER TABLE, and why writes wait for it."""

    pattern: re.Pattern[str]
    reason: str
    copies: bool


_CLAUSES: Final = (
    _Clause(
        re.compile(r"\bADD\b.*\bAS\s*\(.*\)\s*(?:STORED|PERSISTENT)\b", re.IGNORECASE | re.DOTALL),
        "a stored computed column is added",
        copies=True,
    ),
    _Clause(
        re.compile(
            r"\bADD\s+(?:COLUMN\s+)?(?!.*\bMODIFY\b).*\bAUTO_INCREMENT\b(?!\s*=)",
            re.IGNORECASE | re.DOTALL,
        ),
        "an AUTO_INCREMENT column is added",
        copies=False,
    ),
    _Clause(
        re.compile(r"\bCONVERT\s+TO\s+CHARACTER\s+SET\b", re.IGNORECASE),
        "it gets another character set",
        copies=True,
    ),
    _Clause(
        re.compile(r"\bADD\s+SYSTEM\s+VERSIONING\b", re.IGNORECASE),
        "it gets system versioning",
        copies=True,
    ),
    _Clause(
        re.compile(r"\bADD\s+(?:FULLTEXT|SPATIAL)\b", re.IGNORECASE),
        "the index is built",
        copies=False,
    ),
)
#: Changes that wait for everybody who uses the table, and keep all others waiting meanwhile.
_EXCLUSIVE: tuple[Kind, ...] = (
    *("drop table", "rename table", "add column", "drop column", "rename column"),
    *("alter column", "create index", "drop index", "add constraint", "drop constraint"),
    "truncate",
)


class _Wait(NamedTuple):
    """Why writes to a table wait."""

    operation: LintedOperation
    table: str
    reason: str
    copies: bool


def blocks_writes(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find statements during which nobody can write to the table."""
    version = getattr(revision.dialect, "server_version_info", None)
    copies_online = _is_mariadb(revision) and (version or ()) >= _ONLINE_COPIES
    until = ", before MariaDB 11.2" if _is_mariadb(revision) and version is None else ""
    # Several statements of one kind are reported together.
    found: dict[tuple[str, bool, str], list[_Wait]] = {}
    for each in _waits(revision):
        if not (each.copies and copies_online):
            key = (each.table, each.copies, _advice(revision, each))
            found.setdefault(key, []).append(each)
    for (table, copies, advice), waits in found.items():
        what = f"Copies table {table} and blocks writes to it" if copies else ""
        reasons = listed([*dict.fromkeys(each.reason for each in waits)])
        yield LintFinding(
            f"{what or f'Blocks writes to table {table}'} meanwhile{until if copies else ''}, "
            f"because {reasons}.",
            advice,
            waits[0].operation,
        )


def listed(reasons: list[str]) -> str:
    """Return clauses as they follow each other in a sentence."""
    *most, last = reasons
    return f"{', '.join(most)} and {last}" if most else last


def _advice(revision: LintedRevision, wait: _Wait) -> str:
    if not wait.copies:
        return "Do it while little is written."
    if wait.reason == _FOREIGN_KEY:
        columns = {
            change.name for _, change in revision.changes("add column") if not change.default
        }
        keys = [change.columns for change in wait.operation.changes if change.referred]
        unchecked = "existing rows are not checked then"
        if keys and all(columns.issuperset(each) for each in keys):
            unchecked = "the column is new, so no row has to be checked"
        return (
            'With op.execute("SET foreign_key_checks = 0") before, and 1 after it, nothing is '
            f"copied; {unchecked}."
        )
    if wait.reason == _PRIMARY_KEY:
        return "Drop and add the primary key in one statement: that does not block writes."
    return (
        "Do it while little is written, or change a large table with gh-ost or "
        "pt-online-schema-change."
    )


def several_copies(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find tables that several statements copy, one after the other."""
    copied: dict[str, list[LintedOperation]] = {}
    for each in _waits(revision):
        if each.copies:
            copied.setdefault(each.table, []).append(each.operation)
    for table, operations in copied.items():
        if len(operations) > 1:
            yield LintFinding(
                f"Copies table {table} {len(operations)} times, one after the other.",
                "Write all changes that copy the table as one ALTER TABLE in op.execute(): it "
                "copies once.",
                operations[1],
            )


#: The version of MariaDB from which on tables are copied while they are written to.
_ONLINE_COPIES: Final = (11, 2)
_FOREIGN_KEY: Final = "the rows of a foreign key are checked"
_PRIMARY_KEY: Final = "its primary key is dropped"


def _waits(revision: LintedRevision) -> Iterator[_Wait]:
    """Yield why writes to existing tables wait."""
    unchecked = False
    for each in revision.operations:
        for sql in each.sql:
            switched = _UNCHECKED.match(_bare(sql))
            if switched:
                unchecked = switched["value"].lower() in {"0", "off", "false"}
        if any(_DECLARED_ONLINE.search(sql) for sql in each.sql):
            continue
        found = _of_changes(revision, each, unchecked=unchecked)
        # One statement copies a table once, whatever it changes.
        first = next(found, None) or next(_of_statements(revision, each), None)
        if first is not None:
            yield first


def _of_changes(
    revision: LintedRevision, each: LintedOperation, *, unchecked: bool
) -> Iterator[_Wait]:
    for change in each.changes:
        if not change.table or revision.creates(change.table, change.schema, before=each):
            continue
        reason = _reason(revision, each, change)
        if reason is None or (reason == _FOREIGN_KEY and unchecked):
            continue
        yield _Wait(each, change.on, reason, copies=True)


def _reason(revision: LintedRevision, each: LintedOperation, change: Change) -> str | None:
    """Return why a change copies the table; None if it does not."""
    if change.kind == "alter column":
        return _reason_of_column(revision, change)
    if change.kind == "add constraint":
        known = {"foreign key": _FOREIGN_KEY, "check": "the rows of a CHECK are checked"}
        return known.get(change.constraint or "")
    if change.kind == "drop constraint" and change.constraint == "primary key":
        replaced = any(
            re.search(r"\bADD\s.*PRIMARY\s+KEY\b", sql, re.IGNORECASE) for sql in each.sql
        )
        return None if replaced else _PRIMARY_KEY
    return None


def _reason_of_column(revision: LintedRevision, change: Change) -> str | None:
    if change.type is None or (isinstance(change.type, str) and change.old_type is None):
        # A statement has to repeat the type, even if it changes something else.
        return None
    new = retyping.parsed(change.type, revision.dialect)
    old = None if change.old_type is None else retyping.parsed(change.old_type, revision.dialect)
    if new is None or not retyping.copies(old, new, is_mariadb=_is_mariadb(revision)):
        return None
    return f"column {change.name} gets another type"


def _of_statements(revision: LintedRevision, each: LintedOperation) -> Iterator[_Wait]:
    """Yield why writes wait for what is not described as a change."""
    operation = each.operation
    if isinstance(operation, AlterColumnOp) and not _is_new(
        revision, each, operation.table_name, operation.schema
    ):
        options = operation.kw
        if options.get("autoincrement") is True and not options.get("existing_autoincrement"):
            reason = f"column {operation.column_name} becomes AUTO_INCREMENT"
            yield _Wait(each, operation.table_name, reason, copies=True)
    for sql in each.sql:
        text = _bare(sql)
        found = _CREATE_INDEX.match(text)
        if found and not _is_new(revision, each, found["name"]):
            reason = f"a {found['kind'].upper()} index is built"
            yield _Wait(each, _plain(found["name"]), reason, copies=False)
        found = _ALTER.match(text)
        if not found or _is_new(revision, each, found["name"]):
            continue
        for clause in _CLAUSES:
            if clause.pattern.search(text, found.end()):
                yield _Wait(each, _plain(found["name"]), clause.reason, clause.copies)
                break


def lock_timeout(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find the first revision that may wait for a metadata lock without limit."""
    each = _waits_for_lock(revision)
    if each is None or any(_waits_for_lock(one) for one in revision.earlier()):
        return
    limit = "a day" if _is_mariadb(revision) else "a year"
    yield LintFinding(
        f"Waits up to {limit} for transactions that have used the table, and all later queries "
        "wait behind it. This is reported only for the first such revision.",
        "Set lock_wait_timeout, such as 'lock_wait_timeout = 5' in the configuration.",
        each,
    )


def _waits_for_lock(revision: LintedRevision) -> LintedOperation | None:
    if revision.lock_wait_timeout is not None:
        return None
    if any(_LOCK_TIMEOUT.search(_bare(sql)) for each in revision.operations for sql in each.sql):
        return None
    return next((each for each, _ in revision.changes(*_EXCLUSIVE)), None)


def _is_new(
    revision: LintedRevision, each: LintedOperation, name: str, schema: str | None = None
) -> bool:
    """Return whether a table, of which a statement may give the schema, is new."""
    before, _, table = _plain(name).rpartition(".")
    return revision.creates(table, before or schema, before=each)


def _is_mariadb(revision: LintedRevision) -> bool:
    return bool(getattr(revision.dialect, "is_mariadb", False))


def _bare(sql: str) -> str:
    """Return a statement without comments and with empty literals."""
    return _TOKENS.sub(lambda found: "''" if found["literal"] else " ", sql).strip()


def _plain(name: str) -> str:
    return name.replace("`", "")
