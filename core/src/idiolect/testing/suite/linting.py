"""A dialect's lint rules: names, texts, and examples that behave as they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from idiolect.hooks.dialects import hooks_for
from idiolect.testing.capabilities import clause
from idiolect.testing.linting import findings, linted, names, own_rules
from idiolect.testing.suite.base import Contract

if TYPE_CHECKING:
    from idiolect.hooks.lint import LintRule

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


class LintContract(Contract):
    """The lint rules that a dialect's plugin adds to those of the core."""

    def rules(self) -> list[LintRule]:
        """Return the rules of the plugin."""
        return own_rules(linted("pass", self.dialect).dialect)

    @clause()
    def test_lint_rules_are_documented(self) -> None:
        """Each rule has a name in kebab-case that no other has, and all texts of its section."""
        every = [rule.name for rule in self.rules()]
        assert sorted(set(every)) == sorted(every)
        assert [] == [name for name in every if not _NAME.fullmatch(name)]
        for rule in self.rules():
            texts = (rule.summary, rule.why, rule.instead, rule.triggers, rule.passes)
            assert all(texts), f"{rule.name} has an empty text"

    @clause()
    def test_examples_of_lint_rules(self) -> None:
        """Each rule finds something in its first example, and nothing in its second."""
        for rule in self.rules():
            found = findings(rule.triggers, self.dialect)
            assert rule.name in names(found), f"{rule.name} finds nothing in its example"
            for each in found:
                assert each.message, f"{rule.name} has no message"
                assert each.advice, f"{rule.name} has no advice"
            assert rule.name not in names(findings(rule.passes, self.dialect)), rule.name

    @clause()
    def test_statements_in_a_transaction(self) -> None:
        """Plain statements are not said to be refused inside a transaction."""
        hooks = hooks_for(self.dialect, "lint")
        dialect = linted("pass", self.dialect).dialect
        for statement in ("SELECT 1", "CREATE TABLE t (a INTEGER)", "INSERT INTO t VALUES (1)"):
            assert not hooks.requires_autocommit(dialect, statement)
