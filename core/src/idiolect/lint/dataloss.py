"""Rules about statements that lose data and that break the old code of a rolling deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idiolect.hooks.lint import LintFinding, LintRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.hooks.lint import LintedRevision


def _dropped_tables(revision: LintedRevision) -> Iterator[LintFinding]:
    for operation, change in revision.changes("drop table"):
        yield LintFinding(
            f"Drops table {change.on} with all its rows, and code that still uses it fails.",
            "Deploy code that does not use the table first, and keep a copy of rows that may be "
            "needed.",
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
                "still selects it fails.",
                "Deploy code that does not use the column first, then drop it in a later release.",
                operation,
            )


DATA_LOSS_RULES: Final = (
    LintRule(
        name="drop-table",
        summary="A table with its rows is dropped.",
        check=_dropped_tables,
        why="The rows cannot be restored by the downgrade, which creates an empty table. During a "
        "rolling deployment the previous version of the program still runs, and fails at its next "
        "query of the table.",
        instead="Release a version that does not use the table, and drop it with the next one. "
        "Copy the rows elsewhere if anybody may need them.",
        triggers='op.drop_table("invoices")',
        passes='op.rename_table("invoices_copy", "invoices_of_2024")',
    ),
    LintRule(
        name="drop-column",
        summary="A column with its values is dropped.",
        check=_dropped_columns,
        why="The values cannot be restored by the downgrade. During a rolling deployment the "
        "previous version of the program still runs: an ORM names all columns that its models "
        "have, so every query of the table fails.",
        instead="Release a version whose models do not have the column, and drop the column with "
        "the next one. If it is NOT NULL, make it nullable first, so that new rows need no value.",
        triggers='op.drop_column("users", "nickname")',
        passes='op.alter_column("users", "nickname", existing_type=sa.Text(), nullable=True)',
    ),
)
