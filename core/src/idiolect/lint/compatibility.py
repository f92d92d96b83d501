"""Rules about what breaks the previous release, which still runs during a rolling deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idiolect.hooks.lint import LintFinding, LintRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.hooks.lint import Change, LintedOperation, LintedRevision


def _dropped_tables(revision: LintedRevision) -> Iterator[LintFinding]:
    for operation, change in revision.changes("drop table"):
        if not _is_replaced(revision, operation, change):
            yield LintFinding(
                f"Drops table {change.on} with all its rows, and code that still uses it fails.",
                "Deploy code that does not use the table first, and copy rows that may be needed.",
                operation,
            )


def _dropped_columns(revision: LintedRevision) -> Iterator[LintFinding]:
    added: set[tuple[str, str | None]] = set()
    for operation, change in revision.changes("drop column", "add column"):
        column = (change.on.lower(), change.name)
        if change.kind == "add column":
            added.add(column)
        elif column not in added:
            yield LintFinding(
                f"Drops column {change.name} of table {change.on} with its values, and code that "
                "still uses it fails.",
                "Deploy code that does not use the column first, and drop it in a later release.",
                operation,
            )


def _renamed_tables(revision: LintedRevision) -> Iterator[LintFinding]:
    for operation, change in revision.changes("rename table"):
        if not _is_replaced(revision, operation, change):
            yield LintFinding(
                f"Renames table {change.on} to {change.new_name}, and code that uses the old name "
                "fails.",
                "Keep the old name for as long as the previous release runs, for example as a view "
                "of the renamed table.",
                operation,
            )


def _renamed_columns(revision: LintedRevision) -> Iterator[LintFinding]:
    for operation, change in revision.changes("rename column"):
        yield LintFinding(
            f"Renames column {change.name} of table {change.on} to {change.new_name}, and code "
            "that uses the old name fails.",
            "Rename it in the models alone, or add a column, write both, and drop the old one in a "
            "later release.",
            operation,
        )


def _is_replaced(revision: LintedRevision, operation: LintedOperation, change: Change) -> bool:
    """Return whether the table's name is in use again at the end of the revision.

    So it is where a table is rebuilt: create, copy, drop, rename.
    """
    names = {change.table.lower()}
    for other, each in revision.changes("rename table", "create table", new_tables=True):
        if other is operation and each is change:
            continue
        new = each.new_name if each.kind == "rename table" else each.table
        if new and new.lower() in names:
            return True
    renamed = (each for _, each in revision.changes("rename table") if each is not change)
    # The old table, put aside under another name.
    return change.kind == "drop table" and any(
        (each.new_name or "").lower() in names and revision.creates(each.table, each.schema)
        for each in renamed
    )


COMPATIBILITY_RULES: Final = (
    LintRule(
        name="drop-table",
        summary="A table is dropped with its rows.",
        check=_dropped_tables,
        why="The rows are lost; a downgrade can only create an empty table. During a rolling "
        "deployment, the previous release still runs, and fails when it uses the table.",
        instead="Release code that does not use the table, and drop it with the release after "
        "that. Copy the rows elsewhere if anybody may need them.",
        triggers='op.drop_table("invoice")',
        passes='op.drop_index("ix_invoice_number", "invoice")',
    ),
    LintRule(
        name="drop-column",
        summary="A column is dropped with its values.",
        check=_dropped_columns,
        why="The values are lost. During a rolling deployment, the previous release still runs. "
        "An ORM names all columns of its models in each query, so every query of the table fails, "
        "whether it needs the column or not.",
        instead="Release code whose models do not have the column, and drop it with the release "
        "after that. If it is `NOT NULL` without a default, make it nullable first, because the "
        "new code inserts no value.",
        triggers='op.drop_column("account", "nickname")',
        passes='op.alter_column("account", "nickname", nullable=True)',
    ),
    LintRule(
        name="rename-table",
        summary="A table is renamed.",
        check=_renamed_tables,
        why="No release of the program can know both names: the old code fails after the "
        "migration, the new code before it.",
        instead="Rename only the class of the model and keep the table's name. If the table has to "
        "be renamed, create a view with the old name in the same revision, and drop it later.",
        triggers='op.rename_table("client", "customer")',
        passes='op.execute("CREATE VIEW customer AS SELECT * FROM client")',
    ),
    LintRule(
        name="rename-column",
        summary="A column is renamed.",
        check=_renamed_columns,
        why="No release of the program can know both names: the old code fails after the "
        "migration, the new code before it.",
        instead="Rename only the attribute of the model, and give it the column's name: `email = "
        'Column("mail", String)`. Otherwise add a column, write both, copy the values, read the '
        "new one, and drop the old one: each with a release of its own.",
        triggers=(
            'op.alter_column("account", "mail", existing_type=sa.Text(), new_column_name="email")'
        ),
        passes='op.add_column("account", sa.Column("email", sa.Text()))',
    ),
)
