"""The rules that apply to a database: those of the core and of the plugins, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.errors import CommandError, HookAnswerError
from idiolect.hooks.dialects import hooks_for
from idiolect.util.langhelpers import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy.engine import Dialect

    from idiolect.hooks.lint import LintRule


def rules_for(dialect: Dialect) -> dict[str, LintRule]:
    """Return the rules for a dialect by name, those of the core first.

    Raises:
        HookAnswerError: two rules have the same name.
    """
    found: dict[str, LintRule] = {}
    hooks = hooks_for(dialect.name, "lint")
    for rule in hooks.lint_rules(dialect):
        if rule.name in found:
            raise HookAnswerError(
                f"Two lint rules are named {rule.name!r}; implementers of the hook 'lint_rules' "
                f"for the dialect {dialect.name!r}: {hooks.implementers('lint_rules')}. Upgrade "
                "the plugin, or switch it off with IDIOLECT_DISABLE_PLUGINS=<its distribution>.",
                hook="lint_rules",
                answer=rule,
            )
        found[rule.name] = rule
    return found


def check_names(names: Iterable[str], known: Collection[str], where: str) -> None:
    """Raise for a name that no rule has.

    Args:
        names: the names that the user gave.
        known: the names of all rules.
        where: what contains them, for the message.

    Raises:
        CommandError: one is unknown.
    """
    for name in names:
        if name not in known:
            raise CommandError(f"{where} names the lint rule {name!r}, {unknown(name, known)}")


def unknown(name: str, known: Collection[str]) -> str:
    """Return why a name is not accepted, with the most similar one that is."""
    similar = nearest(name, known, 1)
    hint = f"did you mean {similar[0]!r}?" if similar else "'idiolect lint --rules' lists all"
    return f"which does not exist; {hint}"
