"""Rules about what makes later migrations, downgrades and long transactions difficult."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    MetaData,
    PrimaryKeyConstraint,
    UniqueConstraint,
)

from idiolect.hooks.lint import LintFinding, LintRule
from idiolect.operations.ops.data import ExecuteSQLOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.hooks.lint import ConstraintKind, LintedRevision

_CONVENTIONS: Final[dict[ConstraintKind | None, tuple[str, type[Any]]]] = {
    "unique": ("uq", UniqueConstraint),
    "foreign key": ("fk", ForeignKeyConstraint),
    "check": ("ck", CheckConstraint),
    "primary key": ("pk", PrimaryKeyConstraint),
}
#: Kinds of changes that lock a table until the transaction ends.
_LOCKS: Final = (
    "add column",
    "drop column",
    "rename column",
    "alter column",
    "add constraint",
    "drop constraint",
    "rename table",
)


def _unnamed(revision: LintedRevision) -> Iterator[LintFinding]:
    for operation, change in revision.changes("add constraint"):
        if change.name or isinstance(operation.operation, ExecuteSQLOp):
            continue
        if _is_named_by_convention(revision, change.constraint):
            continue
        columns = ", ".join(change.columns)
        on = f" on {columns}" if columns else ""
        yield LintFinding(
            f"The {change.constraint} constraint{on} of table {change.on} has no name, so a later "
            "revision cannot name it to drop it.",
            "Name it, or give the MetaData of the models a naming convention.",
            operation,
        )


def _is_named_by_convention(revision: LintedRevision, kind: ConstraintKind | None) -> bool:
    given = revision.options.get("target_metadata")
    conventions = [
        each.naming_convention
        for each in (given if isinstance(given, (list, tuple)) else [given])
        if isinstance(each, MetaData)
    ]
    keys = _CONVENTIONS.get(kind, ())
    return any(key in convention for convention in conventions for key in keys)


def _mixed(revision: LintedRevision) -> Iterator[LintFinding]:
    if not revision.transactional_ddl:
        return
    locked: dict[str, None] = {}
    for operation, change in revision.changes():
        if not operation.in_transaction:
            # The block commits, and so releases the locks.
            locked.clear()
        elif change.kind in _LOCKS:
            locked[change.on] = None
        elif change.kind in {"update", "delete"} and locked:
            table = change.on if change.on in locked else next(iter(locked))
            yield LintFinding(
                f"Table {table} stays locked by the ALTER before until this {change.kind.upper()} "
                f"of {change.on} has ended and the transaction is committed.",
                "Move it to a revision of its own, and set transaction_per_migration, or write it "
                "in batches outside of the migration.",
                operation,
            )
            return


def _irreversible(revision: LintedRevision) -> Iterator[LintFinding]:
    kinds = {change.kind for _, change in revision.changes(new_tables=True)}
    if kinds - {"insert", "update", "delete"} and not revision.has_downgrade:
        yield LintFinding(
            "The revision changes the schema, and its downgrade() does nothing.",
            "Write the downgrade, or let it raise an error that says why there is none.",
        )


CARE_RULES: Final = (
    LintRule(
        name="unnamed-constraint",
        summary="A constraint without a name is added to an existing table.",
        check=_unnamed,
        why="The database chooses a name, often with random digits, or stores none. A later "
        "revision, and the downgrade of this one, cannot name the constraint to drop it.",
        instead="Pass a name, or set `naming_convention` of the `MetaData` that is the "
        "`target_metadata` of `env.py`.",
        triggers='op.create_foreign_key(None, "invoice", "account", ["account_id"], ["id"])',
        passes=(
            'op.create_foreign_key("fk_invoice_account", "invoice", "account", '
            '["account_id"], ["id"])'
        ),
    ),
    LintRule(
        name="mixed-data-and-ddl",
        summary="Rows are changed in the same transaction as the schema of an existing table.",
        check=_mixed,
        why="Where DDL is transactional, `ALTER TABLE` locks the table until the transaction ends. "
        "If an `UPDATE` or `DELETE` of many rows follows, all queries wait until it is done.",
        instead="Change the schema in one revision and the rows in the next, with "
        "`transaction_per_migration=True` in `env.py`, so that each has its own transaction. For "
        "many rows, update them in batches outside of the migration.",
        triggers='op.add_column("account", sa.Column("plan", sa.Text()))\n'
        "op.execute(\"UPDATE account SET plan = 'free'\")",
        passes="op.execute(\"UPDATE account SET plan = 'free' WHERE plan IS NULL\")",
    ),
    LintRule(
        name="no-downgrade",
        summary="A revision changes the schema, and its downgrade() does nothing.",
        check=_irreversible,
        why="`downgrade` then reports success, while the database keeps what the revision did; the "
        "next `upgrade` fails, because it is there already.",
        instead="Write the downgrade. If there can be none, let it raise an error that says why. "
        "A revision that only changes rows needs none.",
        triggers='def upgrade():\n    op.add_column("account", sa.Column("plan", sa.Text()))\n\n\n'
        "def downgrade():\n    pass",
        passes='def upgrade():\n    op.add_column("account", sa.Column("plan", sa.Text()))\n\n\n'
        'def downgrade():\n    op.drop_column("account", "plan")',
    ),
)
