"""Rules about statements that fail, or that leave a problem behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idiolect.hooks.dialects import hooks_for
from idiolect.hooks.lint import LintFinding, LintRule
from idiolect.util.statements import brief

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idiolect.hooks.lint import LintedRevision


def _in_a_transaction(revision: LintedRevision) -> Iterator[LintFinding]:
    if revision.options.get("auto_autocommit"):
        return
    hooks = hooks_for(revision.dialect.name, "lint")
    for operation in revision.operations:
        if not operation.in_transaction:
            continue
        for statement in operation.sql:
            if hooks.requires_autocommit(revision.dialect, statement):
                yield LintFinding(
                    f"Fails, because the database refuses this inside a transaction: "
                    f"{brief(statement, 100)}",
                    "Call it inside 'with op.get_context().autocommit_block():'.",
                    operation,
                )


FAILURE_RULES: Final = (
    LintRule(
        name="needs-autocommit",
        summary="A statement is refused inside a transaction.",
        check=_in_a_transaction,
        level="error",
        why="Some statements cannot be part of a transaction, and a revision runs in one where "
        "the database can roll back DDL. Which statements these are is known to the plugin of the "
        "dialect.",
        instead="Put the statement into `with op.get_context().autocommit_block():`, best into a "
        "revision of its own: what comes before the block is committed.",
    ),
)
