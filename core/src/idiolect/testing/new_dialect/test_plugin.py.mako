"""The rules of ${title}."""

from __future__ import annotations

from idiolect.hooks import OfflineTransaction
from idiolect.migration import MigrationContext

from ${package}.impl import ${title}Impl


def test_rules_of_a_script() -> None:
    """Scripts have the expected terminators, separators and transaction statements."""
    context = MigrationContext.configure(dialect_name="${dialect}", opts={"as_sql": True})
    rules = context.rules
    assert ${title}Impl is type(context.impl)
    assert ${rules.transactional_ddl} is rules.transactional_ddl
    assert (${quoted(rules.statement_terminator)}, ${quoted(rules.batch_separator)}) == (
        rules.statement_terminator,
        rules.batch_separator,
    )
    assert rules.offline_transaction == OfflineTransaction(
        begin=${quoted(rules.offline_transaction.begin)},
        commit=${quoted(rules.offline_transaction.commit)},
        separate_begin=${rules.offline_transaction.separate_begin},
    )
