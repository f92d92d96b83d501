"""Rules about statements that fail: on tables with rows, or inside a transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idiolect.hooks.dialects import hooks_for
from idiolect.hooks.lint import LintFinding, LintRule
from idiolect.lint.types import loss_between
from idiolect.operations.ops.data import ExecuteSQLOp
from idiolect.util.statements import body_of, brief

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.hooks.lint import Change, LintedOperation, LintedRevision

_WRITES: Final = ("insert", "update", "delete", "truncate")


def _added_not_null(revision: LintedRevision) -> Iterator[LintFinding]:
    for operation, change in revision.changes("add column"):
        if change.nullable is False and not change.default:
            yield LintFinding(
                f"Fails if table {change.on} has rows, or gives them an empty value: column "
                f"{change.name} is NOT NULL and has no server default.",
                "Add it with a server default; or add it as nullable, fill it, and set NOT NULL "
                "then.",
                operation,
            )


def _set_not_null(revision: LintedRevision) -> Iterator[LintFinding]:
    for operation, change in revision.changes("alter column"):
        if change.nullable is False and not _is_filled(revision, operation, change):
            yield LintFinding(
                f"Fails if table {change.on} has rows in which {change.name} is NULL, and no "
                "earlier statement fills them.",
                "Fill them with an UPDATE before, and make sure that the running code inserts no "
                "further ones.",
                operation,
            )


def _is_filled(revision: LintedRevision, operation: LintedOperation, change: Change) -> bool:
    """Return whether a statement before this one may have filled a column."""
    for each in revision.before(operation, change.table):
        for other in each.changes:
            if other.table.lower() != change.table.lower():
                continue
            is_added = other.kind == "add column" and other.name == change.name
            if other.kind in _WRITES or (is_added and other.default):
                return True
    ours = revision.operations[: revision.operations.index(operation)]
    if any(not each.changes and _mentions(each, change.table) for each in ours):
        return True
    # What was not recognised or not seen may fill it.
    return revision.history.mentions(change.table)


def _mentions(operation: LintedOperation, table: str) -> bool:
    """Return whether a statement that was not recognised, such as a block, names a table."""
    if not isinstance(operation.operation, ExecuteSQLOp):
        return False
    pattern = rf"(?<!\w){re.escape(table)}(?!\w)"
    return any(re.search(pattern, sql, re.IGNORECASE) for sql in operation.sql)


def _unique(revision: LintedRevision) -> Iterator[LintFinding]:
    added: set[tuple[str, str | None]] = set()
    for operation, change in revision.changes("add column", "create index", "add constraint"):
        if change.kind == "add column":
            added.add((change.table, change.name))
        is_unique = change.unique or change.constraint == "unique"
        if not is_unique or any((change.table, name) in added for name in change.columns):
            continue
        columns = ", ".join(change.columns) or "an expression"
        yield LintFinding(
            f"Fails if table {change.on} has rows with equal values of {columns}.",
            "Look for duplicates before you deploy, and remove them in an earlier revision.",
            operation,
        )


def _changed_types(revision: LintedRevision) -> Iterator[LintFinding]:
    for operation, change in revision.changes("alter column"):
        loss = loss_between(change.old_type, change.type)
        if loss:
            yield LintFinding(
                f"Changes column {change.name} of table {change.on} {loss}.",
                "Look for such values before you deploy; or add a column of the new type, copy the "
                "values, and switch to it.",
                operation,
            )


def _in_a_transaction(revision: LintedRevision) -> Iterator[LintFinding]:
    if revision.options.get("auto_autocommit"):
        return
    if revision.options.get("auto_autocommit"):
        return
    hooks = hooks_for(revision.dialect.name, "lint")
    for operation in revision.operations:
        if not operation.in_transaction:
            continue
        for statement in map(body_of, operation.sql):
            if hooks.requires_autocommit(revision.dialect, statement):
                yield LintFinding(
                    f"The database refuses this inside a transaction: {brief(statement, 100)}",
                    "Put it into 'with op.get_context().autocommit_block():', or set the option "
                    "auto_autocommit.",
                    operation,
                )


FAILURE_RULES: Final = (
    LintRule(
        name="add-not-null",
        summary="A NOT NULL column without a server default is added to an existing table.",
        check=_added_not_null,
        level="error",
        why="The rows of the table would have no value. Most databases refuse the statement unless "
        "the table is empty, so a migration that passes on a developer's empty database fails in "
        "production. Some insert 0 or an empty text instead. A `default` of the model does not "
        "help: it is applied by the program, not by the database.",
        instead="Give the column a `server_default`, which can be removed later. Or add it as "
        "nullable, fill the existing rows, and set `NOT NULL` in a later revision.",
        triggers='op.add_column("account", sa.Column("plan", sa.Text(), nullable=False))',
        passes='op.add_column(\n    "account",\n    sa.Column("plan", sa.Text(), nullable=False, '
        'server_default="free"),\n)',
    ),
    LintRule(
        name="set-not-null",
        summary="A column is set to NOT NULL, and no earlier statement fills it.",
        check=_set_not_null,
        why="The statement fails if one row has no value. The rule is satisfied by a statement "
        "that writes to the table, in the same revision or in one that is checked before it, and "
        "by a column that was added with a server default.",
        instead="Write an `UPDATE` for rows without a value before, and release code that always "
        "writes one before that.",
        triggers='op.alter_column("account", "email", existing_type=sa.Text(), nullable=False)',
        passes=(
            "op.execute(\"UPDATE account SET email = '' WHERE email IS NULL\")\n"
            'op.alter_column("account", "email", existing_type=sa.Text(), nullable=False)'
        ),
    ),
    LintRule(
        name="add-unique",
        summary="A unique constraint or index is added to an existing table.",
        check=_unique,
        why="The statement fails if there are duplicates. Developers' databases rarely have any.",
        instead="Query for duplicates in production before you deploy, and remove them in an "
        "earlier revision. Suppress the finding if you know that there are none.",
        triggers='op.create_unique_constraint("uq_account_email", "account", ["email"])',
        passes='op.create_index("ix_account_email", "account", ["email"])',
    ),
    LintRule(
        name="change-type",
        summary="The type of a column is changed to one that does not hold all values of the old.",
        check=_changed_types,
        why="Values that the new type cannot hold are cut or rounded, or make the statement fail, "
        "depending on the database. Only directives with `existing_type` are checked.",
        instead="Query for such values before you deploy. If there may be any, add a column of the "
        "new type, copy the values with the conversion that you want, and switch to it.",
        triggers=(
            'op.alter_column("account", "name", existing_type=sa.String(200), type_=sa.String(50))'
        ),
        passes=(
            'op.alter_column("account", "name", existing_type=sa.String(50), type_=sa.String(200))'
        ),
    ),
    LintRule(
        name="needs-autocommit",
        summary="A statement is refused inside a transaction.",
        check=_in_a_transaction,
        level="error",
        why="Some statements cannot be part of a transaction, and revisions run in one. Which "
        "statements these are is known to the plugin of the dialect.",
        instead="Put the statement into `with op.get_context().autocommit_block():`, best in a "
        "revision of its own, because what comes before the block is committed. The option "
        "`auto_autocommit` does that for all such statements.",
    ),
)
