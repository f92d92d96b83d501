"""The lint rules for SQLite: statements that fail on rows, are ignored, or lose something.

What SQLite does is measured by the tests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idiolect.hooks import LintFinding, LintRule, without_literals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.hooks import LintedOperation, LintedRevision

_OUTSIDE = re.compile(
    r"VACUUM\b|DETACH\b|PRAGMA\s+(?:\w+\.)?(?:synchronous\s*[=(]|wal_checkpoint\b)", re.IGNORECASE
)
_IGNORED = re.compile(
    r"PRAGMA\s+(?:\w+\.)?(?P<name>foreign_keys|journal_mode)\s*[=(]", re.IGNORECASE
)
_LEGACY = re.compile(r"PRAGMA\s+(?:\w+\.)?legacy_alter_table\s*[=(]", re.IGNORECASE)
_STORED = re.compile(r"\bAS\s*\(.*\)\s*STORED\b", re.IGNORECASE | re.DOTALL)
_DEFAULT = re.compile(r"\bDEFAULT\s+(?P<value>.*)$", re.IGNORECASE | re.DOTALL)
_CURRENT = re.compile(r"\(*\s*CURRENT_(?:TIMESTAMP|DATE|TIME)\b", re.IGNORECASE)
_CONSTANT = re.compile(
    r"\(\s*(?:[-+]?[\d.]+(?:e[-+]?\d+)?|''|NULL|TRUE|FALSE|x'')\s*\)", re.IGNORECASE
)


def requires_autocommit(statement: str) -> bool:
    """Return whether SQLite refuses a statement inside a transaction."""
    return bool(_OUTSIDE.match(without_literals(statement)))


def _new_column(revision: LintedRevision) -> Iterator[LintFinding]:
    for each, change in revision.changes("add column"):
        reason = next(filter(None, map(_refusal, each.sql)), None)
        if reason is not None and not each.recreates:
            yield LintFinding(
                f"Fails if table {change.on} has rows, because column {change.name} {reason}.",
                f'Add it in "with op.batch_alter_table({change.table!r})": the table is recreated.',
                each,
            )


def _refusal(sql: str) -> str | None:
    """Return why SQLite cannot add a column to rows."""
    text = without_literals(sql)
    if _STORED.search(text):
        return "is computed and stored"
    found = _DEFAULT.search(text)
    if not found:
        return None
    value = found["value"].lstrip()
    is_expression = value.startswith("(") and not _CONSTANT.match(value)
    return "has a default that is not constant" if is_expression or _CURRENT.match(value) else None


def _pragma(revision: LintedRevision) -> Iterator[LintFinding]:
    for each in revision.operations:
        found = next(
            filter(None, (_IGNORED.match(without_literals(sql)) for sql in each.sql)), None
        )
        if found and each.in_transaction:
            yield LintFinding(
                f"PRAGMA {found['name'].lower()} has no effect inside a transaction, and SQLite "
                "does not say so.",
                "Put it into 'with op.get_context().autocommit_block():'. Batches need no "
                "PRAGMA foreign_keys."
                if found["name"].lower() == "foreign_keys"
                else "Put it into 'with op.get_context().autocommit_block():'.",
                each,
            )


def _rebuild(revision: LintedRevision) -> Iterator[LintFinding]:
    """Find tables that are replaced by a copy."""
    if any(
        _LEGACY.match(without_literals(sql)) for each in revision.operations for sql in each.sql
    ):
        return
    renamed: set[str] = set()
    dropped: dict[str, LintedOperation] = {}
    for each, change in revision.changes(
        "rename table", "create table", "drop table", new_tables=True
    ):
        table = change.table.lower()
        if change.kind == "drop table":
            dropped[table] = each
        elif change.kind == "create table" and table in renamed:
            yield LintFinding(
                f"Foreign keys and views that refer to table {change.on} now refer to the renamed "
                "one: SQLite renames it in them, too.",
                f"Use 'with op.batch_alter_table({change.table!r})', which keeps them.",
                each,
            )
        elif change.kind == "rename table" and change.new_name:
            target = change.new_name.lower()
            if target in dropped and revision.creates(change.table, change.schema, before=each):
                yield LintFinding(
                    f"Table {change.new_name} loses its triggers and indexes, and where foreign "
                    "keys are enforced, its dropping deletes rows that refer to it ON DELETE "
                    "CASCADE.",
                    f"Use 'with op.batch_alter_table({change.new_name!r})', which keeps them.",
                    dropped[target],
                )
            renamed.add(table)


RULES: Final = (
    LintRule(
        name="sqlite-add-column-fails",
        summary="A column is added whose value differs from row to row.",
        check=_new_column,
        level="error",
        why="SQLite adds a column without touching the rows, so its default has to be a constant: "
        "with CURRENT_TIMESTAMP, an expression or a stored computed value, the statement fails as "
        "soon as the table has a row. On the empty table of a test it succeeds.",
        instead="Add the column in `op.batch_alter_table()`, which recreates the table and "
        "computes the values.",
        triggers=(
            'op.add_column("account", sa.Column("created", sa.DateTime(), '
            "server_default=sa.func.now()))"
        ),
        passes=(
            'with op.batch_alter_table("account") as batch_op:\n'
            '    batch_op.add_column(sa.Column("created", sa.DateTime(), '
            "server_default=sa.func.now()))"
        ),
    ),
    LintRule(
        name="sqlite-pragma-ignored",
        summary="A PRAGMA has no effect inside a transaction.",
        check=_pragma,
        why="SQLite ignores PRAGMA foreign_keys and a change of the journal mode inside a "
        "transaction, and reports no error. A revision that deletes rows in the belief that "
        "nothing cascades deletes more than it means to.",
        instead="Put it into `autocommit_block()`. A batch that recreates a table looks after "
        "foreign keys itself.",
        triggers='op.execute("PRAGMA foreign_keys=OFF")',
        passes="with op.get_context().autocommit_block():\n"
        '    op.execute("PRAGMA foreign_keys=OFF")',
    ),
    LintRule(
        name="sqlite-rebuilt-by-hand",
        summary="A table is replaced by a copy without a batch.",
        check=_rebuild,
        why="If the old table is renamed first, foreign keys and views of other tables follow it, "
        "and refer to nothing when it is dropped. If the new table is renamed, triggers and "
        "indexes of the old one are lost, and with enforced foreign keys dropping it deletes the "
        "rows that refer to it ON DELETE CASCADE.",
        instead="Use `op.batch_alter_table()`, which takes the steps in the right order and "
        "restores what belongs to the table.",
        triggers='op.rename_table("account", "account_old")\n'
        'op.create_table("account", sa.Column("id", sa.Integer(), primary_key=True))\n'
        'op.execute("INSERT INTO account SELECT id FROM account_old")\n'
        'op.drop_table("account_old")',
        passes='with op.batch_alter_table("account") as batch_op:\n'
        '    batch_op.alter_column("email", existing_type=sa.Text(), nullable=False)',
    ),
)
